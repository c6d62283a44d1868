"""Looks at everything that a deployment needs before anything is made, and says all that is missing with its remedy.

Example: preflight.py usms
"""

import argparse
import datetime
import pathlib
import subprocess
import sys
import tomllib

import botocore.exceptions

import deployment as deployments
from deployment import Deployment
from telling import Refused, main

# Reserved concurrency must leave this much to the account's other functions (AWS Lambda quotas).
UNRESERVED = 100
FUNCTIONS = 5
# A September rush: about a thousand recoveries in an hour keep some twenty instances busy.
CONCURRENCY = 50
# The builder needs an origin before CloudFront has given the site its name; these pages are never published.
NOWHERE = "https://site.invalid"


class Findings:
    """What was found: errors stop a deployment, warnings do not."""

    def __init__(self) -> None:
        self.errors = 0

    def ok(self, said: str) -> None:
        print(f"ok       {said}")

    def warn(self, said: str, remedy: str) -> None:
        print(f"warning  {said}\n         → {remedy}")

    def error(self, said: str, remedy: str) -> None:
        self.errors += 1
        print(f"ERROR    {said}\n         → {remedy}")


def build_site(tools: pathlib.Path, deployment: Deployment, origin: str, out: pathlib.Path) -> None:
    """Bakes the pages; the builder reads the institution's file, texts and logo, and says what is wrong with them."""
    builder = tools / "site-builder"
    if not builder.is_file():
        raise Refused(f"{builder} is missing", "cargo build --bins makes it")
    # security.txt says until when it holds: counted from the month's first day, it is the same for a month.
    today = datetime.date.today().replace(day=1).isoformat()
    command = [builder, "--institution", deployment.folder, "--origin", origin, "--today", today, "--out", out]
    if subprocess.run(command, check=False).returncode != 0:
        raise Refused(f"the site of {deployment.folder} cannot be built", "correct what is named above")


def look(deployment: Deployment, findings: Findings) -> None:
    """Looks at the account, part after part."""
    ours = tomllib.loads((deployment.folder / "institution.toml").read_text(encoding="utf-8"))
    for broken in deployments.broken_rules(deployment):
        findings.error(f"{deployment.file}: {broken}", "change these parameters")
    look_at_regions(deployment, findings)
    look_at_stack(deployment, findings)
    look_at_certificate(deployment, ours, findings)
    look_at_sender(deployment, findings)
    offered = ours.get("methods", {}).get("offered", [])
    if "sms" in offered:
        try:
            look_at_sms(deployment, findings)
        except botocore.exceptions.ClientError as error:
            findings.warn(f"SNS does not say what it is set to: {error}", "look in SNS's console, under text messaging")
    if "voice" in offered and not deployment.parameters.get("VoicePoolArn"):
        findings.error(
            f"{deployment.folder}/institution.toml offers calls, but VoicePoolArn is empty",
            f"name the pool that calls come from in {deployment.file}, or take voice out of methods.offered",
        )
    look_at_directories(deployment, ours, findings)
    look_at_functions(deployment, findings)


def look_at_regions(deployment: Deployment, findings: Findings) -> None:
    for name in ["VoicePoolArn", "DirectorySecretArn", "DirectorySecretKeyArn"]:
        arn = deployment.parameters.get(name, "")
        if arn and arn.split(":")[3] != deployment.region:
            findings.error(f"{deployment.file}: {name} is in {arn.split(':')[3]}, the stack in {deployment.region}",
                           "name one in the stack's region")  # fmt: skip


def look_at_stack(deployment: Deployment, findings: Findings) -> None:
    stack = deployments.stack_of(deployment)
    if stack is None:
        left = deployments.tables_left(deployment)
        if left:
            findings.error(f"there is no stack {deployment.stack}, but its tables: {', '.join(left)}",
                           "take them back in: make take-back INSTITUTION=…")  # fmt: skip
        else:
            findings.ok(f"{deployment.stack} will be created in {deployment.region}")
    elif stack["StackStatus"].endswith(("_COMPLETE",)) and stack["StackStatus"] != "ROLLBACK_COMPLETE":
        findings.ok(f"{deployment.stack} is in {deployment.region} and will be updated")
    elif stack["StackStatus"] in ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED"):
        findings.error(f"the first deployment of {deployment.stack} failed", "remove what is left: make destroy")
    else:
        findings.error(f"{deployment.stack} is in {stack['StackStatus']}", "wait, or mend it in CloudFormation's console")


def look_at_certificate(deployment: Deployment, ours: dict, findings: Findings) -> None:
    arn = deployment.parameters.get("CertificateArn")
    if not arn:
        findings.warn(f"without CertificateArn the site gets CloudFront's name, but `site` is {ours.get('site')}",
                      "fine for a trial; request a certificate of its host in us-east-1 for more")  # fmt: skip
        return
    acm = deployment.session("us-east-1").client("acm")
    try:
        certificate = acm.describe_certificate(CertificateArn=arn)["Certificate"]
    except acm.exceptions.ResourceNotFoundException:
        findings.error(f"{deployment.file}: there is no certificate {arn}", "request one in us-east-1")
        return
    names = {certificate["DomainName"], *certificate.get("SubjectAlternativeNames", [])}
    wildcard = "*." + deployment.domain.partition(".")[2]
    if not names & {deployment.domain, wildcard}:
        findings.error(f"{deployment.file}: the certificate is for {', '.join(sorted(names))}, not for {deployment.domain}",
                       f"request one for {deployment.domain} in us-east-1, or correct `site` in institution.toml")  # fmt: skip
    elif certificate["Status"] != "ISSUED":
        findings.error(f"the certificate of {deployment.domain} is {certificate['Status']}",
                       "make the DNS records that ACM shows, and wait until it is issued")  # fmt: skip
    else:
        findings.ok(f"the certificate of {deployment.domain} is issued")


def look_at_sender(deployment: Deployment, findings: Findings) -> None:
    identity, sender = deployment.parameters["MailIdentity"], deployment.parameters["MailSender"]
    if sender != identity and not ("@" not in identity and ("." + sender.partition("@")[2]).endswith("." + identity)):
        findings.error(f"mails come from {sender}, which is not of the identity {identity}",
                       f"let MailIdentity in {deployment.file} be {sender.partition('@')[2]}")  # fmt: skip
    ses = deployment.session().client("sesv2")
    creates = deployment.parameters.get("MailIdentityMode") == "create"
    try:
        known = ses.get_email_identity(EmailIdentity=identity)
    except ses.exceptions.NotFoundException:
        known = {}
    verified = known.get("VerifiedForSendingStatus", False) if known else None
    other = known.get("ConfigurationSetName", deployment.stack)
    if other != deployment.stack:
        findings.error(f"mails of {identity} go by the configuration set {other}, which the functions may not use",
                       f"give it {deployment.stack}, which the deployment makes, or take it off the identity: aws sesv2 "
                       f"put-email-identity-configuration-set-attributes --email-identity {identity}")  # fmt: skip
    if creates and verified is not None and deployments.stack_of(deployment) is None:
        findings.error(f"SES in {deployment.region} has {identity} already",
                       f'say MailIdentityMode = "existing" in {deployment.file}')  # fmt: skip
    elif creates and not verified:
        findings.warn(f"{identity} will be made; nothing can be sent until it is verified", "make the DNS records that SES shows")
    elif verified is None:
        findings.error(f"SES in {deployment.region} has no identity {identity}",
                       'verify it there, or say MailIdentityMode = "create"')  # fmt: skip
    elif not verified:
        findings.error(f"{identity} is not verified in SES in {deployment.region}", "make the DNS records that SES shows, and wait")
    else:
        findings.ok(f"{identity} may send mails")
    account = ses.get_account()
    if not account.get("ProductionAccessEnabled"):
        findings.warn(f"SES in {deployment.region} is in the sandbox: mails reach verified addresses alone",
                      "request production access in SES's console")  # fmt: skip
    else:
        findings.ok(f"SES sends {account.get('SendQuota', {}).get('Max24HourSend', 0):.0f} mails a day")


def look_at_sms(deployment: Deployment, findings: Findings) -> None:
    sns = deployment.session().client("sns")
    if sns.get_sms_sandbox_account_status()["IsInSandbox"]:
        findings.warn(f"SNS in {deployment.region} is in the SMS sandbox: SMS reach verified numbers alone",
                      "leave the sandbox in SNS's console")  # fmt: skip
    limit = int(sns.get_sms_attributes(attributes=["MonthlySpendLimit"])["attributes"].get("MonthlySpendLimit", "1"))
    told = int(deployment.parameters.get("SmsMonthlySpend", "1"))
    if told > limit:
        findings.warn(f"SNS spends {limit} US dollars a month on SMS at most, so SmsMonthlySpend = {told} is never told",
                      f"request a quota of more, or let it be {max(1, limit * 4 // 5)}")  # fmt: skip
    else:
        findings.ok(f"SNS spends up to {limit} US dollars a month on SMS; {told} are told")


def look_at_directories(deployment: Deployment, ours: dict, findings: Findings) -> None:
    elsewhere = sorted(name for name, one in ours.get("directories", {}).items() if one != "embedded")
    arn = deployment.parameters.get("DirectorySecretArn")
    if not elsewhere:
        return
    if not arn:
        findings.error(f"passwords are written to {', '.join(elsewhere)}, but DirectorySecretArn is empty",
                       f"make a secret with the directories' secrets, and name it in {deployment.file}")  # fmt: skip
        return
    secrets = deployment.session().client("secretsmanager")
    try:
        secrets.describe_secret(SecretId=arn)
        findings.ok("the secret of the directories is there")
    except secrets.exceptions.ResourceNotFoundException:
        findings.error(f"{deployment.file}: there is no secret {arn}", "make it, or correct DirectorySecretArn")


def look_at_functions(deployment: Deployment, findings: Findings) -> None:
    limit = deployment.session().client("lambda").get_account_settings()["AccountLimit"]["ConcurrentExecutions"]
    reserved = int(deployment.parameters.get("ReservedConcurrency", "0")) * FUNCTIONS
    if reserved and limit - reserved < UNRESERVED:
        findings.error(f"{reserved} concurrent executions would be reserved, but the account has {limit}, of which {UNRESERVED} stay free",
                       "let ReservedConcurrency be 0, or request a quota of more")  # fmt: skip
    elif limit < CONCURRENCY:
        findings.warn(f"the account has {limit} concurrent executions, too few for a rush", "request a quota of 1000 of Lambda")
    else:
        findings.ok(f"the account has {limit} concurrent executions")


def check(deployment: Deployment, tools: pathlib.Path, out: pathlib.Path) -> None:
    """Looks at everything; refuses if something is missing."""
    build_site(tools, deployment, NOWHERE, out)
    findings = Findings()
    try:
        look(deployment, findings)
    except botocore.exceptions.NoCredentialsError as error:
        raise Refused("AWS knows nobody here", "sign in first: aws sso login, or AWS_PROFILE") from error
    except (botocore.exceptions.ClientError, botocore.exceptions.BotoCoreError) as error:
        raise Refused(str(error), "see which account and region this is, and what its role may do") from error
    if findings.errors:
        plural = "error" if findings.errors == 1 else "errors"
        raise Refused(f"{findings.errors} {plural}; nothing was made", "correct what is named above")


def run() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("institution", help="its id, or the path of its folder")
    parser.add_argument("--tools", type=pathlib.Path, default="target/debug", help="where site-builder lies")
    parser.add_argument("--site", type=pathlib.Path, default="target/site", help="the folder for the pages")
    asked = parser.parse_args()
    check(deployments.read(asked.institution), asked.tools, asked.site)


if __name__ == "__main__":
    sys.exit(main(run))
