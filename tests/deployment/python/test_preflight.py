"""What an account lacks is said before anything is made, with its remedy."""

import datetime
from typing import Any
from unittest import mock

import preflight
import telling
from account import ABSENT, KEY, NO_STACK, ROOT, STACK, TABLES, Account, said_by, stack, usms
from deployment import STUCK

VERIFIED = {"VerifiedForSendingStatus": True}
CERTIFICATE = "arn:aws:acm:us-east-1:111122223333:certificate/0a1b"
POOL = "arn:aws:sms-voice:eu-west-3:111122223333:pool/pool-0a1b"
NUMBER = "arn:aws:sms-voice:eu-west-3:111122223333:phone-number/phone-0a1b"
SECRET = "arn:aws:secretsmanager:eu-west-3:111122223333:secret:directories-AbCdEf"
ACL = "arn:aws:wafv2:us-east-1:111122223333:global/webacl/ours/0a1b2c3d-0000-0000-0000-000000000000"
DENIED = ("AccessDeniedException", "you may not")


def limits(account: int, unreserved: int) -> dict[str, Any]:
    return {"AccountLimit": {"ConcurrentExecutions": account, "UnreservedConcurrentExecutions": unreserved}}


def certificate(name: str, status: str) -> dict[str, Any]:
    return {"Certificate": {"DomainName": name, "Status": status}}


def pool(status: str) -> dict[str, Any]:
    one = {"PoolArn": POOL, "PoolId": "pool-0a1b", "Status": status, "MessageType": "TRANSACTIONAL", "TwoWayEnabled": False}
    one |= {"SelfManagedOptOutsEnabled": False, "OptOutListName": "Default", "SharedRoutesEnabled": False}
    return {"Pools": [one | {"DeletionProtectionEnabled": False, "CreatedTimestamp": 0}]}


def number(status: str, *capabilities: str) -> dict[str, Any]:
    one = {"PhoneNumberArn": NUMBER, "PhoneNumber": "+3225550100", "Status": status, "IsoCountryCode": "BE"}
    one |= {"MessageType": "TRANSACTIONAL", "NumberCapabilities": [*capabilities], "NumberType": "LONG_CODE"}
    one |= {"MonthlyLeasingPrice": "1.00", "TwoWayEnabled": False, "SelfManagedOptOutsEnabled": False}
    return {"PhoneNumbers": [one | {"OptOutListName": "Default", "DeletionProtectionEnabled": False, "CreatedTimestamp": 0}]}


class Preflight(Account):
    def look(
        self,
        described: Any = NO_STACK,
        made: Any = ("ValidationError", "Resource MailSenderIdentity does not exist for stack"),
        tables: list[str] = [],
        root: Any = ABSENT,
        identity: Any = VERIFIED,
        mail: Any = {"ProductionAccessEnabled": True, "SendQuota": {"Max24HourSend": 50000.0}},
        sandbox: bool = False,
        spends: str = "100",
        functions: Any = limits(1000, 1000),
        besides: Any = None,
        **parameters: str,
    ) -> str:
        """What the preflight says of an account that lacks nothing but what a test takes away."""
        self.stubs.clear()
        self.answers("sts", "get_caller_identity", {"Account": "111122223333"})
        self.answers("cloudformation", "describe_stacks", described)
        if parameters.get("MailIdentityMode") == "create":
            self.answers("cloudformation", "describe_stack_resource", made)
        if not isinstance(described, dict) or described["Stacks"][0]["StackStatus"] == "REVIEW_IN_PROGRESS":
            self.answers("dynamodb", "list_tables", {"TableNames": tables})
            self.answers("secretsmanager", "describe_secret", root, {"SecretId": f"{STACK}/registry-root"})
        self.answers("sesv2", "get_email_identity", identity)
        self.answers("sesv2", "get_account", mail)
        self.answers("sns", "get_sms_sandbox_account_status", {"IsInSandbox": sandbox})
        self.answers("sns", "get_sms_attributes", {"attributes": {"MonthlySpendLimit": spends}})
        self.answers("lambda", "get_account_settings", functions)
        if besides:
            self.answers(*besides)
        with mock.patch("pages.check"):
            return said_by(lambda: telling.main(lambda: preflight.check(usms(**parameters), mock.sentinel.tools)))

    def goes_well(self, said: str, what: str) -> None:
        self.assertRegex(said, rf"(?m)^ok       .*{what}")
        self.assertNotIn("nothing was made", said)

    def warns(self, said: str, wrong: str, remedy: str) -> None:
        self.assertRegex(said, rf"(?m)^warning  .*{wrong}.*\n +→ .*{remedy}")
        self.assertNotIn("nothing was made", said)

    def refuses(self, said: str, wrong: str, remedy: str) -> None:
        self.assertRegex(said, rf"(?m)^ERROR    .*{wrong}.*\n( +→ .*\n)* +→ .*{remedy}")
        self.assertIn("1 error; nothing was made", said)


class Sending(Preflight):
    def test_where_nothing_is_missing_all_is_well_but_for_the_domain(self) -> None:
        said = self.look()
        self.all_was_asked()
        self.goes_well(said, "recupmail-usms will be created in eu-west-3")
        self.assertEqual((said.count("ok  "), said.count("warning"), said.count("without CertificateArn")), (5, 1, 1), said)

    def test_the_sandbox_of_mails_is_told(self) -> None:
        self.warns(self.look(mail={"ProductionAccessEnabled": False}), "SES in eu-west-3 is in the sandbox", "production access")

    def test_the_sandbox_of_sms_is_told(self) -> None:
        self.warns(self.look(sandbox=True), "SNS in eu-west-3 is in the SMS sandbox", "leave the sandbox")

    def test_a_spend_of_sms_that_is_never_reached_is_told(self) -> None:
        self.warns(self.look(spends="10", SmsMonthlySpend="40"), "so SmsMonthlySpend = 40 is never told", "let it be 8")
        self.goes_well(self.look(spends="50", SmsMonthlySpend="40"), "up to 50 US dollars")

    def test_a_sender_that_nobody_verified_is_refused(self) -> None:
        self.refuses(self.look(identity={"VerifiedForSendingStatus": False}), "usms.ac.ma is not verified", "make the DNS records")

    def test_another_configuration_set_is_refused(self) -> None:
        said = self.look(identity=VERIFIED | {"ConfigurationSetName": "theirs"})
        self.refuses(said, "the configuration set theirs", "put-email-identity-configuration-set-attributes")

    def test_an_identity_is_made_where_there_is_none(self) -> None:
        said = self.look(identity=("NotFoundException", "none"), MailIdentityMode="create")
        self.warns(said, "usms.ac.ma will be made", "DNS records")

    def test_an_identity_that_this_stack_did_not_make_is_not_made_again(self) -> None:
        """After make take-back there is a stack, and the identity is not of it."""
        for described in [NO_STACK, stack("IMPORT_COMPLETE")]:
            said = self.look(described, MailIdentityMode="create")
            self.refuses(said, "has usms.ac.ma already", 'MailIdentityMode = "existing"')

    def test_an_identity_of_this_stack_stays_its_own(self) -> None:
        ours = {"PhysicalResourceId": "usms.ac.ma", "ResourceStatus": "CREATE_COMPLETE", "LastUpdatedTimestamp": 0}
        ours |= {"LogicalResourceId": "MailSenderIdentity", "ResourceType": "AWS::SES::EmailIdentity"}
        made, described = {"StackResourceDetail": ours}, stack("UPDATE_COMPLETE")
        self.goes_well(self.look(described, made, MailIdentityMode="create"), "usms.ac.ma may send mails")
        said = self.look(described, made, identity={"VerifiedForSendingStatus": False}, MailIdentityMode="create")
        self.warns(said, "usms.ac.ma is made, and not verified", "DNS records")


class Functions(Preflight):
    def test_what_would_be_reserved_must_be_free(self) -> None:
        said = self.look(functions=limits(1000, 599), ReservedConcurrency="100")
        self.refuses(said, "500 concurrent executions would be reserved, but 599 of the account's 1000", "ReservedConcurrency be 0")
        self.goes_well(self.look(functions=limits(1000, 600), ReservedConcurrency="100"), "600 free")

    def test_what_the_stack_reserves_already_is_its_own(self) -> None:
        described = stack("UPDATE_COMPLETE", parameters={"ReservedConcurrency": "100"})
        said = self.look(described, functions=limits(1000, 100), ReservedConcurrency="100")
        self.goes_well(said, "600 free")

    def test_a_new_account_is_too_small_for_a_rush(self) -> None:
        self.warns(self.look(functions=limits(10, 10)), "10 free concurrent executions, too few", "a quota of 1000")


class Stack(Preflight):
    def test_a_stack_that_is_stuck_has_to_go(self) -> None:
        for status in ["ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "IMPORT_ROLLBACK_COMPLETE", "DELETE_FAILED"]:
            said = self.look(stack(status, StackStatusReason="the name is taken"))
            self.refuses(said, f"{STUCK[status]}: the name is taken", "make destroy")

    def test_a_stack_that_moves_is_waited_for(self) -> None:
        self.refuses(self.look(stack("UPDATE_IN_PROGRESS")), "is in UPDATE_IN_PROGRESS", "wait")

    def test_a_stack_that_was_planned_and_never_made_is_none(self) -> None:
        self.goes_well(self.look(stack("REVIEW_IN_PROGRESS")), "will be created")

    def test_a_stack_that_is_well_is_updated(self) -> None:
        for status in ["CREATE_COMPLETE", "IMPORT_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"]:
            self.goes_well(self.look(stack(status)), "will be updated")
        working = stack("IMPORT_ROLLBACK_COMPLETE", {"SiteUrl": "https://usms.example"})
        self.goes_well(self.look(working), "will be updated")

    def test_what_an_earlier_stack_left_is_taken_back(self) -> None:
        for tables in [TABLES, TABLES[:1], []]:
            self.refuses(self.look(tables=tables, root=ROOT), "there is no stack recupmail-usms, but its", "make take-back")

    def test_what_another_stack_has_is_not_left(self) -> None:
        self.goes_well(self.look(tables=["recupmail-usms-trial-people", "recupmail-usms-trial-audit"]), "will be created")

    def test_a_root_that_is_being_deleted_is_in_the_way(self) -> None:
        going = ROOT | {"DeletedDate": datetime.datetime(2026, 11, 1)}
        for tables in [TABLES, []]:
            said = self.look(tables=tables, root=going)
            self.refuses(said, "registry-root is being deleted", "restore-secret --region eu-west-3 --secret-id recupmail-usms/reg")
            self.refuses(said, "registry-root is being deleted", "delete-secret --force-delete-without-recovery --region eu-west-3")

    def test_tables_whose_root_is_gone_cannot_be_read(self) -> None:
        self.refuses(self.look(tables=TABLES), "nobody can read what they hold", "delete them")


class Certificate(Preflight):
    def test_it_must_be_issued_and_of_the_domain(self) -> None:
        for name, status, wrong, remedy in [
            ("usms.example", "PENDING_VALIDATION", "of usms.example is PENDING_VALIDATION", "DNS records"),
            ("usms.example", "EXPIRED", "of usms.example is EXPIRED", "DNS records"),
            ("other.example", "ISSUED", "is for other.example, not for usms.example", "correct `site`"),
        ]:
            self.refuses(self.ask(certificate(name, status)), wrong, remedy)
        self.refuses(self.ask(ABSENT), f"there is no certificate {CERTIFICATE}", "in us-east-1")
        self.goes_well(self.ask(certificate("usms.example", "ISSUED")), "of usms.example is issued")

    def ask(self, answer: Any) -> str:
        asks = ("acm", "describe_certificate", answer, {"CertificateArn": CERTIFICATE}, "us-east-1")
        return self.look(besides=asks, CertificateArn=CERTIFICATE, SiteDomain="usms.example")


class Named(Preflight):
    def test_a_web_acl_must_be_there(self) -> None:
        asked = {"Name": "ours", "Id": "0a1b2c3d-0000-0000-0000-000000000000", "Scope": "CLOUDFRONT"}
        for answer, check, words in [
            (("WAFNonexistentItemException", "none"), self.refuses, ["there is no arn:aws:wafv2", "correct WebAclArn"]),
            (DENIED, self.warns, ["does not say whether WebAclArn", "console"]),
            ({}, self.goes_well, ["WebAclArn"]),
        ]:
            asks = ("wafv2", "get_web_acl", answer, asked, "us-east-1")
            check(self.look(besides=asks, Waf="existing", WebAclArn=ACL), *words)
            self.all_was_asked()

    def test_a_key_must_be_there_and_enabled(self) -> None:
        for answer, check, words in [
            (("NotFoundException", "none"), self.refuses, ["there is no arn:aws:kms", "correct DirectorySecretKeyArn"]),
            ({"KeyMetadata": {"KeyId": KEY, "KeyState": "PendingDeletion"}}, self.refuses, ["PendingDeletion", "mend it"]),
            (DENIED, self.warns, ["does not say whether DirectorySecretKeyArn", "console"]),
            ({"KeyMetadata": {"KeyId": KEY, "KeyState": "Enabled"}}, self.goes_well, ["DirectorySecretKeyArn"]),
        ]:
            secret = mock.patch.dict("named.DEFECTS", {"DirectorySecretArn": lambda deployment, arn: ""})
            with secret:
                asks = ("kms", "describe_key", answer, {"KeyId": KEY})
                check(self.look(besides=asks, DirectorySecretArn=SECRET, DirectorySecretKeyArn=KEY), *words)

    def test_the_secret_of_directories_must_be_there_and_stay(self) -> None:
        going = {"ARN": SECRET, "DeletedDate": datetime.datetime(2026, 11, 1)}
        for answer, check, words in [
            (ABSENT, self.refuses, ["there is no arn:aws:secretsmanager", "correct DirectorySecretArn"]),
            (going, self.refuses, ["is being deleted", "mend it"]),
            (DENIED, self.warns, ["does not say whether DirectorySecretArn", "console"]),
            ({"ARN": SECRET}, self.goes_well, ["DirectorySecretArn"]),
        ]:
            asks = ("secretsmanager", "describe_secret", answer, {"SecretId": SECRET})
            check(self.look(besides=asks, DirectorySecretArn=SECRET), *words)

    def test_what_calls_come_from_must_be_there_and_able_to_call(self) -> None:
        pools, numbers = ("describe_pools", {"PoolIds": ["pool-0a1b"]}), ("describe_phone_numbers", {"PhoneNumberIds": ["phone-0a1b"]})
        for arn, (operation, asked), answer, check, words in [
            (POOL, pools, ABSENT, self.refuses, ["there is no arn:aws:sms-voice", "correct VoicePoolArn"]),
            (POOL, pools, pool("CREATING"), self.refuses, ["it is CREATING", "mend it"]),
            (POOL, pools, DENIED, self.warns, ["does not say whether VoicePoolArn", "console"]),
            (POOL, pools, pool("ACTIVE"), self.goes_well, ["VoicePoolArn"]),
            (NUMBER, numbers, number("ACTIVE", "SMS"), self.refuses, ["cannot call", "mend it"]),
            (NUMBER, numbers, number("PENDING", "VOICE"), self.refuses, ["it is PENDING", "mend it"]),
            (NUMBER, numbers, number("ACTIVE", "SMS", "VOICE"), self.goes_well, ["VoicePoolArn"]),
        ]:
            check(self.look(besides=("pinpoint-sms-voice-v2", operation, answer, asked), VoicePoolArn=arn), *words)

    def test_what_lies_in_another_region_is_refused(self) -> None:
        said = self.look(VoicePoolArn=POOL.replace("eu-west-3", "eu-west-1"))
        self.refuses(said, "VoicePoolArn is in eu-west-1, the stack in eu-west-3", "in the stack's region")
