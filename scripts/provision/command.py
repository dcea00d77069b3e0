"""The command line of the provisioning scripts: one word, the action. Everything else comes from the environment."""

import argparse
from collections.abc import Callable, Mapping, Sequence

from scripts.common.task import run_task


def run_action(
    name: str,
    description: str | None,
    actions: Mapping[str, Callable[[], None]],
    arguments: Sequence[str] | None = None,
) -> int:
    """Run the action that the command line names; return the exit code."""
    parser = argparse.ArgumentParser(
        prog=f"python -m scripts.provision.{name}",
        description=description,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("action", choices=actions)
    return run_task(actions[parser.parse_args(arguments).action])
