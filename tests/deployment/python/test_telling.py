"""Whatever an operator can cause ends with its place and remedy, and no traceback."""

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest
from unittest import mock

import deployment as deployments
import telling
from account import Account, said_by, usms

SIGN_IN = "→ sign in: aws sso login, or name your profile in AWS_PROFILE"


def run(name: str, institution: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A command of infra/deploy for which nobody is signed in."""
    usual = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    with tempfile.TemporaryDirectory() as home:
        nobody = usual | {"HOME": home, "AWS_EC2_METADATA_DISABLED": "true"} | environment
        command = [sys.executable, pathlib.Path(telling.__file__).parent / name, institution]
        return subprocess.run(command, env=nobody, capture_output=True, text=True, check=False)


class Credentials(Account):
    def test_who_is_not_signed_in_is_told_to(self) -> None:
        for name in ["destroy.py", "take_back.py"]:
            ended = run(name, "usms")
            self.assertEqual(ended.returncode, 1)
            self.assertRegex(ended.stderr, f"{name}: AWS does not know who you are: Unable to locate credentials\n +{SIGN_IN}\n$")

    def test_a_profile_that_nobody_knows_is_named(self) -> None:
        ended = run("destroy.py", "usms", AWS_PROFILE="nope")
        self.assertEqual(ended.returncode, 1)
        self.assertRegex(ended.stderr, rf"destroy.py: .*The config profile \(nope\) could not be found\n +{SIGN_IN}\n$")

    def test_keys_that_are_no_longer_good_are_told_apart_from_rights(self) -> None:
        for code, remedy in [
            ("ExpiredToken", SIGN_IN),
            ("InvalidClientTokenId", SIGN_IN),
            ("UnrecognizedClientException", SIGN_IN),
            ("SignatureDoesNotMatch", SIGN_IN),
            ("AccessDenied", "→ see which account and region this is, and what its role may do"),
        ]:
            self.answers("cloudformation", "describe_stacks", (code, "no"))
            said = said_by(lambda: self.assertEqual(telling.main(lambda: deployments.stack_of(usms())), 1))
            self.assertRegex(said, rf"\({code}\) .*\n +{remedy}\n$")


class Telling(unittest.TestCase):
    def test_an_account_that_cannot_be_reached_is_told(self) -> None:
        keys = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_MAX_ATTEMPTS": "1"}
        ended = run("destroy.py", "usms", AWS_ENDPOINT_URL="http://127.0.0.1:9", **keys)
        self.assertRegex(ended.stderr, r"destroy.py: AWS cannot be reached: .*127.0.0.1:9/?\"\n +→ see the network, and `region`")

    def test_files_that_cannot_be_read_are_named(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "absent"
            said = said_by(lambda: telling.main(file.read_bytes))
        self.assertRegex(said, f"No such file or directory: '{file}'\n +→ see that it is there")

    def test_who_stops_a_command_may_run_it_again(self) -> None:
        said = said_by(lambda: telling.main(mock.Mock(side_effect=KeyboardInterrupt)))
        self.assertRegex(said, "stopped half way\n +→ run it again")
