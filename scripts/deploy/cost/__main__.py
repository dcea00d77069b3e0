"""Estimate what an environment costs a month: by component and rate of events, and what would change it most.

Prices come from scripts/deploy/cost/prices.json, settings from the tfvars. The estimate is for a full system under an
even load: history and raw events have their final size, and there is a year of interactions to train on.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from rich import box
from rich.table import Table

from scripts.common import tfvars
from scripts.common.task import run_task
from scripts.common.terminal import console
from scripts.deploy.cost.components import Load, monthly
from scripts.deploy.cost.levers import effects, levers
from scripts.deploy.cost.prices import Prices
from scripts.deploy.cost.settings import Settings

RATES = (10.0, 1_000.0, 10_000.0)
_SHOWN_LEVERS = 8
_PUT_EVENTS = 1_000  # calls a second and dataset group; AWS raises it on request
_CAMPAIGN = 500  # requests a second and campaign


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    given = _parser().parse_args(arguments)
    rates = given.events_per_second or RATES
    return run_task(lambda: estimate(given.environment, rates, given.requests_per_second))


def estimate(environment: str, rates: Sequence[float], requests: float | None) -> None:
    """Print the estimate for these rates of events; `requests` is per second, None assumes a share of the events.

    Raises:
        TaskError: There is no such environment, or its tfvars do not evaluate.
    """
    settings = Settings.read(tfvars.read(environment, "functions"))
    prices = Prices.load()
    ratio = prices.assume("requests_per_event")
    loads = [Load(rate, rate * ratio if requests is None else requests) for rate in rates]
    _print_components(environment, settings, loads, prices)
    _print_levers(settings, loads, prices)
    _print_limits(loads, prices)
    _print_basis(prices)


def _parser() -> argparse.ArgumentParser:
    """Return the parser; the rates' defaults come from variables of make."""
    events = os.environ.get("EVENTS_PER_SECOND", "").replace(",", " ").split()
    requests = os.environ.get("REQUESTS_PER_SECOND") or None
    parser = argparse.ArgumentParser(prog="make cost ENV=… ARGS=…", description=__doc__)
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
        help="to each function that asks a campaign (default: REQUESTS_PER_SECOND, else one for ten events)",
    )
    return parser


def _rate(text: str) -> float:
    """Parse a number of 0 or more."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if value < 0:
        raise argparse.ArgumentTypeError(f"{text!r} must be a number of 0 or more")
    return value


def _print_components(environment: str, settings: Settings, loads: Sequence[Load], prices: Prices) -> None:
    columns = [monthly(settings, load, prices) for load in loads]
    table = _table(f"{environment}: US dollars a month in {prices.region}", loads)
    for name in columns[0]:
        table.add_row(name, *(_money(column[name]) for column in columns))
    table.add_section()
    table.add_row("[bold]all[/bold]", *(f"[bold]{_money(sum(column.values()))}[/bold]" for column in columns))
    console.print(table)


def _print_levers(settings: Settings, loads: Sequence[Load], prices: Prices) -> None:
    changes = {lever.what: effects(lever, settings, loads, prices) for lever in levers(settings)}
    order = sorted(changes, key=lambda what: max(abs(effect) for effect in changes[what]), reverse=True)
    table = _table("Levers: what each alone would change", loads)
    for what in order[:_SHOWN_LEVERS]:
        table.add_row(what, *(_money(effect, signed=True) for effect in changes[what]))
    console.print(table)
    for position, load in enumerate(loads):
        best = min(changes, key=lambda what: changes[what][position])
        before = sum(monthly(settings, load, prices).values())
        saved = -changes[best][position]
        console.print(
            f"At {_format_rate(load.events)} events/s most is saved by [bold]{best}[/bold]: "
            f"{_money(saved)} of {_money(before)} ({saved / before:.0%})."
        )


def _print_limits(loads: Sequence[Load], prices: Prices) -> None:
    """Warn where quotas forbid these rates: the price means nothing then."""
    for load in loads:
        calls = load.events / prices.assume("events_per_put")
        if calls > _PUT_EVENTS:
            _warn(f"{_format_rate(load.events)} events/s are {calls:,.0f} PutEvents/s; {_PUT_EVENTS:,} is the quota.")
        if load.requests > _CAMPAIGN:
            _warn(f"{_format_rate(load.requests)} requests/s are more than a campaign takes ({_CAMPAIGN}).")


def _warn(text: str) -> None:
    console.print(f"[yellow]![/yellow] {text}")


def _print_basis(prices: Prices) -> None:
    oldest, newest = prices.dates
    console.print(
        f"[dim]Prices of {oldest} to {newest}; sources and assumptions: scripts/deploy/cost/prices.json. {prices.note} "
        "Not counted: Athena, mails, data out of AWS, endpoints or NAT of a VPC, support.[/dim]"
    )


def _table(title: str, loads: Sequence[Load]) -> Table:
    table = Table(
        title=title, title_justify="left", title_style="bold", header_style="dim", box=box.SIMPLE, pad_edge=False
    )
    table.add_column("")
    for load in loads:
        rates = f"{_format_rate(load.events)} events/s\n{_format_rate(load.requests)} requests/s each"
        table.add_column(rates, justify="right")
    return table


def _format_rate(value: float) -> str:
    """Format a rate: whole numbers from 100 on, and otherwise at most three digits, so that a small one is not 0."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _money(value: float, signed: bool = False) -> str:
    """Format dollars, with cents only below 100."""
    if abs(value) < 0.005:
        return "0"
    return f"{value:{'+' if signed else ''},.{0 if abs(value) >= 100 else 2}f}"


if __name__ == "__main__":
    sys.exit(main())
