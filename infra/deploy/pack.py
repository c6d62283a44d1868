"""Packs each function with the institution's folder into a zip whose bytes depend on nothing but the contents.

Example: pack.py --institution usms --binaries target/lambda
"""

import argparse
import hashlib
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import zipfile

from deployment import folder_of, parsed, table
from telling import Refused, main

FUNCTIONS = ["verify-identity", "send-code", "confirm-code", "set-password", "logout", "rotate-secret"]
# The oldest date that zips can name.
DATE = (1980, 1, 1, 0, 0, 0)
LARGEST = 250 * 1024 * 1024
# What binaries say of their processor, by Lambda's names (ELF-64 object file format, e_machine).
MACHINES = {"x86_64": 62, "arm64": 183}


def institution_files(folder: pathlib.Path) -> dict[str, bytes]:
    """The file, the same as the functions read it fastest, and the certificates that it names. The registry stays here."""
    file = folder / "institution.toml"
    said = parsed(file)
    named = {"institution.toml"} | set(certificates(said))
    files = {"institution/institution.json": json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()}
    for name in sorted(named):
        path = folder / name
        if not path.is_file():
            raise Refused(f"{file} names {name}, which is missing", "put it beside institution.toml")
        files[f"institution/{name}"] = path.read_bytes()
    return files


def certificates(values: object) -> list[str]:
    """The `ca_file` of each directory."""
    if not isinstance(values, dict):
        return []
    here = [values["ca_file"]] if isinstance(values.get("ca_file"), str) else []
    return here + [name for value in values.values() for name in certificates(value)]


def architecture(institution: pathlib.Path) -> str:
    """The processor that the institution's functions run on: x86_64, unless deployment.toml says otherwise."""
    file = institution / "deployment.toml"
    stated = parsed(file) if file.is_file() else {}
    name = str(table(stated, "parameters").get("Architecture", "x86_64"))
    if name not in MACHINES:
        raise Refused(f"{file}: parameters.Architecture: {name!r} is none of {', '.join(MACHINES)}", "correct it")
    return name


def binary(folder: pathlib.Path, function: str) -> pathlib.Path:
    """Where it lies, as cargo-lambda (in a folder of its own) or cargo leaves it."""
    for path in [folder / function / "bootstrap", folder / function]:
        if path.is_file():
            return path
    raise Refused(f"there is no {function} in {folder}", "build the functions first: make build")


def executable(path: pathlib.Path, strip: bool) -> bytes:
    """The binary, without debug information if asked."""
    if not strip:
        return path.read_bytes()
    with tempfile.TemporaryDirectory() as folder:
        copy = shutil.copy(path, pathlib.Path(folder) / "bootstrap")
        subprocess.run(["strip", copy], check=True)
        return pathlib.Path(copy).read_bytes()


def pack(files: dict[str, bytes], out: pathlib.Path, level: int) -> None:
    """Sorted names, one date, fixed rights."""
    out.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(name, DATE)
            entry.create_system = 3
            entry.external_attr = (0o100755 if name == "bootstrap" else 0o100644) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content, compresslevel=level)


def run() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--institution", required=True, help="its id, or the path of its folder")
    parser.add_argument("--binaries", type=pathlib.Path, required=True, help="where the built functions lie")
    parser.add_argument("--out", type=pathlib.Path, default="target/lambda", help="the folder for the zips")
    parser.add_argument("--debug", action="store_true", help="for tests that pack debug builds: without debug information, and quickly")
    asked = parser.parse_args()

    folder = folder_of(asked.institution)
    ours, processor = institution_files(folder), architecture(folder)
    for function in FUNCTIONS:
        content = executable(binary(asked.binaries, function), asked.debug)
        if int.from_bytes(content[18:20], "little") != MACHINES[processor]:
            raise Refused(f"{function} was not built for {processor}", "build it again: make build")
        # The one that rotates knows no institution.
        files = {"bootstrap": content} | (ours if function != "rotate-secret" else {})
        if sum(map(len, files.values())) > LARGEST:
            raise Refused(f"{function} is larger than Lambda's 250 MB", "build it with --release")
        out = asked.out / f"{function}.zip"
        pack(files, out, 1 if asked.debug else 9)
        digest = hashlib.sha256(out.read_bytes()).hexdigest()
        print(f"{out}: {out.stat().st_size / 1e6:.1f} MB, sha256 {digest[:16]}")


if __name__ == "__main__":
    sys.exit(main(run))
