"""Removing a stack says all that stays, and what stays is taken back into a new one."""

import datetime
import json
from typing import Any

import deployment as deployments
import destroy
import take_back
import telling
from account import ABSENT, KEY, NO_STACK, ROOT, STACK, TABLES, Account, Seen, said_by, stack, usms

GONE = ("ValidationError", "Resource MailSenderIdentity does not exist for stack")
EIGHT = {
    "Key": {"KeyId": KEY.rpartition("/")[2]},
    "RegistryRoot": {"Id": ROOT["ARN"]},
    "ChallengesTable": {"TableName": "recupmail-usms-challenges"},
    "LimitsTable": {"TableName": "recupmail-usms-limits"},
    "PeopleTable": {"TableName": "recupmail-usms-people"},
    "IssuedTable": {"TableName": "recupmail-usms-issued"},
    "AccountsTable": {"TableName": "recupmail-usms-accounts"},
    "AuditTable": {"TableName": "recupmail-usms-audit"},
}


def references(value: Any) -> set[str]:
    """What a template's part refers to, but for what every stack knows."""
    if isinstance(value, list):
        return {name for one in value for name in references(one)}
    if not isinstance(value, dict):
        return set()
    here = {value["Ref"]} if "Ref" in value else {value["Fn::GetAtt"][0]} if "Fn::GetAtt" in value else set()
    return {name for name in here if not name.startswith("AWS::")}.union(*map(references, value.values()))


class TakingBack(Account):
    def left(self, tables: list[str], root: Any) -> None:
        self.answers("cloudformation", "describe_stacks", NO_STACK)
        self.answers("dynamodb", "list_tables", {"TableNames": [*tables, "recupmail-usms-trial-people"]})
        self.answers("secretsmanager", "describe_secret", root)

    def take(self, made: dict[str, str], ended: Any = None) -> tuple[dict[str, Any], str]:
        """What is asked of CloudFormation, and what is said in the end."""
        body, places, change = Seen(), Seen(), Seen()
        asked = {"StackName": STACK, "ChangeSetName": change, "ChangeSetType": "IMPORT", "TemplateBody": body}
        asked |= {"Parameters": [{"ParameterKey": "DeletionProtection", "ParameterValue": "true"}], "ResourcesToImport": places}
        self.answers("cloudformation", "create_change_set", {}, asked)
        self.answers("cloudformation", "describe_change_set", made)
        if ended:
            self.answers("cloudformation", "describe_change_set", made)
            self.answers("cloudformation", "execute_change_set", {}, {"StackName": STACK, "ChangeSetName": change})
            self.answers("cloudformation", "describe_stacks", ended)
        said = said_by(lambda: telling.main(lambda: take_back.take_back(usms())))
        self.all_was_asked()
        return {"template": json.loads(body.value), "places": places.value}, said

    def test_eight_resources_are_found_where_they_are(self) -> None:
        self.left(TABLES, ROOT)
        asked, said = self.take({"Status": "CREATE_COMPLETE", "ExecutionStatus": "AVAILABLE"}, stack("IMPORT_COMPLETE"))
        self.assertEqual(said, "")
        self.assertEqual({one["LogicalResourceId"]: one["ResourceIdentifier"] for one in asked["places"]}, EIGHT)
        resources = asked["template"]["Resources"]
        self.assertEqual({one["LogicalResourceId"]: one["ResourceType"] for one in asked["places"]},
                         {name: one["Type"] for name, one in resources.items()})  # fmt: skip

    def test_their_template_is_the_deployments_without_its_tags(self) -> None:
        self.left(TABLES, ROOT)
        template = self.take({"Status": "CREATE_COMPLETE", "ExecutionStatus": "AVAILABLE"}, stack("IMPORT_COMPLETE"))[0]["template"]
        self.assertNotIn('"!', json.dumps(template))
        self.assertEqual(references(template["Resources"]), {"Key", "DeletionProtection"})
        self.assertEqual(template["Parameters"], {"DeletionProtection": {"Type": "String"}})
        whole = deployments.load_template()["Resources"]
        for name, resource in template["Resources"].items():
            self.assertEqual(resource["DeletionPolicy"], "RetainExceptOnCreate")
            self.assertEqual(resource["Properties"].keys(), whole[name]["Properties"].keys())
        people = template["Resources"]["PeopleTable"]["Properties"]
        self.assertEqual(people["SSESpecification"]["KMSMasterKeyId"], {"Fn::GetAtt": ["Key", "Arn"]})
        self.assertEqual(people["TableName"], {"Fn::Sub": "${AWS::StackName}-people"})

    def test_a_table_that_is_gone_is_left_out(self) -> None:
        self.left(["recupmail-usms-audit"], ROOT)
        asked, _ = self.take({"Status": "CREATE_COMPLETE", "ExecutionStatus": "AVAILABLE"}, stack("IMPORT_COMPLETE"))
        self.assertEqual([one["LogicalResourceId"] for one in asked["places"]], ["Key", "RegistryRoot", "AuditTable"])
        self.assertEqual([*asked["template"]["Resources"]], ["Key", "RegistryRoot", "AuditTable"])

    def test_why_it_failed_is_said(self) -> None:
        self.left(TABLES, ROOT)
        why = "Resource recupmail-usms-audit already belongs to stack other"
        _, said = self.take({"StackName": STACK, "Status": "FAILED", "StatusReason": why})
        self.assertRegex(said, f"{STACK}: FAILED: {why}\n +→ correct what it names")
        self.stubs.clear()
        self.left(TABLES, ROOT)
        ended = stack("IMPORT_ROLLBACK_COMPLETE", StackStatusReason="the key is disabled")
        _, said = self.take({"Status": "CREATE_COMPLETE", "ExecutionStatus": "AVAILABLE"}, ended)
        self.assertRegex(said, f"{STACK}: IMPORT_ROLLBACK_COMPLETE: the key is disabled\n +→ correct what it names")

    def test_what_cannot_be_taken_back_is_not_begun(self) -> None:
        going = ROOT | {"DeletedDate": datetime.datetime(2026, 11, 1)}
        for tables, root, said, remedy in [
            (TABLES, going, "registry-root is being deleted", "restore-secret"),
            (TABLES, ABSENT, "nobody can read what they hold", "delete them"),
            ([], ABSENT, "left nothing in eu-west-3", "make deploy"),
        ]:
            self.stubs.clear()
            self.left(tables, root)
            self.assertRegex(said_by(lambda: telling.main(lambda: take_back.take_back(usms()))), f"{said}.*\n +→ .*{remedy}")
            self.all_was_asked()
        for status, remedy in [("UPDATE_COMPLETE", "make deploy"), ("IMPORT_ROLLBACK_COMPLETE", "make destroy")]:
            self.stubs.clear()
            self.answers("cloudformation", "describe_stacks", stack(status))
            said = said_by(lambda: telling.main(lambda: take_back.take_back(usms())))
            self.assertRegex(said, f"there is a stack recupmail-usms.*\n +→ .*{remedy}")


class Removing(Account):
    def remove(self, identity: Any, ended: Any, tables: list[str] = [], root: Any = ABSENT, sam: Any = NO_STACK) -> str:
        self.answers("cloudformation", "describe_stack_resource", identity)
        self.answers("cloudformation", "delete_stack", {}, {"StackName": STACK})
        self.answers("cloudformation", "describe_stacks", ended)
        if isinstance(ended, tuple):
            self.answers("dynamodb", "list_tables", {"TableNames": [*tables, "recupmail-usms-trial-people"]})
            self.answers("secretsmanager", "describe_secret", root)
            self.answers("cloudformation", "describe_stacks", sam, {"StackName": "aws-sam-cli-managed-default"})
        said = said_by(lambda: telling.main(lambda: destroy.destroy(usms(), {})))
        self.all_was_asked()
        return said

    def test_all_that_stays_is_named_with_what_to_do_about_it(self) -> None:
        made = {"PhysicalResourceId": "usms.ac.ma", "ResourceStatus": "CREATE_COMPLETE", "LastUpdatedTimestamp": 0}
        made |= {"LogicalResourceId": "MailSenderIdentity", "ResourceType": "AWS::SES::EmailIdentity"}
        sam = stack("CREATE_COMPLETE", {"SourceBucket": "sams-bucket"})
        said = self.remove({"StackResourceDetail": made}, NO_STACK, TABLES, ROOT, sam)
        for words in [
            f"its tables: {', '.join(TABLES)} and its registry root: recupmail-usms/registry-root, sealed by the key {KEY}\n",
            "→ take them back in: make take-back",
            "delete-secret --force-delete-without-recovery --region eu-west-3 --secret-id recupmail-usms/registry-root",
            '- the SES identity usms.ac.ma\n  → say MailIdentityMode = "existing"',
            "- the packed functions, in sam's bucket sams-bucket",
            "→ aws s3 rm --recursive s3://sams-bucket/recupmail-usms/\n",
        ]:
            self.assertIn(words, said)
        self.assertNotIn("trial", said)

    def test_what_does_not_stay_is_not_named(self) -> None:
        said = self.remove(GONE, NO_STACK)
        self.assertEqual(said.splitlines()[1:], [])

    def test_a_removal_that_fails_says_why(self) -> None:
        said = self.remove(GONE, stack("DELETE_FAILED", StackStatusReason="The following resource(s) failed to delete: [SiteBucket]."))
        self.assertRegex(said, r"recupmail-usms: DELETE_FAILED: The following .*\[SiteBucket\]\.\n +→ correct what it names")


