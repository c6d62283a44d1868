"""Where an institution is deployed: deployment.toml beside its institution.toml, held against the template."""

import functools
import os
import pathlib
import re
import tomllib
from dataclasses import dataclass
from typing import Any

import boto3
import yaml

from telling import Refused

TEMPLATE = pathlib.Path("infra/template.yaml")
INSTITUTIONS = pathlib.Path("infra/institutions")
# What `make deploy` fills in, and what of institution.toml it goes by.
FILLED_IN = {
    "InstitutionId": "id",
    "MailSender": "mail.from",
    "SiteDomain": "site",
    "SiteOrigin": "site",
    "ChangePasswordPath": "site",
}
# How a stack stands that can neither be updated nor made again before it is removed.
STUCK = {
    "ROLLBACK_COMPLETE": "its first deployment failed",
    "ROLLBACK_FAILED": "its first deployment failed",
    "IMPORT_ROLLBACK_COMPLETE": "its data could not be taken back",
    "IMPORT_ROLLBACK_FAILED": "its data could not be taken back",
    "DELETE_FAILED": "it could not be removed",
}


@dataclass(frozen=True)
class Deployment:
    """What deployment.toml and institution.toml say together."""

    folder: pathlib.Path
    file: pathlib.Path
    region: str
    stack: str
    # Of the template, as texts.
    parameters: dict[str, str]

    @property
    def domain(self) -> str:
        """The site's own, if it has one."""
        return self.parameters.get("SiteDomain", "")

    def session(self, region: str | None = None) -> boto3.Session:
        return boto3.Session(region_name=region or self.region)

    def origin(self) -> str:
        """Where the site lives; empty while CloudFront has not named it."""
        return f"https://{self.domain}" if self.domain else (self.outputs() or {}).get("SiteUrl", "")

    def outputs(self) -> dict[str, str] | None:
        """The stack's outputs; none if there is no stack."""
        return outputs_of(self, self.stack)


def stack_of(deployment: Deployment, name: str = "") -> dict[str, Any] | None:
    """The stack, or another of its region, as CloudFormation describes it."""
    client = deployment.session().client("cloudformation")
    try:
        stack = client.describe_stacks(StackName=name or deployment.stack)["Stacks"][0]
        # What was planned and never made is no stack yet.
        return stack if stack["StackStatus"] != "REVIEW_IN_PROGRESS" else None
    except client.exceptions.ClientError as error:
        if "does not exist" in str(error):
            return None
        raise


def stuck(stack: dict[str, Any]) -> str:
    """Why it has to go; empty if it has not."""
    # Where somebody's import into a deployment failed, the deployment is as it was.
    works = stack["StackStatus"] == "IMPORT_ROLLBACK_COMPLETE" and stack.get("Outputs")
    return "" if works else STUCK.get(stack["StackStatus"], "")


def outputs_of(deployment: Deployment, name: str) -> dict[str, str] | None:
    stack = stack_of(deployment, name)
    return stack and {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}


def made(deployment: Deployment, logical: str) -> str:
    """What a resource of the stack is called; empty if the stack did not make it."""
    client = deployment.session().client("cloudformation")
    try:
        known = client.describe_stack_resource(StackName=deployment.stack, LogicalResourceId=logical)["StackResourceDetail"]
    except client.exceptions.ClientError as error:
        if "does not exist" in str(error):
            return ""
        raise
    return "" if known["ResourceStatus"].startswith("DELETE_") else known.get("PhysicalResourceId", "")


def folder_of(institution: str) -> pathlib.Path:
    """An institution's folder, by its id or path."""
    folder = pathlib.Path(institution) if "/" in institution else INSTITUTIONS / institution
    if not (folder / "institution.toml").is_file():
        known = sorted(path.parent.name for path in INSTITUTIONS.glob("*/institution.toml"))
        raise Refused(f"INSTITUTION={institution}: {folder}/institution.toml is missing", f"there is {', '.join(known)}")
    return folder


def read(institution: str) -> Deployment:
    """Reads an institution's deployment, by its id or folder; everything that is wrong is said at once."""
    folder = folder_of(institution)
    file = folder / "deployment.toml"
    if not file.is_file():
        raise Refused(f"{file} is missing", f"copy {INSTITUTIONS / 'usms' / 'deployment.toml'} and fill it in")
    ours, theirs = parsed(folder / "institution.toml"), parsed(file)
    faults = []
    for name in theirs.keys() - {"region", "stack", "parameters"}:
        faults.append(f"deployment.toml: {name}: nobody knows it; there are region, stack and [parameters]")
    region, stack = theirs.get("region", ""), theirs.get("stack", "")
    if not re.fullmatch(r"[a-z]{2}(-[a-z]+)+-[0-9]", str(region)):
        faults.append("deployment.toml: region: must be an AWS region, as eu-west-3")
    # Names of functions and alarms begin with it.
    if not re.fullmatch(r"[a-z][a-z0-9-]{0,31}", str(stack)):
        faults.append("deployment.toml: stack: must be 1 to 32 lower-case letters, digits and hyphens, as recupmail-usms")
    parameters, more = parameters_of(theirs.get("parameters", {}), ours)
    faults += more
    if faults:
        raise Refused("\n".join(f"{folder}/{fault}" for fault in faults), "infra/README.md explains each parameter")
    return Deployment(folder, file, region, stack, parameters)


def parsed(file: pathlib.Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Refused(f"{file}: {error}", "correct the file") from error


def parameters_of(stated: Any, ours: dict[str, Any]) -> tuple[dict[str, str], list[str]]:
    """The template's parameters, and what is wrong with them."""
    if not isinstance(stated, dict):
        return {}, ["deployment.toml: parameters: must be a table, [parameters]"]
    template = load_template()
    known = template["Parameters"]
    unknown, known_here = sorted(stated.keys() - known.keys()), sorted(stated.keys() & FILLED_IN.keys())
    faults = [f"deployment.toml: parameters.{name}: the template has no such parameter" for name in unknown]
    faults += [f"deployment.toml: parameters.{name}: comes from institution.toml; leave it out" for name in known_here]
    values = {name: text_of(value) for name, value in stated.items() if name in known.keys() - FILLED_IN.keys()}
    values |= filled_in(values, ours)
    for name, declared in known.items():
        if name in values or name in FILLED_IN:
            faults += mistakes(name, values.get(name, str(declared.get("Default", ""))), declared)
        elif "Default" not in declared:
            faults.append(f"deployment.toml: parameters.{name}: is missing: {declared['Description']}")
    return values, faults


def table(values: dict[str, Any], name: str) -> dict[str, Any]:
    """A table of a file; empty if something else stands there, about which site-builder complains."""
    found = values.get(name)
    return found if isinstance(found, dict) else {}


def filled_in(values: dict[str, str], ours: dict[str, Any]) -> dict[str, str]:
    """What institution.toml says already. The site has its own domain where there is a certificate for it."""
    sender = re.sub(r".*<(.*)>", r"\1", str(table(ours, "mail").get("from", "")))
    host = str(ours.get("site", "")).partition("://")[2].partition("/")[0]
    return {
        "InstitutionId": str(ours.get("id", "")),
        "MailSender": sender,
        "SiteDomain": host if values.get("CertificateArn") else "",
    }


def mistakes(name: str, value: str, declared: dict[str, Any]) -> list[str]:
    """What CloudFormation would find, before anything is uploaded."""
    place = f"institution.toml: {FILLED_IN[name]}" if name in FILLED_IN else f"deployment.toml: parameters.{name}"
    allowed = [text_of(one) for one in declared.get("AllowedValues", [])]
    if allowed and value not in allowed:
        return [f"{place}: {value!r} is none of {', '.join(allowed)}"]
    pattern = declared.get("AllowedPattern")
    if pattern and not re.fullmatch(pattern, value):
        why = declared.get("ConstraintDescription", f"must match {pattern}")
        return [f"{place}: {value!r} {why}. {declared['Description']}"]
    if declared["Type"] == "Number":
        least, most = declared.get("MinValue", float("-inf")), declared.get("MaxValue", float("inf"))
        if not re.fullmatch(r"-?[0-9]+", value) or not least <= int(value) <= most:
            return [f"{place}: {value!r} is no number from {least} to {most}"]
    return []


def text_of(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def broken_rules(deployment: Deployment) -> list[str]:
    """The assertions of the template's rules that these parameters break."""
    template = load_template()
    defaults = {name: text_of(declared.get("Default", "")) for name, declared in template["Parameters"].items()}
    account = deployment.session().client("sts").get_caller_identity()["Account"]
    known = defaults | deployment.parameters | {"AWS::Region": deployment.region, "AWS::AccountId": account}
    broken = []
    for rule in template["Rules"].values():
        if "RuleCondition" in rule and not holds(rule["RuleCondition"], known):
            continue
        broken += [one["AssertDescription"] for one in rule["Assertions"] if not holds(one["Assert"], known)]
    return broken


def holds(condition: Any, known: dict[str, str]) -> Any:
    """Evaluates what the template's rules are made of."""
    match condition:
        case {"!Ref": name}:
            return known[name]
        case {"!Equals": [one, other]}:
            return text_of(holds(one, known)) == text_of(holds(other, known))
        case {"!Not": [one]}:
            return not holds(one, known)
        case {"!And": many}:
            return all(holds(one, known) for one in many)
        case {"!Or": many}:
            return any(holds(one, known) for one in many)
        case {**other} if other:
            raise ValueError(f"the template's rules have what this does not know: {other}")
    return condition


class Loader(yaml.SafeLoader):
    """Reads CloudFormation's tags as members of their names: `!Ref a` is `{"!Ref": "a"}`."""


def tagged(loader: Loader, tag: str, node: yaml.Node) -> dict[str, Any]:
    match node:
        case yaml.ScalarNode():
            return {f"!{tag}": loader.construct_scalar(node)}
        case yaml.SequenceNode():
            return {f"!{tag}": loader.construct_sequence(node, deep=True)}
        case _:
            return {f"!{tag}": loader.construct_mapping(node, deep=True)}


Loader.add_multi_constructor("!", tagged)


@functools.cache
def load_template() -> dict[str, Any]:
    return yaml.load(TEMPLATE.read_text(encoding="utf-8"), Loader)


def quiet_tools() -> dict[str, str]:
    """The environment for sam: what it asks and reports by itself is left out."""
    return dict(os.environ) | {"SAM_CLI_TELEMETRY": "0"}
