"""Removes an institution's stack. Tables, their key and the registry root stay.

Example: destroy.py usms
"""

import argparse
import sys

import deployment as deployments
import left as lefts
from deployment import Deployment
from telling import Refused, arrows, main


def run() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("institution", help="its id, or the path of its folder")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    asked = parser.parse_args()

    deployment = deployments.read(asked.institution)
    stack = deployment.stack
    outputs = deployment.outputs()
    if outputs is None:
        raise Refused(f"there is no stack {stack} in {deployment.region}", f"correct `stack` in {deployment.file}")
    if not asked.yes and typed(f"Nobody will be able to recover an account any more. Type {stack} to remove it: ") != stack:
        raise Refused("nothing was removed", f"type {stack} when asked, or say --yes")
    destroy(deployment, outputs)


def destroy(deployment: Deployment, outputs: dict[str, str]) -> None:
    """Removes the stack, and says what stays."""
    identity = deployments.made(deployment, "MailSenderIdentity")
    if "SiteBucket" in outputs:
        empty(deployment, outputs["SiteBucket"])
    client = deployment.session().client("cloudformation")
    client.delete_stack(StackName=deployment.stack)
    client.get_waiter("stack_delete_complete").wait(StackName=deployment.stack)
    print(f"{deployment.stack} is removed: its site and functions, their alarms and logs, if it had them.")
    stays = [*data(deployment), *sender(deployment, identity), *zips(deployment)]
    if stays:
        print("\n".join(["Still there:", *stays]))


def data(deployment: Deployment) -> list[str]:
    """What cannot be made again, and is paid for while it is there."""
    left = lefts.find(deployment)
    if not left:
        return []
    said = f"- {left}" + (f", sealed by the key {left.key}" if left.key else "")
    obstacle = left.obstacle()
    if obstacle:
        return [f"{said}; {obstacle[0]}", arrows(obstacle[1], 2)]
    again = "take them back in: make take-back INSTITUTION=…, then make deploy INSTITUTION=…"
    return [said, arrows(f"{again}\n{left.farewell()}", 2)]


def sender(deployment: Deployment, identity: str) -> list[str]:
    """The SES identity, if the stack made it."""
    if not identity:
        return []
    remedy = f'say MailIdentityMode = "existing" in {deployment.file} from now on, or delete it in SES\'s console'
    return [f"- the SES identity {identity}", arrows(remedy, 2)]


def zips(deployment: Deployment) -> list[str]:
    """Where sam put the functions, with the institution's file in them."""
    bucket = (deployments.outputs_of(deployment, "aws-sam-cli-managed-default") or {}).get("SourceBucket")
    if not bucket:
        return []
    remedy = f"aws s3 rm --recursive s3://{bucket}/{deployment.stack}/"
    return [f"- the packed functions, in sam's bucket {bucket}, which other stacks of this region may use", arrows(remedy, 2)]


def typed(question: str) -> str:
    try:
        return input(question)
    except EOFError:
        return ""


def empty(deployment: Deployment, bucket: str) -> None:
    """CloudFormation removes empty buckets alone; the site can be built again."""
    s3 = deployment.session().client("s3")
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        keys = [{"Key": found["Key"]} for found in page.get("Contents", [])]
        if keys:
            s3.delete_objects(Bucket=bucket, Delete={"Objects": keys})


if __name__ == "__main__":
    sys.exit(main(run))
