"""Makes a stack of what an earlier one left behind: tables, their key, the registry root. `make deploy` adds the rest.

Example: take_back.py usms
"""

import argparse
import json
import sys
import uuid
from typing import Any

import deployment as deployments
import left as lefts
from deployment import Deployment
from left import Left
from telling import Refused, main

# CloudFormation's short forms, and what they stand for.
SHORT = {"!Ref": "Ref", "!Sub": "Fn::Sub"}


def kept(left: Left) -> dict[str, Any]:
    """The template's resources that stay when a stack goes and are still there, but for the sender, which may be used as it is."""
    resources = deployments.load_template()["Resources"]
    stay = {name: one for name, one in resources.items() if one.get("DeletionPolicy") == "RetainExceptOnCreate"}
    gone = lefts.table_names(left.deployment).keys() - left.tables.keys()
    return {name: long_form(one) for name, one in stay.items() if "Condition" not in one and name not in gone}


def long_form(value: Any) -> Any:
    """What JSON templates have instead of tags."""
    if isinstance(value, list):
        return [long_form(one) for one in value]
    if not isinstance(value, dict):
        return value
    if list(value) == ["!GetAtt"]:
        return {"Fn::GetAtt": value["!GetAtt"].split(".")}
    return {SHORT.get(name, name): long_form(one) for name, one in value.items()}


def identifiers(left: Left, resources: dict[str, Any]) -> list[dict[str, Any]]:
    """Where each of them is."""
    places = []
    for name, resource in resources.items():
        match resource["Type"]:
            case "AWS::DynamoDB::Table":
                identifier = {"TableName": left.tables[name]}
            case "AWS::SecretsManager::Secret":
                identifier = {"Id": left.root["ARN"]}
            case "AWS::KMS::Key":
                identifier = {"KeyId": left.key.rpartition("/")[2]}
            case other:
                raise Refused(f"nobody said how {name}, {other}, is found again", "teach take_back.py")
        places.append({"ResourceType": resource["Type"], "LogicalResourceId": name, "ResourceIdentifier": identifier})
    return places


def found(deployment: Deployment) -> Left:
    """What can be taken back; refuses if there is nothing, or something in the way."""
    stack = deployments.stack_of(deployment)
    why = stack and deployments.stuck(stack)
    if why:
        remedy = "remove it, its data stays: make destroy INSTITUTION=…; then take the data back"
        raise Refused(f"there is a stack {deployment.stack}, and {why}", remedy)
    if stack:
        raise Refused(f"there is a stack {deployment.stack} already", "make deploy INSTITUTION=… updates it")
    left = lefts.find(deployment)
    if not left:
        raise Refused(f"{deployment.stack} left nothing in {deployment.region}", "make deploy INSTITUTION=… makes all of it")
    obstacle = left.obstacle()
    if obstacle:
        raise Refused(f"{deployment.stack} left {left}; {obstacle[0]}", obstacle[1])
    return left


def take_back(deployment: Deployment) -> list[str]:
    """Imports what is left into a new stack; what was imported."""
    left = found(deployment)
    resources = kept(left)
    # A new stack may hold nothing at first but what is taken in.
    template = {"Parameters": {"DeletionProtection": {"Type": "String"}}, "Resources": resources}
    protection = deployment.parameters.get("DeletionProtection", "true")
    client = deployment.session().client("cloudformation")
    name = {"StackName": deployment.stack, "ChangeSetName": f"take-back-{uuid.uuid4()}"}
    client.create_change_set(
        **name,
        ChangeSetType="IMPORT",
        TemplateBody=json.dumps(template),
        Parameters=[{"ParameterKey": "DeletionProtection", "ParameterValue": protection}],
        ResourcesToImport=identifiers(left, resources),
    )
    client.get_waiter("change_set_create_complete").wait(**name)
    made = client.describe_change_set(**name)
    if made["ExecutionStatus"] != "AVAILABLE":
        raise Refused(made["StatusReason"], f"see the change set of {deployment.stack} in CloudFormation's console")
    client.execute_change_set(**name)
    client.get_waiter("stack_import_complete").wait(StackName=deployment.stack)
    return list(resources)


def run() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("institution", help="its id, or the path of its folder")
    asked = parser.parse_args()

    resources = take_back(deployments.read(asked.institution))
    print("\n".join(f"taken back: {name}" for name in resources))
    print("make deploy INSTITUTION=… adds the rest.")


if __name__ == "__main__":
    sys.exit(main(run))
