"""Copies the items of one DynamoDB table over another: back from a restored one, or to another region.

Examples:
  copy_table.py recupmail-usms-accounts-restored recupmail-usms-accounts --region eu-west-3 --only-missing
  copy_table.py recupmail-usms-audit recupmail-usms-audit --region eu-west-3 --to-region eu-south-1
"""

import argparse
import sys

import boto3

from telling import Refused, main


def copy(source: tuple[str, str], target: tuple[str, str], only_missing: bool) -> tuple[int, int]:
    """How many items were copied, and how many were left as the target has them."""
    (from_table, from_region), (to_table, to_region) = source, target
    pages = boto3.client("dynamodb", region_name=from_region).get_paginator("scan")
    to = boto3.client("dynamodb", region_name=to_region)
    copied = left = 0
    for page in pages.paginate(TableName=from_table, ConsistentRead=True):
        for item in page["Items"]:
            try:
                condition = {"ConditionExpression": "attribute_not_exists(pk)"} if only_missing else {}
                to.put_item(TableName=to_table, Item=item, **condition)
                copied += 1
            except to.exceptions.ConditionalCheckFailedException:
                left += 1
    return copied, left


def run() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", help="the table whose items are read")
    parser.add_argument("target", help="the table that they are written to")
    parser.add_argument("--region", required=True, help="where both are")
    parser.add_argument("--to-region", help="where the second is, if not there")
    parser.add_argument("--only-missing", action="store_true", help="leave what the target has as it is")
    asked = parser.parse_args()

    source, target = (asked.source, asked.region), (asked.target, asked.to_region or asked.region)
    if source == target:
        raise Refused(f"{asked.source} is both", "name two tables, or two regions")
    copied, left = copy(source, target, asked.only_missing)
    print(f"{copied} items copied from {asked.source} to {asked.target}, {left} left as they were")


if __name__ == "__main__":
    sys.exit(main(run))
