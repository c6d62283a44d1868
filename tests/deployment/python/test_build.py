"""Building and packing: what is wrong with an institution's folder is said before the minutes that a build takes."""

import json
import os
import pathlib
import shutil
import subprocess
import sys
from unittest import mock

import build
import deployment as deployments
import pack
import telling
from account import Account, said_by

X86_64, ARM64 = 62, 183


class Building(Account):
    def setUp(self) -> None:
        super().setUp()
        self.folder = self.in_a_folder()
        self.institution = self.folder / "institution"
        shutil.copytree(deployments.INSTITUTIONS / "usms", self.institution)
        self.binaries = self.folder / "binaries"
        self.binaries.mkdir()
        self.program(self.folder / "site-builder", "exit 0")
        self.program(self.folder / "cargo-lambda", f'printf "%s\\n" "$@" > {self.folder}/words; env > {self.folder}/environment')

    def program(self, path: pathlib.Path, does: str) -> None:
        path.write_text(f"#!/bin/sh\n{does}\n")
        path.chmod(0o755)

    def built_for(self, machine: int) -> None:
        """Beginnings of ELF files."""
        for function in pack.FUNCTIONS:
            (self.binaries / function).write_bytes(b"\x7fELF".ljust(18, b"\0") + machine.to_bytes(2, "little"))

    def states(self, file: str, old: str, new: str) -> None:
        text = (self.institution / file).read_text()
        self.assertIn(old, text)
        (self.institution / file).write_text(text.replace(old, new, 1))

    def run_command(self, command: object, **environment: str) -> str:
        words = ["--institution", str(self.institution)]
        if command is pack:
            words += ["--binaries", str(self.binaries), "--out", str(self.folder / "zips")]
        else:
            words += ["--cargo-lambda", str(self.folder / "cargo-lambda"), "--tools", str(self.folder)]
        with mock.patch.object(sys, "argv", ["command", *words]), mock.patch.dict(os.environ, environment):
            return said_by(lambda: telling.main(command.run))

    def test_functions_of_another_processor_are_not_packed(self) -> None:
        self.built_for(X86_64)
        self.assertIn("rotate-secret.zip", self.run_command(pack))
        self.states("deployment.toml", "[parameters]", '[parameters]\nArchitecture = "arm64"')
        self.assertIn("verify-identity was not built for arm64\n  → build it again: make build", self.run_command(pack))
        self.built_for(ARM64)
        self.assertIn("rotate-secret.zip", self.run_command(pack))

    def test_they_are_built_for_the_processor_that_they_run_on(self) -> None:
        for architecture, flag in [("x86_64", "--x86-64"), ("arm64", "--arm64")]:
            shutil.copy(deployments.INSTITUTIONS / "usms" / "deployment.toml", self.institution)
            self.states("deployment.toml", "[parameters]", f'[parameters]\nArchitecture = "{architecture}"')
            self.run_command(build)
            self.assertIn(flag, (self.folder / "words").read_text().splitlines())

    def test_a_broken_file_stops_both_before_anything_is_built(self) -> None:
        self.states("institution.toml", "[mail]", "[mail")
        for command in [build, pack]:
            self.assertRegex(self.run_command(command), rf"{self.institution}/institution.toml: .*\n  → correct the file\n$")
        self.assertFalse((self.folder / "words").exists())

    def test_a_file_that_the_functions_would_refuse_is_not_built(self) -> None:
        self.program(self.folder / "site-builder", "echo short_name: is too long; exit 1")
        self.assertRegex(self.run_command(build), f"the site of {self.institution} cannot be built\n  → correct what is named")
        self.assertFalse((self.folder / "words").exists())

    def test_a_value_where_a_table_belongs_is_told(self) -> None:
        file = self.institution / "institution.toml"
        lines = file.read_text().splitlines()
        start = lines.index("[mail]")
        end = next(number for number in range(start + 1, len(lines)) if lines[number].startswith("["))
        file.write_text("\n".join(['mail = "recupmail@usms.ac.ma"', *lines[:start], *lines[end:]]))
        said = said_by(lambda: telling.main(lambda: deployments.read(str(self.institution))))
        self.assertRegex(said, f"{self.institution}/institution.toml: mail.from: ''.*\n  → infra/README.md")

    def test_binaries_do_not_name_this_machines_folders(self) -> None:
        ours = ["--remap-path-prefix=/home/somebody/cargo=/cargo", f"--remap-path-prefix={pathlib.Path.cwd()}=/recupmail"]
        for stated, kept in [
            ({}, []),
            ({"RUSTFLAGS": "-C  debuginfo=1"}, ["-C", "debuginfo=1"]),
            ({"RUSTFLAGS": "-C debuginfo=1", "CARGO_ENCODED_RUSTFLAGS": "--cfg\x1fa b"}, ["--cfg", "a b"]),
        ]:
            self.run_command(build, CARGO_HOME="/home/somebody/cargo", **stated)
            words = (self.folder / "words").read_text().splitlines()
            flags = words[words.index("--config") + 1]
            self.assertEqual(json.loads(flags.removeprefix("build.rustflags=")), [*kept, *ours])
            # Cargo would take these instead of all others.
            self.assertNotIn("RUSTFLAGS", (self.folder / "environment").read_text())


class Make(Account):
    def test_a_deployment_is_looked_at_before_it_is_built_and_made(self) -> None:
        for institution in ["usms", "infra/institutions/usms", "/elsewhere/of ours"]:
            steps = self.steps("deploy", institution)
            self.assertEqual([name for name, _ in steps], ["preflight.py", "build.py", "pack.py", "deploy.py"])
            for name, command in steps:
                self.assertIn(f'"{institution}"', command, name)

    def test_nothing_is_done_for_nobody(self) -> None:
        for command in ["build", "deploy", "destroy", "take-back"]:
            made = subprocess.run(["make", command], capture_output=True, text=True, check=False, env=self.environment())
            self.assertEqual(made.returncode, 2)
            self.assertIn("Which institution? INSTITUTION=usms", made.stdout)

    def steps(self, target: str, institution: str) -> list[tuple[str, str]]:
        """The commands of infra/deploy that make would run."""
        command = ["make", "-n", target, f"INSTITUTION={institution}"]
        would = subprocess.run(command, capture_output=True, text=True, check=True, env=self.environment()).stdout
        ours = [line for line in would.splitlines() if "/bin/python infra/deploy/" in line]
        return [(line.split("infra/deploy/")[1].split()[0], line) for line in ours]

    def environment(self) -> dict[str, str]:
        """Of a make that nobody else's make started."""
        return {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
