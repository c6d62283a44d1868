"""Starts the local stack with release builds and as many people as are wanted, and lets them all recover at once.

Example: tests/load/run.py --people 20000 -- --users 100 --increase-rate 20 --run-time 60
What follows `--` is goose's own; README.md says more.
"""

import argparse
import contextlib
import os
import pathlib
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator

PORT, FUNCTIONS_PORT = 8100, 9100
INSTITUTION = pathlib.Path("target/load/institution")
REPORT = pathlib.Path("target/load/report.html")
# How long the first build of everything with all optimisations may take.
PATIENCE = 3600


def prepare(people: int) -> None:
    """The sample institution, with invented people."""
    shutil.rmtree(INSTITUTION, ignore_errors=True)
    shutil.copytree("infra/institutions/usms", INSTITUTION)
    crowd = ["cargo", "run", "--quiet", "--locked", "--example", "crowd", "--", str(people)]
    with (INSTITUTION / "registry.csv").open("wb") as file:
        subprocess.run(crowd, stdout=file, check=True)


@contextlib.contextmanager
def stack(profile: str) -> Iterator[None]:
    """The local stack, until the block ends."""
    variables = {"INSTITUTION": str(INSTITUTION.absolute()), "RECUPMAIL_PORT": str(PORT), "RECUPMAIL_LAMBDA_PORT": str(FUNCTIONS_PORT)}
    command = ["cargo", "run", "--locked", "--profile", profile, "--bin", "recupmail-local", "--", "--until-stdin-closes"]
    running = subprocess.Popen(command, env=os.environ | variables, stdin=subprocess.PIPE)
    try:
        wait(running)
        yield
    finally:
        running.stdin.close()
        running.wait(30)


def wait(running: subprocess.Popen) -> None:
    for _ in range(PATIENCE):
        if running.poll() is not None:
            sys.exit("the local stack ended; see above")
        try:
            with urllib.request.urlopen(f"http://localhost:{PORT}/healthz", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(1)
    sys.exit("the local stack does not start")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=20000, help="how many people the registry holds")
    parser.add_argument("--profile", default="release", help="how the stack and the functions are built")
    parser.add_argument("goose", nargs="*", help="goose's own flags, after --")
    asked = parser.parse_args()

    build = ["cargo", "build", "--locked", "--release", "--manifest-path", "tests/load/Cargo.toml", "--target-dir", "target/load"]
    subprocess.run(build, check=True)
    prepare(asked.people)
    places = {
        "RECUPMAIL_LOAD_ORIGIN": f"http://localhost:{PORT}",
        "RECUPMAIL_LOAD_OUTBOX": f"http://localhost:{PORT}/outbox.json",
        "RECUPMAIL_LOAD_REGISTRY": str(INSTITUTION / "registry.csv"),
    }
    load = ["target/load/release/recupmail-load", "--host", f"http://localhost:{FUNCTIONS_PORT}", "--report-file", REPORT]
    with stack(asked.profile):
        return subprocess.run([*load, *asked.goose], env=os.environ | places, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
