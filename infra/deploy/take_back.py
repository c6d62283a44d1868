"""Makes a stack of what an earlier one left behind: tables, their key, the registry root. `make deploy` adds the rest.

Example: take_back.py usms
"""

import argparse
import json
import sys
import uuid
from typing import Any

import botocore.exceptions

import deployment as deployments
from deployment import Deployment
from telling import Refused, main

# CloudFormation's short forms, and what they stand for.
SHORT = {"!Ref": "Ref", "!Sub": "Fn::Sub"}


def kept() -> dict[str, Any]:
    """The template's resources that stay when a stack goes, but for the sender, which may be used as it is."""
    resources = deployments.load_template()["Resources"]
    stay = {name: one for name, one in resources.items() if one.get("DeletionPolicy") == "RetainExceptOnCreate"}
    return {name: long_form(one) for name, one in stay.items() if "Condition" not in one}


def long_form(value: Any) -> Any:
    """What JSON templates have instead of tags."""
    if isinstance(value, list):
        return [long_form(one) for one in value]
    if not isinstance(value, dict):
        return value
    if list(value) == ["!GetAtt"]:
        return {"Fn::GetAtt": value["!GetAtt"].split(".")}
    return {SHORT.get(name, name): long_form(one) for name, one in value.items()}


def identifiers(deployment: Deployment, resources: dict[str, Any]) -> list[dict[str, Any]]:
    """Where each of them is."""
    session = deployment.session()
    secret = session.client("secretsmanager").describe_secret(SecretId=f"{deployment.stack}/registry-root")
    places = []
    for name, resource in resources.items():
        match resource["Type"]:
            case "AWS::DynamoDB::Table":
                table = resource["Properties"]["TableName"]["Fn::Sub"].replace("${AWS::StackName}", deployment.stack)
                identifier = {"TableName": table}
            case "AWS::SecretsManager::Secret":
                identifier = {"Id": secret["ARN"]}
            case "AWS::KMS::Key":
                identifier = {"KeyId": secret["KmsKeyId"].rpartition("/")[2]}
            case other:
                raise Refused(f"nobody said how {name}, {other}, is found again", "teach take_back.py")
        places.append({"ResourceType": resource["Type"], "LogicalResourceId": name, "ResourceIdentifier": identifier})
    return places


def run() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("institution", help="its id, or the path of its folder")
    asked = parser.parse_args()

    deployment = deployments.read(asked.institution)
    if deployments.stack_of(deployment) is not None:
        raise Refused(f"there is a stack {deployment.stack} already", "make deploy INSTITUTION=… updates it")
    resources = kept()
    # A new stack may hold nothing at first but what is taken in.
    template = {"Parameters": {"DeletionProtection": {"Type": "String"}}, "Resources": resources}
    protection = deployment.parameters.get("DeletionProtection", "true")
    client = deployment.session().client("cloudformation")
    name = {"StackName": deployment.stack, "ChangeSetName": f"take-back-{uuid.uuid4()}"}
    try:
        client.create_change_set(
            **name,
            ChangeSetType="IMPORT",
            TemplateBody=json.dumps(template),
            Parameters=[{"ParameterKey": "DeletionProtection", "ParameterValue": protection}],
            ResourcesToImport=identifiers(deployment, resources),
        )
        client.get_waiter("change_set_create_complete").wait(**name)
        made = client.describe_change_set(**name)
        if made["ExecutionStatus"] != "AVAILABLE":
            raise Refused(made["StatusReason"], "see the change set in CloudFormation's console")
        client.execute_change_set(**name)
        client.get_waiter("stack_import_complete").wait(StackName=deployment.stack)
    except (botocore.exceptions.ClientError, botocore.exceptions.WaiterError) as error:
        raise Refused(str(error), "see the stack's events in CloudFormation's console") from error
    print("\n".join(f"taken back: {name}" for name in resources))
    print("make deploy INSTITUTION=… adds the rest.")


if __name__ == "__main__":
    sys.exit(main(run))
