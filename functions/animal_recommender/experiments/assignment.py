"""Which arm of an experiment a visitor sees: a hash of the experiment and the visitor, without any stored state.

Each arm gets a random number from the experiment, the visitor and its own name, and the arm with the greatest
`share / -log(number)` is the visitor's: weighted rendezvous hashing (https://doi.org/10.1109/90.663936). Each arm is
chosen as often as its share says. If the share of one arm changes and the others keep their proportions, visitors only
move to or from that arm, and no scheme moves fewer.
"""

from collections.abc import Iterable
from datetime import date
from hashlib import blake2b
from math import log
from typing import NamedTuple

from animal_recommender.experiments.definition import Arm, Experiment
from animal_recommender.experiments.lists import LISTS

_TRAFFIC = "\0traffic"  # no name of an arm


class Scope(NamedTuple):
    """What a request is limited to; a set that is empty has no limit.

    `shows` are the lists and models with which it can be answered: only pets have a listing, and only models filters.
    """

    species: frozenset[str] = frozenset()
    shelters: frozenset[str] = frozenset()
    shows: frozenset[str] = LISTS


class Assignment(NamedTuple):
    """The arm of a visitor. `is_chosen` if an operator chose it: then nothing is recorded."""

    experiment: Experiment
    arm: Arm
    is_chosen: bool = False

    @property
    def label(self) -> dict[str, str]:
        """The field `experiment` of an answer."""
        return {"name": self.experiment.name, "arm": self.arm.name}


def assign(experiments: Iterable[Experiment], function: str, visitor: str, scope: Scope, on: date) -> Assignment | None:
    """Return the arm of a visitor in the first of the experiments that the request belongs to, None without one.

    `visitor` is the id that a visitor keeps, also after a login. A visitor who is not in the traffic of an experiment
    may be in that of the experiments after it. A request that one arm cannot answer belongs to no arm, or the arms
    would differ in their requests.
    """
    for experiment in experiments:
        belongs = experiment.function == function and experiment.is_running(on) and _is_within(scope, experiment)
        answerable = all(arm.shows in scope.shows for arm in experiment.arms)
        if belongs and answerable and _fraction(experiment.name, visitor, _TRAFFIC) < experiment.traffic:
            return Assignment(experiment, choose_arm(experiment, visitor))
    return None


def find_arm(
    experiments: Iterable[Experiment], function: str, name: str, arm_name: str, scope: Scope
) -> Assignment | None:
    """Return the arm that an operator chose by the names of the experiment and the arm, also before and after its days.

    None if there is no such arm, or if the request cannot be answered with it.
    """
    for experiment in experiments:
        for arm in experiment.arms:
            if (experiment.function, experiment.name, arm.name) == (function, name, arm_name):
                return Assignment(experiment, arm, True) if arm.shows in scope.shows else None
    return None


def choose_arm(experiment: Experiment, visitor: str) -> Arm:
    """Return the arm of a visitor who takes part."""
    return max(experiment.arms, key=lambda arm: arm.share / -log(_fraction(experiment.name, visitor, arm.name)))


def _is_within(scope: Scope, experiment: Experiment) -> bool:
    limits = ((scope.species, experiment.species), (scope.shelters, experiment.shelters))
    return all(not allowed or (asked and asked <= allowed) for asked, allowed in limits)


def _fraction(experiment: str, visitor: str, purpose: str) -> float:
    """Return a number above 0 and below 1, always the same for the same texts, as if it were random for others."""
    text = f"{len(experiment)}:{experiment}{len(visitor)}:{visitor}{purpose}"
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    # 53 bits, so that a float is never rounded to 1.
    return ((int.from_bytes(digest, "big") >> 11) + 0.5) / 2**53
