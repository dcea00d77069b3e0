"""Check the assignment of visitors to arms on 1,000,000 visitors: `python -m bench.assignment [visitors]`.

Prints the p-value of a chi-square test that arms are chosen as their shares say, the one that two experiments are
independent of each other, and how many visitors move when a share changes, beside the number that must. The exit status
is 1 if one of them is wrong. The unit tests do the same with fewer visitors.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from datetime import date

from scipy.stats import chi2_contingency, chisquare

from animal_recommender.experiments.assignment import choose_arm
from animal_recommender.experiments.definition import Arm, Experiment
from bench import figures

VISITORS = 1_000_000
SHARES = {"control": 0.5, "popular": 0.3, "newest": 0.2}
CHANGED = {"control": 0.4, "popular": 0.24, "newest": 0.36}  # newest grows, the others keep their proportions
ALPHA = 0.001
EVERYBODY = frozenset[str](), frozenset[str]()  # no limit of species, none of shelters
LAST_DAY = date(2099, 1, 1)


def experiment(name: str, shares: dict[str, float]) -> Experiment:
    """Return an experiment with these shares."""
    arms = tuple(Arm(arm, share, "popular") for arm, share in shares.items())
    return Experiment(
        name, "recommend", arms, "control", 1.0, *EVERYBODY, "Application", (), None, LAST_DAY, 0.1, False
    )


def assign(one: Experiment, visitors: int) -> list[str]:
    """Return the arm of each visitor."""
    return [choose_arm(one, str(visitor)).name for visitor in range(visitors)]


def main(arguments: Sequence[str]) -> int:
    """Print the measurements; return 1 if one is not as it must be."""
    visitors = int(arguments[0]) if arguments else VISITORS
    first = assign(experiment("first", SHARES), visitors)
    second = assign(experiment("second", SHARES), visitors)
    changed = assign(experiment("first", CHANGED), visitors)
    counts, pairs = Counter(first), Counter(zip(first, second, strict=True))
    uniform = chisquare([counts[arm] for arm in SHARES], [share * visitors for share in SHARES.values()]).pvalue
    independent = chi2_contingency([[pairs[one, other] for other in SHARES] for one in SHARES]).pvalue
    moved = sum(before != after for before, after in zip(first, changed, strict=True))
    strayed = sum(before != after != "newest" for before, after in zip(first, changed, strict=True))
    expected = (CHANGED["newest"] - SHARES["newest"]) * visitors
    rows = [
        ("as the shares say", f"p = {uniform:.3f}"),
        ("two experiments are independent", f"p = {independent:.3f}"),
        ("moved when a share changes", f"{moved:,} ({expected:,.0f} expected); {strayed:,} to another arm"),
    ]
    figures.table(f"Assignment of {visitors:,} visitors to arms", ("what", "result"), rows)
    met = min(uniform, independent) > ALPHA and not strayed
    figures.console.print(f"Uniform, independent, and no needless move: {figures.verdict(met)}")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
