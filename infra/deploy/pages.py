"""Bakes an institution's pages: site-builder reads its file, texts and logo, and says what is wrong with them."""

import datetime
import pathlib
import subprocess
import tempfile

from telling import Refused

# The builder needs an origin before CloudFront has given the site its name; these pages are never published.
NOWHERE = "https://site.invalid"


def bake(tools: pathlib.Path, institution: pathlib.Path, origin: str, out: pathlib.Path) -> None:
    builder = tools / "site-builder"
    if not builder.is_file():
        raise Refused(f"{builder} is missing", "cargo build --bins makes it")
    # security.txt says until when it holds: counted from the month's first day, it is the same for a month.
    today = datetime.date.today().replace(day=1).isoformat()
    command = [builder, "--institution", institution, "--origin", origin, "--today", today, "--out", out]
    if subprocess.run(command, check=False).returncode != 0:
        raise Refused(f"the site of {institution} cannot be built", "correct what is named above")


def check(tools: pathlib.Path, institution: pathlib.Path) -> None:
    """Whether they can be baked; what comes of it is thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        bake(tools, institution, NOWHERE, pathlib.Path(folder) / "site")
