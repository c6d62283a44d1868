"""Builds the functions for AWS, for the processor that deployment.toml names.

Example: build.py --institution infra/institutions/usms --cargo-lambda .local/venv/bin/cargo-lambda
"""

import argparse
import os
import pathlib
import subprocess
import sys

from pack import FUNCTIONS, architecture
from telling import Refused, main

TARGETS = {"x86_64": "--x86-64", "arm64": "--arm64"}


def run() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--institution", type=pathlib.Path, required=True, help="the institution's folder")
    parser.add_argument("--cargo-lambda", type=pathlib.Path, required=True, help="cargo-lambda, with zig beside it")
    parser.add_argument("--binaries", type=pathlib.Path, default="target/lambda", help="the folder for the functions")
    asked = parser.parse_args()

    command = [asked.cargo_lambda, "lambda", "build", "--locked", "--release", "--output-format", "binary"]
    command += [TARGETS[architecture(asked.institution)], "--lambda-dir", asked.binaries]
    command += [word for function in FUNCTIONS for word in ("--package", function)]
    tools = dict(os.environ) | {"PATH": f"{asked.cargo_lambda.parent.absolute()}:{os.environ['PATH']}"}
    if subprocess.run(command, env=tools, check=False).returncode != 0:
        raise Refused("the functions were not built", "see what cargo said above")


if __name__ == "__main__":
    sys.exit(main(run))
