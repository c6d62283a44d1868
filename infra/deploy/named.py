"""Looks at what deployment.toml names by its ARN and the stack uses as it is: a wrong one would fail late, half way."""

from collections.abc import Callable

from botocore.exceptions import ClientError

from deployment import Deployment
from findings import Findings
from telling import code_of

# How services say that there is no such thing.
ABSENT = {"NotFoundException", "ResourceNotFoundException", "WAFNonexistentItemException"}


def look_at_named(deployment: Deployment, findings: Findings) -> None:
    """A parameter after the other."""
    for name, defect in DEFECTS.items():
        arn = deployment.parameters.get(name)
        if not arn:
            continue
        region = arn.split(":")[3]
        # CloudFront's web ACLs lie in one region, as their parameter's pattern says.
        if region != deployment.region and name != "WebAclArn":
            findings.error(f"{deployment.file}: {name} is in {region}, the stack in {deployment.region}",
                           "name one in the stack's region")  # fmt: skip
            continue
        try:
            wrong = defect(deployment, arn)
        except ClientError as error:
            if code_of(error) in ABSENT:
                findings.error(f"{deployment.file}: {name}: there is no {arn}", f"make it, or correct {name}")
            else:
                findings.warn(f"AWS does not say whether {name}, {arn}, is there: {error}", "look in its console")
            continue
        if wrong:
            findings.error(f"{deployment.file}: {name}: {arn} {wrong}", f"mend it in its console, or correct {name}")
        else:
            findings.ok(f"{name}, {arn}, is there")


def of_secret(deployment: Deployment, arn: str) -> str:
    secret = deployment.session().client("secretsmanager").describe_secret(SecretId=arn)
    return "is being deleted" if "DeletedDate" in secret else ""


def of_key(deployment: Deployment, arn: str) -> str:
    state = deployment.session().client("kms").describe_key(KeyId=arn)["KeyMetadata"]["KeyState"]
    return "" if state == "Enabled" else f"cannot be used, it is {state}"


def of_web_acl(deployment: Deployment, arn: str) -> str:
    _, _, name, identity = arn.rsplit(":", 1)[1].split("/")
    deployment.session("us-east-1").client("wafv2").get_web_acl(Name=name, Id=identity, Scope="CLOUDFRONT")
    return ""


def of_origination(deployment: Deployment, arn: str) -> str:
    """A pool, or a number, which must be able to call."""
    voice = deployment.session().client("pinpoint-sms-voice-v2")
    kind, identity = arn.rsplit(":", 1)[1].split("/")
    if kind == "pool":
        one = voice.describe_pools(PoolIds=[identity])["Pools"][0]
    else:
        one = voice.describe_phone_numbers(PhoneNumberIds=[identity])["PhoneNumbers"][0]
        if "VOICE" not in one["NumberCapabilities"]:
            return "cannot call: it has no capability VOICE"
    return "" if one["Status"] == "ACTIVE" else f"cannot be used, it is {one['Status']}"


# What is wrong with each, if it is there.
DEFECTS: dict[str, Callable[[Deployment, str], str]] = {
    "VoicePoolArn": of_origination,
    "DirectorySecretArn": of_secret,
    "DirectorySecretKeyArn": of_key,
    "WebAclArn": of_web_acl,
}
