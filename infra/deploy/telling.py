"""How the commands here end: what is wrong, and what to do about it."""

import sys
from collections.abc import Callable


class Refused(Exception):
    """A command that cannot go on."""

    def __init__(self, wrong: str, remedy: str):
        super().__init__(f"{wrong}\n  → {remedy}")


class Told(Exception):
    """Why a command failed was said already."""


def main(run: Callable[[], None]) -> int:
    """Runs a command; its exit code."""
    try:
        run()
    except Refused as refused:
        print(f"{sys.argv[0]}: {refused}", file=sys.stderr)
        return 1
    except Told:
        return 1
    return 0
