"""The order in which a deployment is made, and what the template's rules refuse."""

import subprocess
from typing import Any
from unittest import mock

import deploy
import deployment as deployments
import publish
from account import NO_STACK, Account, said_by, stack, usms

SITE = {"SiteUrl": "https://d111111abcdef8.cloudfront.net"}
# Of each rule, parameters that break it and no other.
BROKEN = {
    "DomainAndCertificate": {"SiteDomain": "usms.example"},
    "OneOrigin": {"SiteDomain": "usms.example", "CertificateArn": "arn", "SiteOrigin": "https://elsewhere.example"},
    "CreatedWaf": {"Waf": "create"},
    "ExistingWaf": {"Waf": "existing"},
    "OnlyExistingWafIsNamed": {"WebAclArn": "arn"},
    "KeyOfDirectorySecret": {"DirectorySecretKeyArn": "arn"},
    "EmulatorOnly": {"Emulator": "true"},
}


class Deploying(Account):
    def deploy(self, before: Any, *after: Any, **parameters: str) -> list[dict[str, str]]:
        """The parameters of each deployment that sam is asked for."""
        for described in [before] * (1 if parameters.get("SiteDomain") else 2) + [*after]:
            self.answers("cloudformation", "describe_stacks", described)
        pages = mock.patch.object(deploy, "build_pages", return_value={"/.well-known/change-password": "/identifier/"})
        with mock.patch.object(subprocess, "run", return_value=mock.Mock(returncode=0)) as sam, pages:
            said_by(lambda: deploy.deploy(usms(**parameters), mock.sentinel.tools, mock.sentinel.site))
        self.all_was_asked()
        asked = [call.args[0] for call in sam.call_args_list]
        stated = [command[command.index("--parameter-overrides") + 1 :] for command in asked]
        return [{name: value.strip('"') for name, _, value in (one.partition("=") for one in words)} for words in stated]

    def test_tables_are_protected_once_all_is_made(self) -> None:
        made = stack("CREATE_COMPLETE", SITE)
        first, second = self.deploy(NO_STACK, made, made)
        self.assertEqual((first["DeletionProtection"], second["DeletionProtection"]), ("false", "true"))
        self.assertEqual((first["SiteOrigin"], second["SiteOrigin"]), ("", SITE["SiteUrl"]))

    def test_with_a_domain_too(self) -> None:
        made = stack("CREATE_COMPLETE", {"SiteUrl": "https://usms.example"})
        for stated, protected in [({}, "true"), ({"DeletionProtection": "false"}, "false")]:
            self.stubs.clear()
            first, second = self.deploy(NO_STACK, made, made, SiteDomain="usms.example", **stated)
            self.assertEqual((first["DeletionProtection"], second["DeletionProtection"]), ("false", protected))
            self.assertEqual(second["SiteOrigin"], "")

    def test_what_was_planned_and_never_made_is_made_in_the_same_way(self) -> None:
        made = stack("CREATE_COMPLETE", SITE)
        first, second = self.deploy(stack("REVIEW_IN_PROGRESS"), made, made)
        self.assertEqual((first["DeletionProtection"], second["DeletionProtection"]), ("false", "true"))

    def test_a_stack_that_is_there_stays_protected(self) -> None:
        there = stack("UPDATE_COMPLETE", SITE)
        (only,) = self.deploy(there, there)
        self.assertEqual((only["DeletionProtection"], only["SiteOrigin"]), ("true", SITE["SiteUrl"]))


class Rules(Account):
    def test_each_refuses_what_it_is_for(self) -> None:
        rules = deployments.load_template()["Rules"]
        self.assertEqual(BROKEN.keys(), rules.keys())
        for name, parameters in BROKEN.items():
            said = [one["AssertDescription"] for one in rules[name]["Assertions"]]
            self.assertEqual(self.broken(**parameters), said, name)

    def test_what_goes_together_is_not_refused(self) -> None:
        domain = {"SiteDomain": "usms.example", "CertificateArn": "arn"}
        secret = {"DirectorySecretArn": "arn", "DirectorySecretKeyArn": "arn"}
        self.assertEqual(self.broken(**domain, **secret, Waf="existing", WebAclArn="arn"), [])
        self.assertEqual(self.broken(SiteOrigin="https://elsewhere.example"), [])

    def broken(self, **parameters: str) -> list[str]:
        self.answers("sts", "get_caller_identity", {"Account": "111122223333"})
        return deployments.broken_rules(usms(**parameters))


class Publishing(Account):
    def test_an_asset_that_is_removed_a_day_later_is_invalidated_nowhere(self) -> None:
        folder = self.in_a_folder()
        (folder / "index.html").write_text("<p>")
        page = publish.site(folder)["index.html"]
        there = [{"Key": key} for key in ["assets/old.css", "gone/index.html", "index.html"]]
        self.answers("s3", "list_objects_v2", {"Contents": there})
        headers = {"ChecksumSHA256": page.checksum, "ContentType": page.content_type, "CacheControl": page.cache_control}
        self.answers("s3", "head_object", headers)
        self.answers("s3", "get_object_tagging", {"TagSet": [{"Key": "left-behind", "Value": "2026-01-01T00:00:00+00:00"}]})
        self.answers("s3", "delete_object", {}, {"Bucket": "site", "Key": "assets/old.css"})
        self.answers("s3", "delete_object", {}, {"Bucket": "site", "Key": "gone/index.html"})
        stale = {"Quantity": 2, "Items": ["/gone/", "/gone/index.html"]}
        batch = {"Paths": stale, "CallerReference": mock.ANY}
        self.answers("cloudfront", "create_invalidation", {}, {"DistributionId": "E1", "InvalidationBatch": batch})
        did = publish.publish(usms().session(), folder, "site", "E1")
        self.all_was_asked()
        self.assertEqual((did.removed, did.invalidated), (["assets/old.css", "gone/index.html"], stale["Items"]))
