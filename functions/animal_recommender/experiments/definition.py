"""The definition of an experiment, as Terraform writes it, and the shares of its arms at present.

Two SSM parameters keep them. `/animal-recommender/<env>/experiments` has the definitions; only Terraform writes it.
`/animal-recommender/<env>/experiment-shares` has shares that were changed while an experiment runs; Terraform makes it
empty and leaves its value alone. A changed share counts only as long as the definition has the shares that it was
changed from, so that an edit of the tfvars wins.
"""

import json
import math
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, NamedTuple, TypeVar

from animal_recommender.experiments.lists import LISTS

DEFAULT_OUTCOME = "Application"
DEFAULT_LIFT = 0.1
FUNCTIONS = ("recommend", "rerank", "similar", "trending")

# The shares are decimal fractions, such as 0.333.
_TOLERANCE = 0.01

T = TypeVar("T")


class Arm(NamedTuple):
    """One of the alternatives.

    `share` is its part of the visitors in the experiment, 0-1. `shows` is one of LISTS, or the name of a model.
    """

    name: str
    share: float
    shows: str

    @property
    def model(self) -> str | None:
        """The model that the arm asks, None for a list."""
        return None if self.shows in LISTS else self.shows


class Experiment(NamedTuple):
    """An experiment on the answers of one function.

    Attributes:
        function: One of FUNCTIONS.
        arms: In the order of their names. Their shares are together 1.
        control: The name of the arm with which the others are compared.
        traffic: The part of all visitors that takes part, 0-1.
        species: Only requests for these species take part; all if it is empty. So for `shelters`.
        primary_outcome: The event type that decides.
        start_date: First day (UTC), None for any day before the end. `end_date` is the last day.
        hoped_for_lift: The relative effect that one hopes for: 0.1 if the outcome should be 10% more frequent.
        act: Whether the shares may be changed without a person.
    """

    name: str
    function: str
    arms: tuple[Arm, ...]
    control: str
    traffic: float
    species: frozenset[str]
    shelters: frozenset[str]
    primary_outcome: str
    secondary_outcomes: tuple[str, ...]
    start_date: date | None
    end_date: date
    hoped_for_lift: float
    act: bool

    @property
    def shares(self) -> dict[str, float]:
        """The share of each arm, by its name."""
        return {arm.name: arm.share for arm in self.arms}

    def is_running(self, on: date) -> bool:
        """Return whether visitors take part on a day (UTC)."""
        return (self.start_date is None or self.start_date <= on) and on <= self.end_date

    def with_shares(self, shares: Mapping[str, float]) -> "Experiment":
        """Return the experiment with other shares.

        Raises:
            ValueError: They are not the shares of its arms, or together not 1.
        """
        _check_shares(self.name, shares)
        if shares.keys() != self.shares.keys():
            raise ValueError(f"Experiment {self.name}: the shares must be those of all its arms")
        return self._replace(arms=tuple(arm._replace(share=float(shares[arm.name])) for arm in self.arms))


class ChangedShares(NamedTuple):
    """Shares that an experiment has now, instead of those of its definition, `changed_from`.

    Both are by arm. People write them too, so they may be anything until they are applied.
    """

    shares: Any
    changed_from: Any


def parse_experiments(text: str) -> tuple[Experiment, ...]:
    """Parse the definitions: a JSON object of experiments by name, sorted by name.

    `{"arms": {name: {"share", "shows"}}, "end_date"}` is required; for the other fields see Experiment.

    Raises:
        ValueError: The text is something else; names the experiment.
    """
    try:
        documents = json.loads(text)
        return tuple(_experiment(name, document) for name, document in sorted(documents.items()))
    except (AttributeError, TypeError) as error:
        raise ValueError("Experiments must be a JSON object of their definitions by name") from error


def _experiment(name: str, document: Mapping[str, Any]) -> Experiment:
    try:
        arms = tuple(_arm(arm, document["arms"][arm]) for arm in sorted(document["arms"]))
        experiment = Experiment(
            name=name,
            function=_given(document, "function", str, FUNCTIONS[0]),
            arms=arms,
            control=_given(document, "control", str, arms[0].name),
            traffic=_given(document, "traffic", float, 1.0),
            species=_given(document, "species", frozenset, frozenset()),
            shelters=_given(document, "shelters", frozenset, frozenset()),
            primary_outcome=_given(document, "primary_outcome", str, DEFAULT_OUTCOME),
            secondary_outcomes=_given(document, "secondary_outcomes", tuple, ()),
            start_date=_given(document, "start_date", date.fromisoformat, None),
            end_date=date.fromisoformat(document["end_date"]),
            hoped_for_lift=_given(document, "hoped_for_lift", float, DEFAULT_LIFT),
            act=_given(document, "act", bool, False),
        )
    except (KeyError, TypeError, AttributeError, IndexError, ValueError) as error:
        raise ValueError(f"Experiment {name}: a field is missing or has another form ({error!r})") from error
    _check(experiment)
    return experiment


def _arm(name: str, document: Mapping[str, Any]) -> Arm:
    return Arm(name, float(document["share"]), str(document["shows"]))


def _given(document: Mapping[str, Any], name: str, read: Callable[[Any], T], default: T) -> T:
    """Return a field, the default without one; Terraform writes null for what nobody set."""
    return default if document.get(name) is None else read(document[name])


def _check(experiment: Experiment) -> None:
    _check_shares(experiment.name, experiment.shares)
    if len(experiment.arms) < 2 or experiment.control not in experiment.shares:
        raise ValueError(f"Experiment {experiment.name}: needs two arms, and one of them as control")
    if experiment.function not in FUNCTIONS or not 0 <= experiment.traffic <= 1:
        raise ValueError(f"Experiment {experiment.name}: the function must be one of {FUNCTIONS}, the traffic 0-1")
    if not 0 < experiment.hoped_for_lift < math.inf:
        raise ValueError(f"Experiment {experiment.name}: hoped_for_lift must be above 0")


def _check_shares(name: str, shares: Any) -> None:
    if not _are_shares(shares):
        raise ValueError(f"Experiment {name}: the shares of the arms must be 0 or more, and together 1")


def _are_shares(shares: Any) -> bool:
    try:  # JSON may have NaN, of which no comparison is true
        return all(share >= 0 for share in shares.values()) and abs(sum(shares.values()) - 1) <= _TOLERANCE
    except (AttributeError, TypeError):
        return False


def parse_changed_shares(text: str) -> dict[str, ChangedShares]:
    """Parse the changed shares: `{experiment: {"shares": {arm: share}, "changed_from": {arm: share}}}`.

    What is wrong with those of one experiment is found when they are applied.

    Raises:
        ValueError: The text is no JSON object.
    """
    documents = json.loads(text)
    if not isinstance(documents, dict):
        raise ValueError("Changed shares must be a JSON object by the names of experiments")
    return {name: _changed_shares(document) for name, document in documents.items()}


def _changed_shares(document: Any) -> ChangedShares:
    fields = document if isinstance(document, dict) else {}
    return ChangedShares(fields.get("shares"), fields.get("changed_from"))


def format_changed_shares(changed: Mapping[str, ChangedShares]) -> str:
    """Return the text that `parse_changed_shares` reads."""
    return json.dumps({name: one._asdict() for name, one in changed.items()}, sort_keys=True)


def apply_changed_shares(
    experiments: tuple[Experiment, ...], changed: Mapping[str, ChangedShares], complain: Callable[[str], None]
) -> tuple[Experiment, ...]:
    """Return the experiments with the shares that they have at present.

    An experiment whose changed shares are wrong keeps those of its definition. `complain` gets a text with its name.
    """
    return tuple(_apply(one, changed[one.name], complain) if one.name in changed else one for one in experiments)


def _apply(experiment: Experiment, changed: ChangedShares, complain: Callable[[str], None]) -> Experiment:
    try:
        _check_shares(experiment.name, changed.changed_from)
        return experiment.with_shares(changed.shares) if changed.changed_from == experiment.shares else experiment
    except ValueError as error:
        complain(f"{error}. The changed shares do not count")
        return experiment
