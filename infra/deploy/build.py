"""Builds the functions for AWS, for the processor that deployment.toml names. What the institution's folder lacks is said first.

Example: build.py --institution usms --cargo-lambda .local/venv/bin/cargo-lambda
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys

import pages
from deployment import folder_of
from pack import FUNCTIONS, architecture, institution_files
from telling import Refused, main

TARGETS = {"x86_64": "--x86-64", "arm64": "--arm64"}


def compiler_flags(environment: dict[str, str]) -> list[str]:
    """Those that are set, and the same names for this machine's folders everywhere: binaries name their sources."""
    cargo = environment.get("CARGO_HOME") or pathlib.Path.home() / ".cargo"
    encoded, plain = environment.get("CARGO_ENCODED_RUSTFLAGS"), environment.get("RUSTFLAGS", "")
    stated = plain.split() if encoded is None else [flag for flag in encoded.split("\x1f") if flag]
    return [*stated, f"--remap-path-prefix={cargo}=/cargo", f"--remap-path-prefix={pathlib.Path.cwd()}=/recupmail"]


def build(cargo_lambda: pathlib.Path, processor: str, binaries: pathlib.Path, also: list[str]) -> None:
    command = [cargo_lambda, "lambda", "build", "--locked", "--release", "--output-format", "binary"]
    command += [TARGETS[processor], "--lambda-dir", binaries]
    # cargo-lambda states flags in the same way, and cargo joins them; it would drop those if the environment had any.
    command += ["--config", f"build.rustflags={json.dumps(compiler_flags(dict(os.environ)))}"]
    command += [word for function in [*FUNCTIONS, *also] for word in ("--package", function)]
    tools = dict(os.environ) | {"PATH": f"{cargo_lambda.parent.absolute()}:{os.environ['PATH']}"}
    for flags in ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS"]:
        tools.pop(flags, None)
    if subprocess.run(command, env=tools, check=False).returncode != 0:
        raise Refused("the functions were not built", "see what cargo said above")


def run() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--institution", required=True, help="its id, or the path of its folder")
    parser.add_argument("--cargo-lambda", type=pathlib.Path, required=True, help="cargo-lambda, with zig beside it")
    parser.add_argument("--tools", type=pathlib.Path, default="target/debug", help="where site-builder lies")
    parser.add_argument("--binaries", type=pathlib.Path, default="target/lambda", help="the folder for the functions")
    parser.add_argument("--also", nargs="*", default=[], help="other packages, for what is measured beside the functions")
    asked = parser.parse_args()

    folder = folder_of(asked.institution)
    institution_files(folder)
    processor = architecture(folder)
    pages.check(asked.tools, folder)
    build(asked.cargo_lambda, processor, asked.binaries, asked.also)


if __name__ == "__main__":
    sys.exit(main(run))
