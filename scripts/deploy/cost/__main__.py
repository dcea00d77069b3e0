"""Estimates what an environment costs a month: by component and rate of events, and what would change it most.

Prices are those of scripts/deploy/cost/prices.json, settings those of the tfvars. It is an estimate for a full system under
an even load: history and raw events as large as they get, a year of interactions to train on.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from rich import box
from rich.table import Table

from scripts.common import tfvars
from scripts.common.task import TaskError
from scripts.common.terminal import console, fail
from scripts.deploy.cost.components import Load, monthly
from scripts.deploy.cost.levers import effects, levers
from scripts.deploy.cost.prices import Prices
from scripts.deploy.cost.settings import Settings

RATES = (10.0, 1_000.0, 10_000.0)
_SHOWN_LEVERS = 8
# Calls a second: PutEvents of a dataset group, and of one campaign. Adjustable on request (the first).
_PUT_EVENTS, _CAMPAIGN = 1_000, 500


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit code."""
    given = _parser().parse_args(arguments)
    try:
        settings = Settings.of(tfvars.read(given.environment, "functions"))
    except TaskError as error:
        fail(str(error))
        return 1
    prices = Prices.load()
    ratio = prices.assume("requests_per_event")
    rates = given.events_per_second or RATES
    loads = [
        Load(rate, rate * ratio if given.requests_per_second is None else given.requests_per_second) for rate in rates
    ]
    _components(given.environment, settings, loads, prices)
    _levers(settings, loads, prices)
    _limits(loads, prices)
    _basis(prices)
    return 0


def _parser() -> argparse.ArgumentParser:
    """Rates come from the command line, or from variables of make."""
    events = os.environ.get("EVENTS_PER_SECOND", "").replace(",", " ").split()
    requests = os.environ.get("REQUESTS_PER_SECOND") or None
    parser = argparse.ArgumentParser(prog="python -m scripts.deploy.cost", description=__doc__)
    parser.add_argument("--environment", required=True, metavar="ENV", help="dev, prod, …")
    parser.add_argument(
        "--events-per-second",
        type=_rate,
        nargs="+",
        default=[_rate(one) for one in events],
        metavar="N",
        help="one column each (default: EVENTS_PER_SECOND, else 10 1000 10000)",
    )
    parser.add_argument(
        "--requests-per-second",
        type=_rate,
        default=None if requests is None else _rate(requests),
        metavar="N",
        help="to each of recommend and rerank (default: REQUESTS_PER_SECOND, else one for ten events)",
    )
    return parser


def _rate(text: str) -> float:
    """A number of 0 or more."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if value < 0:
        raise argparse.ArgumentTypeError(f"{text!r} must be a number of 0 or more")
    return value


def _components(environment: str, settings: Settings, loads: Sequence[Load], prices: Prices) -> None:
    columns = [monthly(settings, load, prices) for load in loads]
    drawn = _table(f"{environment}: US dollars a month in {prices.region}", loads)
    for name in columns[0]:
        drawn.add_row(name, *(_money(column[name]) for column in columns))
    drawn.add_section()
    drawn.add_row("[bold]all[/bold]", *(f"[bold]{_money(sum(column.values()))}[/bold]" for column in columns))
    console.print(drawn)


def _levers(settings: Settings, loads: list[Load], prices: Prices) -> None:
    found = {lever.what: effects(lever, settings, loads, prices) for lever in levers(settings)}
    order = sorted(found, key=lambda what: max(abs(effect) for effect in found[what]), reverse=True)
    drawn = _table("Levers: what each alone would change", loads)
    for what in order[:_SHOWN_LEVERS]:
        drawn.add_row(what, *(_money(effect, signed=True) for effect in found[what]))
    console.print(drawn)
    for position, load in enumerate(loads):
        best = min(found, key=lambda what: found[what][position])
        before = sum(monthly(settings, load, prices).values())
        saved = -found[best][position]
        console.print(
            f"At {load.events:,.0f} events/s most is saved by [bold]{best}[/bold]: "
            f"{_money(saved)} of {_money(before)} ({saved / before:.0%})."
        )


def _limits(loads: Sequence[Load], prices: Prices) -> None:
    """What quotas forbid at these rates, as a price is of no use then."""
    for load in loads:
        calls = load.events / prices.assume("events_per_put")
        if calls > _PUT_EVENTS:
            _warn(f"{load.events:,.0f} events/s are {calls:,.0f} PutEvents/s; {_PUT_EVENTS:,} is the quota.")
        if load.requests > _CAMPAIGN:
            _warn(f"{load.requests:,.0f} requests/s are more than a campaign takes ({_CAMPAIGN}).")


def _warn(text: str) -> None:
    console.print(f"[yellow]![/yellow] {text}")


def _basis(prices: Prices) -> None:
    oldest, newest = prices.dates
    console.print(
        f"[dim]Prices of {oldest} to {newest}; sources and assumptions: scripts/deploy/cost/prices.json. {prices.note} "
        "Not counted: Athena, mails, data out of AWS, endpoints or NAT of a VPC, support.[/dim]"
    )


def _table(title: str, loads: Sequence[Load]) -> Table:
    drawn = Table(
        title=title, title_justify="left", title_style="bold", header_style="dim", box=box.SIMPLE, pad_edge=False
    )
    drawn.add_column("")
    for load in loads:
        drawn.add_column(f"{load.events:,.0f} events/s\n{load.requests:,.0f} requests/s each", justify="right")
    return drawn


def _money(value: float, signed: bool = False) -> str:
    """Dollars; cents only where they matter."""
    if abs(value) < 0.005:
        return "0"
    return f"{value:{'+' if signed else ''},.{0 if abs(value) >= 100 else 2}f}"


if __name__ == "__main__":
    sys.exit(main())
