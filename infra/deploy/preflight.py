"""Looks at everything that a deployment needs before anything is made, and says all that is missing with its remedy.

Example: preflight.py usms
"""

import argparse
import pathlib
import sys
from typing import Any

from botocore.exceptions import ClientError

import deployment as deployments
import left as lefts
import pages
from deployment import Deployment, table
from findings import Findings
from named import look_at_named
from telling import Refused, main

# Reserved concurrency must leave this much to the account's other functions (AWS Lambda quotas).
UNRESERVED = 100
FUNCTIONS = 5
# A September rush: about a thousand recoveries in an hour keep some twenty instances busy.
CONCURRENCY = 50


def look(deployment: Deployment, findings: Findings) -> None:
    """Looks at the account, part after part."""
    ours = deployments.parsed(deployment.folder / "institution.toml")
    for broken in deployments.broken_rules(deployment):
        findings.error(f"{deployment.file}: {broken}", "change these parameters")
    stack = deployments.stack_of(deployment)
    look_at_stack(deployment, stack, findings)
    look_at_certificate(deployment, ours, findings)
    look_at_sender(deployment, findings)
    look_at_mail_account(deployment, findings)
    offered = table(ours, "methods").get("offered", [])
    if "sms" in offered:
        try:
            look_at_sms(deployment, findings)
        except ClientError as error:
            findings.warn(f"SNS does not say what it is set to: {error}", "look in SNS's console, under text messaging")
    if "voice" in offered and not deployment.parameters.get("VoicePoolArn"):
        findings.error(
            f"{deployment.folder}/institution.toml offers calls, but VoicePoolArn is empty",
            f"name the pool that calls come from in {deployment.file}, or take voice out of methods.offered",
        )
    elsewhere = sorted(name for name, one in table(ours, "directories").items() if one != "embedded")
    if elsewhere and not deployment.parameters.get("DirectorySecretArn"):
        findings.error(f"passwords are written to {', '.join(elsewhere)}, but DirectorySecretArn is empty",
                       f"make a secret with the directories' secrets, and name it in {deployment.file}")  # fmt: skip
    look_at_named(deployment, findings)
    look_at_functions(deployment, stack, findings)


def look_at_stack(deployment: Deployment, stack: dict[str, Any] | None, findings: Findings) -> None:
    if not stack:
        look_at_left(deployment, findings)
        return
    status, why = stack["StackStatus"], deployments.stuck(stack)
    if why:
        findings.error(f"there is a stack {deployment.stack}, and {why}: {stack.get('StackStatusReason', status)}",
                       "remove what is left of it: make destroy INSTITUTION=…")  # fmt: skip
    elif status.endswith("_COMPLETE"):
        findings.ok(f"{deployment.stack} is in {deployment.region} and will be updated")
    else:
        findings.error(f"{deployment.stack} is in {status}", "wait, or mend it in CloudFormation's console")


def look_at_left(deployment: Deployment, findings: Findings) -> None:
    left = lefts.find(deployment)
    if not left:
        findings.ok(f"{deployment.stack} will be created in {deployment.region}")
        return
    obstacle = left.obstacle()
    wrong = f"there is no stack {deployment.stack}, but {left}"
    if obstacle:
        findings.error(f"{wrong}; {obstacle[0]}", obstacle[1])
    else:
        findings.error(wrong, f"take them back in: make take-back INSTITUTION=…\n{left.farewell()}")


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
    try:
        known = ses.get_email_identity(EmailIdentity=identity)
    except ses.exceptions.NotFoundException:
        if deployment.parameters.get("MailIdentityMode") == "create":
            findings.warn(f"{identity} will be made; nothing can be sent until it is verified", "make the DNS records that SES shows")
        else:
            findings.error(f"SES in {deployment.region} has no identity {identity}",
                           'verify it there, or say MailIdentityMode = "create"')  # fmt: skip
        return
    look_at_identity(deployment, known, findings)


def look_at_identity(deployment: Deployment, known: dict[str, Any], findings: Findings) -> None:
    """An identity that is there already."""
    identity, verified = deployment.parameters["MailIdentity"], known.get("VerifiedForSendingStatus", False)
    creates = deployment.parameters.get("MailIdentityMode") == "create"
    other = known.get("ConfigurationSetName", deployment.stack)
    if other != deployment.stack:
        findings.error(f"mails of {identity} go by the configuration set {other}, which the functions may not use",
                       f"give it {deployment.stack}, which the deployment makes, or take it off the identity: aws sesv2 "
                       f"put-email-identity-configuration-set-attributes --email-identity {identity}")  # fmt: skip
    if creates and deployments.made(deployment, "MailSenderIdentity") != identity:
        findings.error(f"SES in {deployment.region} has {identity} already, and this stack did not make it",
                       f'say MailIdentityMode = "existing" in {deployment.file}')  # fmt: skip
    elif creates and not verified:
        findings.warn(f"{identity} is made, and not verified: nothing can be sent until then", "make the DNS records that SES shows")
    elif not verified:
        findings.error(f"{identity} is not verified in SES in {deployment.region}", "make the DNS records that SES shows, and wait")
    else:
        findings.ok(f"{identity} may send mails")


def look_at_mail_account(deployment: Deployment, findings: Findings) -> None:
    account = deployment.session().client("sesv2").get_account()
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


def look_at_functions(deployment: Deployment, stack: dict[str, Any] | None, findings: Findings) -> None:
    limits = deployment.session().client("lambda").get_account_settings()["AccountLimit"]
    # What others reserve is not to be had; what this stack reserves is its own.
    free = limits["UnreservedConcurrentExecutions"] + reserved(stack_parameters(stack))
    wanted = reserved(deployment.parameters)
    if wanted and free - wanted < UNRESERVED:
        findings.error(f"{wanted} concurrent executions would be reserved, but {free} of the account's "
                       f"{limits['ConcurrentExecutions']} are free, and {UNRESERVED} of them must stay so",
                       "let ReservedConcurrency be 0, or request a quota of more")  # fmt: skip
    elif free < CONCURRENCY:
        findings.warn(f"the account has {free} free concurrent executions, too few for a rush", "request a quota of 1000 of Lambda")
    else:
        findings.ok(f"the account has {free} free concurrent executions")


def stack_parameters(stack: dict[str, Any] | None) -> dict[str, str]:
    """What the stack was deployed with."""
    return {one["ParameterKey"]: one["ParameterValue"] for one in (stack or {}).get("Parameters", [])}


def reserved(parameters: dict[str, str]) -> int:
    return int(parameters.get("ReservedConcurrency", "0")) * FUNCTIONS


def check(deployment: Deployment, tools: pathlib.Path) -> None:
    """Looks at everything; refuses if something is missing."""
    pages.check(tools, deployment.folder)
    findings = Findings()
    look(deployment, findings)
    if findings.errors:
        plural = "error" if findings.errors == 1 else "errors"
        raise Refused(f"{findings.errors} {plural}; nothing was made", "correct what is named above")


def run() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("institution", help="its id, or the path of its folder")
    parser.add_argument("--tools", type=pathlib.Path, default="target/debug", help="where site-builder lies")
    asked = parser.parse_args()
    check(deployments.read(asked.institution), asked.tools)


if __name__ == "__main__":
    sys.exit(main(run))
