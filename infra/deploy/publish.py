"""Uploads the built site: what changed and nothing else, files that pages name before the pages.

Example: publish.py target/site --bucket recupmail-usms-sitebucket-0a1b --distribution E1ABCDEF --region eu-west-3
"""

import argparse
import base64
import datetime
import hashlib
import pathlib
import sys
import uuid
from dataclasses import dataclass

import boto3

from telling import Refused, main

# What the builder writes. Anything else would be served as something that nobody chose.
CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}
# CloudFront compresses by itself, and the template has the redirects.
LEFT_HERE = (".br", ".gz")
FOR_THE_SERVER = {"redirects.json"}
# Their names have the hash of their content.
ASSETS = "assets/"
FOR_EVER = "public, max-age=31536000, immutable"
ASKED_EACH_TIME = "no-cache"
# Assets that no page names any more are kept for those who still have the page open.
KEPT = datetime.timedelta(days=1)
LEFT_BEHIND = "left-behind"


@dataclass(frozen=True)
class File:
    """A file of the site, as it should be in the bucket."""

    content: bytes
    content_type: str
    cache_control: str

    @property
    def checksum(self) -> str:
        return base64.b64encode(hashlib.sha256(self.content).digest()).decode()


@dataclass
class Published:
    """What an upload did."""

    uploaded: list[str]
    unchanged: int
    removed: list[str]
    kept: list[str]
    invalidated: list[str]

    def __str__(self) -> str:
        lines = [f"uploaded {key}" for key in self.uploaded] + [f"removed {key}" for key in self.removed]
        lines += [f"kept {key} for those who have an older page open" for key in self.kept]
        lines += [f"invalidated {path}" for path in self.invalidated]
        sums = f"{len(self.uploaded)} uploaded, {self.unchanged} unchanged, {len(self.removed)} removed"
        return "\n".join([*lines, f"site: {sums}, {len(self.invalidated)} paths invalidated"])


def site(folder: pathlib.Path) -> dict[str, File]:
    """The files of the built site by their keys."""
    if not (folder / "index.html").is_file():
        raise Refused(f"{folder} has no index.html", "name the folder that site-builder wrote")
    files = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        key = path.relative_to(folder).as_posix()
        if path.suffix in LEFT_HERE or key in FOR_THE_SERVER:
            continue
        content_type = CONTENT_TYPES.get(path.suffix)
        if content_type is None:
            known = ", ".join(CONTENT_TYPES)
            raise Refused(f"{path} has none of the endings {known}", "remove it, or say its content type in publish.py")
        cached = FOR_EVER if key.startswith(ASSETS) else ASKED_EACH_TIME
        files[key] = File(path.read_bytes(), content_type, cached)
    return files


def publish(session: boto3.Session, folder: pathlib.Path, bucket: str, distribution: str | None) -> Published:
    """Makes the bucket hold the site."""
    files = site(folder)
    s3 = session.client("s3")
    there = [o["Key"] for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket) for o in page.get("Contents", [])]
    changed = [key for key, file in files.items() if key not in there or not same(s3, bucket, key, file)]
    # Pages last, so that none names an asset that is not there yet.
    changed.sort(key=lambda key: (not key.startswith(ASSETS), key))
    for key in changed:
        file = files[key]
        s3.put_object(Bucket=bucket, Key=key, Body=file.content, ContentType=file.content_type,
                      CacheControl=file.cache_control, ChecksumAlgorithm="SHA256")  # fmt: skip
    for key in (key for key in files if key in there and key.startswith(ASSETS)):
        if left_behind_since(s3, bucket, key):
            s3.delete_object_tagging(Bucket=bucket, Key=key)
    removed, kept = clear(s3, bucket, [key for key in there if key not in files])
    # No page names a removed asset, and its name never stands for anything else.
    pages = [key for key in removed if not key.startswith(ASSETS)]
    stale = paths([key for key in changed if key in there] + pages)
    if stale and distribution:
        batch = {"Paths": {"Quantity": len(stale), "Items": stale}, "CallerReference": str(uuid.uuid4())}
        session.client("cloudfront").create_invalidation(DistributionId=distribution, InvalidationBatch=batch)
    return Published(changed, len(files) - len(changed), removed, kept, stale if distribution else [])


def same(s3, bucket: str, key: str, file: File) -> bool:
    """Whether content and headers are what they should be."""
    head = s3.head_object(Bucket=bucket, Key=key, ChecksumMode="ENABLED")
    found = (head.get("ChecksumSHA256"), head.get("ContentType"), head.get("CacheControl"))
    return found == (file.checksum, file.content_type, file.cache_control)


def clear(s3, bucket: str, keys: list[str]) -> tuple[list[str], list[str]]:
    """Removes what no longer belongs to the site; of assets those that were left behind a day ago."""
    removed, kept = [], []
    now = datetime.datetime.now(datetime.timezone.utc)
    for key in keys:
        since = left_behind_since(s3, bucket, key) if key.startswith(ASSETS) else now - KEPT
        if since and now - since >= KEPT:
            s3.delete_object(Bucket=bucket, Key=key)
            removed.append(key)
            continue
        if not since:
            tag = {"Key": LEFT_BEHIND, "Value": now.isoformat(timespec="seconds")}
            s3.put_object_tagging(Bucket=bucket, Key=key, Tagging={"TagSet": [tag]})
        kept.append(key)
    return removed, kept


def left_behind_since(s3, bucket: str, key: str) -> datetime.datetime | None:
    """When it was first found that no page names an asset."""
    tags = s3.get_object_tagging(Bucket=bucket, Key=key)["TagSet"]
    since = [tag["Value"] for tag in tags if tag["Key"] == LEFT_BEHIND]
    return datetime.datetime.fromisoformat(since[0]) if since else None


def paths(keys: list[str]) -> list[str]:
    """How CloudFront knows them: a folder's page by what was asked for and by what that became."""
    known = {f"/{key}" for key in keys}
    return sorted(known | {path.removesuffix("index.html") for path in known if path.endswith("/index.html")})


def run() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path, help="the folder that site-builder wrote")
    parser.add_argument("--bucket", required=True, help="the stack's output SiteBucket")
    parser.add_argument("--distribution", help="the stack's output DistributionId; without it nothing is invalidated")
    parser.add_argument("--region", help="the stack's region; AWS's usual settings say it otherwise")
    asked = parser.parse_args()
    print(publish(boto3.Session(region_name=asked.region), asked.folder, asked.bucket, asked.distribution))


if __name__ == "__main__":
    sys.exit(main(run))
