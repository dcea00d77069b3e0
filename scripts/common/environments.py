"""The environments that a command can work on: real AWS accounts, or the local AWS on this machine.

An environment is a name (``dev``, ``prod``, ``local``). All but ``local`` use the caller's own AWS credentials and
region. ``local`` adds an endpoint URL, meaningless keys, and a Terraform state of its own, so that it never touches the
state of a real deployment. Nothing else differs.
"""

from __future__ import annotations

import os
import re
import shlex
from dataclasses import dataclass
from pathlib import Path

from scripts.common import server_process
from scripts.common.task import TaskError

ROOT = Path(__file__).resolve().parents[2]
TERRAFORM_DIRECTORY = ROOT / "terraform"
DEFAULT_PORT = 4566
LOCAL_REGION = "us-east-1"
REAL_IDENTITY = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN")  # of no use to the local AWS, and private
# What a shell may hold for real accounts, and what would lead Terraform and Python elsewhere. Endpoints of single
# services (AWS_ENDPOINT_URL_S3) win over AWS_ENDPOINT_URL, so every AWS_ variable goes. MOTO_ACCOUNT_ID would change
# the account of the local AWS, and TF_VAR_ the settings that local.tfvars leaves out. TF_CLI_ARGS_init stays: it may
# name a provider mirror.
_ELSEWHERE = re.compile(
    r"AWS_\w+|MOTO_\w+|PYTHON(HOME|OPTIMIZE|PATH|SAFEPATH|WARNINGS)"
    r"|TF_(CLI_ARGS(_(?!init$)\w+)?|DATA_DIR|REATTACH_PROVIDERS|VAR_\w+|WORKSPACE)"
)
# Terraform warns or fails in every command if what these name does not exist.
_FILES_OF_TERRAFORM = ("TF_CLI_CONFIG_FILE", "TF_PLUGIN_CACHE_DIR", "TMPDIR")
_THIS_MACHINE = ("127.0.0.1", "localhost", ".localhost")


@dataclass(frozen=True)
class Local:
    """The local AWS of one folder: its port, and where its state and logs are kept."""

    directory: Path
    port: int

    @property
    def endpoint(self) -> str:
        """The one URL for all AWS clients."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def data(self) -> Path:
        """The server's own folder: unpacked functions, process ids."""
        return self.directory / "aws"

    @property
    def site(self) -> Path:
        """The folder for the configuration of the example site."""
        return self.directory / "site"

    @property
    def logs(self) -> Path:
        """The folder for long output: of the server, packaging and Terraform."""
        return self.directory / "logs"

    @property
    def state(self) -> Path:
        """Terraform's state of the local deployment."""
        return self.directory / "terraform.tfstate"

    def variables(self) -> dict[str, str]:
        """Return environment variables that point the AWS clients and Terraform at this local AWS."""
        var_file = shlex.quote(f"-var-file={TERRAFORM_DIRECTORY / 'local.tfvars'}")
        with_state = shlex.quote(f"-state={self.state}")
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_REGION": LOCAL_REGION,
            "AWS_DEFAULT_REGION": LOCAL_REGION,
            "AWS_PAGER": "",
            "AWS_CONFIG_FILE": os.devnull,  # a default profile may have a region, a proxy CA or endpoints
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "TF_DATA_DIR": str(self.directory / "terraform"),
            "TF_CLI_ARGS_plan": f"{with_state} {var_file}",
            "TF_CLI_ARGS_apply": f"{with_state} {var_file} -parallelism=40",
            "TF_CLI_ARGS_destroy": f"{with_state} {var_file} -parallelism=40",
            "TF_CLI_ARGS_output": with_state,
            **_no_proxy(),
        }


def local() -> Local:
    """Return the local AWS that this shell means: ``LOCAL_AWS_DIR`` and ``LOCAL_AWS_PORT``, else ``.local`` and 4566.

    An empty value counts as not set. If the folder's server runs already, its port is the one that counts.

    Raises:
        TaskError: ``LOCAL_AWS_PORT`` is not a port.
    """
    # Not resolve(): a symbolic link must be seen as one, and refused.
    directory = Path(os.path.abspath(os.environ.get("LOCAL_AWS_DIR") or ROOT / ".local"))  # noqa: PTH100
    port = os.environ.get("LOCAL_AWS_PORT") or str(DEFAULT_PORT)
    if not (port.isascii() and port.isdecimal()) or not 0 < int(port) < 65536:
        raise TaskError(f"LOCAL_AWS_PORT={port} is not a port: 1 to 65535.")
    chosen = Local(directory, int(port))
    server = server_process.find_server(chosen.data)
    return chosen if server is None else Local(directory, server.port)


def _no_proxy() -> dict[str, str]:
    """Return the caller's exceptions from the proxy, with this machine added."""
    given = (os.environ.get(name, "") for name in ("NO_PROXY", "no_proxy"))
    hosts = [host.strip() for value in given for host in value.split(",") if host.strip()]
    value = "*" if "*" in hosts else ",".join(dict.fromkeys([*hosts, *_THIS_MACHINE]))
    return {"NO_PROXY": value, "no_proxy": value}


def variables(environment: str) -> dict[str, str]:
    """Return the process environment for commands on ``environment``, the caller's own variables included.

    For ``local`` they are without those that would lead away from this machine.
    """
    inherited = {name: value for name, value in os.environ.items() if not _names_a_missing_file(name, value)}
    if environment != "local":
        return inherited
    kept = {name: value for name, value in inherited.items() if not _ELSEWHERE.fullmatch(name)}
    return kept | local().variables()


def variables_to_unset() -> list[str]:
    """Return the names of variables that a shell must not have for the local AWS."""
    return sorted({*REAL_IDENTITY, *filter(_ELSEWHERE.fullmatch, os.environ)} - local().variables().keys())


def enter(environment: str) -> None:
    """Give this process the variables of ``environment``, and take away those that it must not have."""
    wanted = variables(environment)
    for name in os.environ.keys() - wanted.keys():
        del os.environ[name]
    os.environ.update(wanted)


def enter_running_local() -> None:
    """Point this process at the local AWS, which must be up.

    Raises:
        TaskError: It is down.
    """
    check_local_is_up()
    enter("local")


def check_local_is_up() -> None:
    """Check that something listens at the port of the local AWS.

    Raises:
        TaskError: The local AWS is down.
    """
    chosen = local()
    if not server_process.is_listening(chosen.port):
        raise TaskError(f"The local AWS is down: nothing answers at {chosen.endpoint}. `make up` starts it.")


def _names_a_missing_file(name: str, value: str) -> bool:
    return name in _FILES_OF_TERRAFORM and not Path(value).exists()
