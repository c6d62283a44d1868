"""An account whose answers are written down, since no emulator gives them; and a deployment that asks it."""

import contextlib
import io
import pathlib
import tempfile
import unittest
from collections.abc import Callable
from typing import Any
from unittest import mock

import boto3
from botocore.stub import Stubber

import deployment as deployments
from deployment import Deployment

REGION, STACK = "eu-west-3", "recupmail-usms"
TABLES = [f"{STACK}-{kind}" for kind in ["accounts", "audit", "challenges", "issued", "limits", "people"]]
KEY = f"arn:aws:kms:{REGION}:111122223333:key/0a1b2c3d-0000-0000-0000-000000000000"
ROOT = {"Name": f"{STACK}/registry-root", "ARN": f"arn:aws:secretsmanager:{REGION}:111122223333:secret:root-AbCdEf", "KmsKeyId": KEY}
NO_STACK = ("ValidationError", f"Stack with id {STACK} does not exist")
ABSENT = ("ResourceNotFoundException", "there is none")
PARAMETERS = {"InstitutionId": "usms", "MailIdentity": "usms.ac.ma", "MailSender": "recupmail@usms.ac.ma", "SiteDomain": ""}


def usms(**changes: str) -> Deployment:
    """Where the sample institution is deployed, with these parameters besides."""
    folder = deployments.INSTITUTIONS / "usms"
    return Deployment(folder, folder / "deployment.toml", REGION, STACK, PARAMETERS | changes)


def stack(status: str, outputs: dict[str, str] = {}, parameters: dict[str, str] = {}, **more: str) -> dict[str, Any]:
    """How CloudFormation describes one."""
    described = {"StackName": STACK, "CreationTime": "2026-11-01T00:00:00Z", "StackStatus": status} | more
    described["Outputs"] = [{"OutputKey": key, "OutputValue": value} for key, value in outputs.items()]
    described["Parameters"] = [{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()]
    return {"Stacks": [described]}


class Seen:
    """Equals anything, and remembers it."""

    value: Any = None

    def __eq__(self, other: object) -> bool:
        self.value = other
        return True


class Account(unittest.TestCase):
    """Each service answers in the order in which a test says so, and nothing that it does not say."""

    def setUp(self) -> None:
        self.stubs: dict[tuple[str, str], Stubber] = {}
        self.boto = boto3.Session(aws_access_key_id="written", aws_secret_access_key="down")
        session = mock.patch.object(Deployment, "session", lambda asked, region=None: Session(self, region or asked.region))
        session.start()
        self.addCleanup(session.stop)

    def stub(self, service: str, region: str = REGION) -> Stubber:
        if (service, region) not in self.stubs:
            self.stubs[service, region] = Stubber(self.boto.client(service, region_name=region))
            self.stubs[service, region].activate()
        return self.stubs[service, region]

    def answers(self, service: str, operation: str, answer: Any, asked: Any = None, region: str = REGION) -> None:
        """A pair is an error's code and text, everything else a good answer."""
        if isinstance(answer, tuple):
            self.stub(service, region).add_client_error(operation, answer[0], answer[1], expected_params=asked)
        else:
            self.stub(service, region).add_response(operation, answer, asked)

    def all_was_asked(self) -> None:
        for stub in self.stubs.values():
            stub.assert_no_pending_responses()

    def in_a_folder(self) -> pathlib.Path:
        """A new one, for this test alone."""
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        return pathlib.Path(folder.name)


class Session:
    """What `Deployment.session` gives here."""

    def __init__(self, account: Account, region: str):
        self.account, self.region = account, region

    def client(self, service: str) -> Any:
        return self.account.stub(service, self.region).client


def said_by(command: Callable[[], Any]) -> str:
    """What a command prints, on either stream."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        command()
    return said.getvalue()
