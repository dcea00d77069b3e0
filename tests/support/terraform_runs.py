"""Run Terraform as a process that a test can stop in the middle, and read its plans."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.common import terraform

Message = dict[str, Any]  # one line of Terraform's -json output
CTRL_C, POWER_CUT = signal.SIGINT, signal.SIGKILL
_NAMES = ("function_name", "alarm_name", "dashboard_name", "bucket", "name")
CLEAN, CHANGES = 0, 2  # exit codes of plan -detailed-exitcode


@dataclass(frozen=True)
class TerraformRuns:
    """One configuration with a state and a process environment of its own."""

    directory: Path
    environment: Mapping[str, str]
    values: Path  # a .tfvars.json file that the test writes; it counts after all other variables

    def given(self, **variables: Any) -> None:
        """Set variables for the commands that follow."""
        self.values.write_text(json.dumps(variables))

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one command to its end."""
        return subprocess.run(
            self._command(*arguments), cwd=self.directory, env=self.environment, capture_output=True, text=True
        )

    def apply(self) -> None:
        """Apply; fail the test with Terraform's own words."""
        done = self.run("apply", "-auto-approve", "-input=false", "-no-color")
        assert done.returncode == 0, f"{done.stdout[-2000:]}\n{done.stderr}"

    def destroy(self) -> None:
        """Destroy; fail the test with Terraform's own words."""
        done = self.run("destroy", "-auto-approve", "-input=false", "-no-color")
        assert done.returncode == 0, f"{done.stdout[-2000:]}\n{done.stderr}"

    def is_clean(self) -> bool:
        """Tell whether a plan finds nothing to do; fail the test if there is no plan at all."""
        done = self.run("plan", "-detailed-exitcode", "-input=false", "-no-color")
        assert done.returncode in (CLEAN, CHANGES), f"{done.stdout[-2000:]}\n{done.stderr}"
        return done.returncode == CLEAN

    def plan(self, *arguments: str) -> Plan:
        """Plan against the state, without a refresh."""
        saved = self.values.with_suffix(".tfplan")
        done = self.run("plan", "-refresh=false", "-input=false", "-no-color", f"-out={saved}", *arguments)
        assert done.returncode == 0, f"{done.stdout[-2000:]}\n{done.stderr}"
        shown = self.run("show", "-json", str(saved))
        assert shown.returncode == 0, shown.stderr
        document = json.loads(shown.stdout)
        return Plan({one["address"]: one["change"] for one in document["resource_changes"]}, document)

    def stopped(self, when: Callable[[Message], bool], how: signal.Signals, *arguments: str) -> None:
        """Run a command, and send the signal to it and its child processes when `when` returns True for a message.

        Fail the test if the command ended before that.
        """
        command = self._command(arguments[0], "-json", "-auto-approve", "-input=false", *arguments[1:])
        lines: list[str] = []
        with subprocess.Popen(
            command,
            cwd=self.directory,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        ) as process:
            for line in process.stdout or ():
                lines.append(line)
                if when(_message(line)):
                    os.killpg(process.pid, how)
                    break
            else:
                raise AssertionError(f"{arguments} ended before it could be stopped:\n{''.join(lines[-20:])}")
            lines.extend(process.stdout or ())
        assert process.returncode != 0, "".join(lines[-20:])

    def _command(self, command: str, *arguments: str) -> list[str]:
        takes_values = command in ("plan", "apply", "destroy") and self.values.exists()
        return [terraform.find_binary(), command, *([f"-var-file={self.values}"] if takes_values else []), *arguments]


@dataclass(frozen=True)
class Plan:
    """Address -> its change, and the whole document that `terraform show -json` has `shown`."""

    changes: Mapping[str, Mapping[str, Any]]
    shown: Mapping[str, Any]

    @property
    def actions(self) -> dict[str, str]:
        """Address -> `create`, `update`, `delete+create`, `delete`, `no-op`."""
        return {address: "+".join(change["actions"]) for address, change in self.changes.items()}

    def names(self, moment: str) -> dict[str, str]:
        """Return address -> name, `before` or `after` the change, of resources that have a name."""
        found = {address: change[moment] or {} for address, change in self.changes.items()}
        named = {address: next((one[key] for key in _NAMES if one.get(key)), None) for address, one in found.items()}
        return {address: name for address, name in named.items() if name and ".data." not in f".{address}"}

    def of(self, *wanted: str) -> set[str]:
        """Return the addresses with one of these actions."""
        return {address for address, action in self.actions.items() if action in wanted}

    @property
    def changed(self) -> dict[str, str]:
        """Address -> action of everything that changes, except for data sources."""
        return {
            address: action
            for address, action in self.actions.items()
            if action not in ("no-op", "read") and ".data." not in f".{address}"
        }

    def types(self, *wanted: str) -> Counter[str]:
        """Count the resource types of the addresses with one of these actions."""
        return Counter(address.split("[")[0].split(".")[-2] for address in self.of(*wanted))


def starts(address: str) -> Callable[[Message], bool]:
    """Return a condition: Terraform begins with the resource whose address ends in `address`."""
    return lambda message: message.get("type") == "apply_start" and _address(message).endswith(address)


def says(address: str, words: str) -> Callable[[Message], bool]:
    """Return a condition: a script of the resource whose address ends in `address` prints these words."""
    return lambda message: (
        message.get("type") == "provision_progress"
        and _address(message).endswith(address)
        and words in message["hook"]["output"]
    )


def _address(message: Message) -> str:
    return message["hook"]["resource"]["addr"]


def _message(line: str) -> Message:
    try:
        return json.loads(line)
    except ValueError:
        return {}
