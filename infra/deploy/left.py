"""What outlives a stack, and stands in the way of the next of its name: tables, the registry root, the key of both."""

from dataclasses import dataclass
from typing import Any

import deployment as deployments
from deployment import Deployment


@dataclass(frozen=True)
class Left:
    """What is there, whether or not a stack has it."""

    deployment: Deployment
    # By their names in the template.
    tables: dict[str, str]
    # As Secrets Manager describes it.
    root: dict[str, Any]

    def __bool__(self) -> bool:
        return bool(self.tables or self.root)

    def __str__(self) -> str:
        said = [f"its tables: {', '.join(sorted(self.tables.values()))}"] if self.tables else []
        return " and ".join(said + ([f"its registry root: {self.root['Name']}"] if self.root else []))

    @property
    def key(self) -> str:
        """The ARN of the key that seals the registry root, and the tables."""
        return self.root.get("KmsKeyId", "")

    def obstacle(self) -> tuple[str, str] | None:
        """Why it cannot be taken back, and what to do about it."""
        if not self.root:
            wrong = "without the registry root nobody can read what they hold"
            return wrong, "delete them in DynamoDB's console; switch their deletion protection off first"
        if "DeletedDate" in self.root:
            return (
                f"{self.root['Name']} is being deleted, and keeps its name for up to 30 days",
                f"keep it: {self.command('restore-secret')}, then make take-back INSTITUTION=…\n{self.farewell()}",
            )
        return None

    def farewell(self) -> str:
        """How to delete it for good, so that nothing is in the way."""
        secret = self.command("delete-secret --force-delete-without-recovery")
        return (
            "or delete all for good: first the tables, in DynamoDB's console (switch their deletion protection off); then the "
            f"secret, without which nobody can read them: {secret} (else its name stays taken for up to 30 days); "
            f"then the key {self.key}, in KMS's console"
        )

    def command(self, action: str) -> str:
        return f"aws secretsmanager {action} --region {self.deployment.region} --secret-id {root_name(self.deployment)}"


def find(deployment: Deployment) -> Left:
    """Looks in the account."""
    pages = deployment.session().client("dynamodb").get_paginator("list_tables").paginate()
    there = {name for page in pages for name in page["TableNames"]}
    tables = {logical: name for logical, name in table_names(deployment).items() if name in there}
    secrets = deployment.session().client("secretsmanager")
    try:
        root = secrets.describe_secret(SecretId=root_name(deployment))
    except secrets.exceptions.ResourceNotFoundException:
        root = {}
    return Left(deployment, tables, root)


def table_names(deployment: Deployment) -> dict[str, str]:
    """What the template's tables are called."""
    resources = deployments.load_template()["Resources"]
    tables = {logical: one for logical, one in resources.items() if one["Type"] == "AWS::DynamoDB::Table"}
    return {logical: named(one["Properties"]["TableName"], deployment) for logical, one in tables.items()}


def root_name(deployment: Deployment) -> str:
    return named(deployments.load_template()["Resources"]["RegistryRoot"]["Properties"]["Name"], deployment)


def named(name: dict[str, str], deployment: Deployment) -> str:
    """A name that begins with the stack's."""
    return name["!Sub"].replace("${AWS::StackName}", deployment.stack)
