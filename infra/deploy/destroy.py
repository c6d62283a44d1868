"""Removes an institution's stack. Tables, their key and the registry root stay.

Example: destroy.py usms
"""

import argparse
import sys

import deployment as deployments
from telling import Refused, main


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
    if "SiteBucket" in outputs:
        empty(deployment, outputs["SiteBucket"])
    client = deployment.session().client("cloudformation")
    client.delete_stack(StackName=stack)
    client.get_waiter("stack_delete_complete").wait(StackName=stack)
    print(f"{stack} is removed, its site, functions, alarms and logs with it.")
    left = deployments.tables_left(deployment)
    if left:
        print(
            f"Still there, and paid for while they are: {', '.join(left)}, the secret {stack}/registry-root, and their key "
            f"{outputs.get('KeyArn', '')}.\n"
            "  → take them back in: make take-back INSTITUTION=…, then make deploy INSTITUTION=…\n"
            "  → or delete them for good in the console: tables first (switch their deletion protection off), then the "
            "secret, then the key. Without the registry root what the tables hold is lost."
        )


def typed(question: str) -> str:
    try:
        return input(question)
    except EOFError:
        return ""


def empty(deployment: deployments.Deployment, bucket: str) -> None:
    """CloudFormation removes empty buckets alone; the site can be built again."""
    s3 = deployment.session().client("s3")
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        keys = [{"Key": found["Key"]} for found in page.get("Contents", [])]
        if keys:
            s3.delete_objects(Bucket=bucket, Delete={"Objects": keys})


if __name__ == "__main__":
    sys.exit(main(run))
