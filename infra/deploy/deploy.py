"""Deploys an institution, if nothing is missing: the stack from the packed functions, then the site. Without change it
changes nothing.

Example: deploy.py usms
"""

import argparse
import json
import pathlib
import shlex
import shutil
import subprocess
import sys

import deployment as deployments
import pages
import preflight
from deployment import Deployment
from pack import FUNCTIONS
from publish import publish
from telling import Refused, main


def deploy_stack(deployment: Deployment, origin: str, redirects: dict[str, str], first: bool) -> dict[str, str]:
    """Makes or updates the stack; its outputs."""
    parameters = dict(deployment.parameters)
    if first:
        # CloudFormation could not take away protected tables if anything else fails.
        parameters["DeletionProtection"] = "false"
    parameters["SiteOrigin"] = "" if deployment.domain else origin
    parameters["ChangePasswordPath"] = redirects["/.well-known/change-password"]
    # All of them, or one that was taken out of the file would stay as it was.
    declared = deployments.load_template()["Parameters"]
    values = {name: deployments.text_of(one.get("Default", "")) for name, one in declared.items()} | parameters
    command = [
        pathlib.Path(sys.executable).parent / "sam", "deploy",
        "--template-file", deployments.TEMPLATE, "--stack-name", deployment.stack, "--region", deployment.region,
        "--resolve-s3", "--s3-prefix", deployment.stack, "--capabilities", "CAPABILITY_IAM",
        "--no-confirm-changeset", "--no-fail-on-empty-changeset", "--no-progressbar",
        "--parameter-overrides", *[f'{name}="{value}"' for name, value in values.items()],
    ]  # fmt: skip
    if subprocess.run(command, env=deployments.quiet_tools(), check=False).returncode != 0:
        raise Refused(f"{deployment.stack} was not deployed", "see above; CloudFormation went back to what was there")
    outputs = deployment.outputs()
    if outputs is None:
        raise Refused(f"there is no stack {deployment.stack}", "see what sam said above")
    return outputs


def build_pages(tools: pathlib.Path, deployment: Deployment, origin: str, site: pathlib.Path) -> dict[str, str]:
    """Bakes the pages anew; where the server sends people on."""
    shutil.rmtree(site, ignore_errors=True)
    pages.bake(tools, deployment.folder, origin, site)
    return json.loads((site / "redirects.json").read_text())


def deploy(deployment: Deployment, tools: pathlib.Path, site: pathlib.Path) -> dict[str, str]:
    """Makes or updates the stack, twice where it is new; its outputs. The pages lie in `site`."""
    origin, first = deployment.origin(), deployments.stack_of(deployment) is None
    redirects = build_pages(tools, deployment, origin or pages.NOWHERE, site)
    outputs = deploy_stack(deployment, origin, redirects, first)
    named = outputs["SiteUrl"] != origin
    if named:
        print(f"The site's name is known now, {outputs['SiteUrl']}: the functions are told.")
        origin = outputs["SiteUrl"]
        build_pages(tools, deployment, origin, site)
    if first:
        print("All is made: the tables are protected from deletion, unless deployment.toml says otherwise.")
    if first or named:
        outputs = deploy_stack(deployment, origin, redirects, False)
    return outputs


def run() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("institution", help="its id, or the path of its folder")
    parser.add_argument("--tools", type=pathlib.Path, default="target/debug", help="where site-builder lies")
    parser.add_argument("--site", type=pathlib.Path, default="target/site", help="the folder for the pages")
    asked = parser.parse_args()

    deployment = deployments.read(asked.institution)
    missing = [name for name in FUNCTIONS if not pathlib.Path(f"target/lambda/{name}.zip").is_file()]
    if missing:
        raise Refused(f"target/lambda lacks {', '.join(missing)}", "make build INSTITUTION=… packs them")
    preflight.check(deployment, asked.tools)
    outputs = deploy(deployment, asked.tools, asked.site)
    print(publish(deployment.session(), asked.site, outputs["SiteBucket"], outputs["DistributionId"]))
    print("\n".join(f"{name:20} {value}" for name, value in sorted(outputs.items())))
    print("\nFor recupctl:")
    print("\n".join(f"export {name}={shlex.quote(value)}" for name, value in of_recupctl(deployment, outputs).items()))


def of_recupctl(deployment: Deployment, outputs: dict[str, str]) -> dict[str, str]:
    """The environment of an operator, for all commands; `recupctl doctor` looks at what it names."""
    tables = ["People", "Issued", "Limits", "Accounts", "Challenges", "Audit"]
    steps = ["VerifyIdentity", "SendCode", "ConfirmCode", "SetPassword", "Logout"]
    elsewhere = {
        "RECUPMAIL_VOICE_ORIGINATION": deployment.parameters.get("VoicePoolArn"),
        "RECUPMAIL_DIRECTORY_SECRETS": deployment.parameters.get("DirectorySecretArn"),
    }
    return {
        "AWS_REGION": deployment.region,
        "RECUPMAIL_INSTITUTION": str(deployment.folder.absolute()),
        "RECUPMAIL_ORIGINS": outputs["SiteUrl"],
        "RECUPMAIL_REGISTRY_ROOT_SECRET": outputs["RegistryRootSecret"],
        "RECUPMAIL_SESSION_ROOT_SECRET": outputs["SessionRootSecret"],
        "RECUPMAIL_STACK": deployment.stack,
        "RECUPMAIL_MAIL_CONFIGURATION": outputs["MailConfiguration"],
        "RECUPMAIL_FUNCTION_URLS": ",".join(outputs[f"{step}Url"] for step in steps),
    } | {name: value for name, value in elsewhere.items() if value} | {
        f"{table.upper()}_TABLE": outputs[f"{table}Table"] for table in tables
    }


if __name__ == "__main__":
    sys.exit(main(run))
