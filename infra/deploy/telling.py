"""How the commands here end: what is wrong, and what to do about it."""

import sys
from collections.abc import Callable

from botocore import exceptions as aws

# Who asks has no credentials, or some that cannot be used; so AWS finds, or says by one of these codes.
NOBODY = (aws.NoCredentialsError, aws.PartialCredentialsError, aws.ProfileNotFound, aws.CredentialRetrievalError,
          aws.TokenRetrievalError, aws.SSOError, aws.LoginError)  # fmt: skip
STRANGER = {
    "AuthFailure", "ExpiredToken", "ExpiredTokenException", "InvalidAccessKeyId", "InvalidClientTokenId",
    "InvalidSignatureException", "InvalidToken", "RequestExpired", "SignatureDoesNotMatch", "UnrecognizedClientException",
}  # fmt: skip
UNREACHABLE = (aws.ConnectionError, aws.HTTPClientError)


def arrows(remedy: str, indent: int) -> str:
    """A remedy, or several, one a line."""
    return "\n".join(f"{' ' * indent}→ {line}" for line in remedy.splitlines())


class Refused(Exception):
    """A command that cannot go on."""

    def __init__(self, wrong: str, remedy: str):
        super().__init__(f"{wrong}\n{arrows(remedy, 2)}")


def main(run: Callable[[], None]) -> int:
    """Runs a command; its exit code."""
    try:
        run()
    except Refused as refused:
        return said(refused)
    except (aws.ClientError, aws.BotoCoreError, OSError) as error:
        return said(explained(error))
    except KeyboardInterrupt:
        return said(Refused("stopped half way", "run it again: it goes on from what is there"))
    return 0


def said(refused: Refused) -> int:
    print(f"{sys.argv[0]}: {refused}", file=sys.stderr)
    return 1


def explained(error: Exception) -> Refused:
    """What AWS or this machine refuses, with its remedy."""
    if isinstance(error, NOBODY) or code_of(error) in STRANGER:
        return Refused(f"AWS does not know who you are: {error}", "sign in: aws sso login, or name your profile in AWS_PROFILE")
    if isinstance(error, aws.WaiterError):
        return Refused(outcome(error), "correct what it names; the stack's events in CloudFormation's console tell more")
    if isinstance(error, UNREACHABLE):
        return Refused(f"AWS cannot be reached: {error}", "see the network, and `region` in deployment.toml")
    if isinstance(error, OSError):
        return Refused(str(error), "see that it is there, and that you may read and write it")
    return Refused(str(error), "see which account and region this is, and what its role may do")


def code_of(error: Exception) -> str:
    """AWS's name of an error that it answered."""
    return error.response.get("Error", {}).get("Code", "") if isinstance(error, aws.ClientError) else ""


def outcome(error: aws.WaiterError) -> str:
    """How a stack or change set ended that was waited for; what the error itself says is how it was compared."""
    answer = error.last_response
    one = (answer.get("Stacks") or [answer])[0]
    told = ["StackName", "Status", "StackStatus", "StatusReason", "StackStatusReason"]
    return ": ".join(one[name] for name in told if one.get(name)) or str(error)
