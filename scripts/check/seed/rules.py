"""The rules for the rows of a bulk import: what Amazon Personalize requires, and what a good training needs.

Limits are the service's quotas: at least 1,000 interactions, 25 users with two or more, and at most ten event types and
metadata fields of interactions together.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

from animal_recommender.animal_groups import AGE, BREED, SIZE, SPECIES, animal_group_id, group_metadata
from animal_recommender.event_types import MAX_LENGTH, EventTypes
from animal_recommender.validation import ValidationError
from scripts.check.seed import look_alikes
from scripts.check.seed.findings import LOOK_ALIKES, Findings
from scripts.check.seed.schemas import Column
from scripts.check.seed.tallies import Tallies
from scripts.check.seed.times import check_creation_time, check_interaction_time, day, read_seconds
from scripts.check.seed.values import shown
from scripts.common.terminal import plural

MINIMUM_INTERACTIONS = 1_000
MINIMUM_USERS = 25
MOST_TYPES_AND_FIELDS = 10
STALE_DAYS = 30
COMPARED_TYPES = 50  # the most frequent; more are an error anyway
REMEMBERED_ROWS = 5_000_000  # how many rows duplicates are looked for in, about 0.5 GB
_NO_METADATA = ("USER_ID", "ITEM_ID", "TIMESTAMP", "IMPRESSION", "RECOMMENDATION_ID", "EVENT_ATTRIBUTION_SOURCE")

Row = Mapping[str, str]


class InteractionRules:
    """Check interactions: each row, then the file as a whole.

    `items` are the catalogue's ids, and `event_types` the types that apps will send, if they are known.
    """

    def __init__(
        self,
        findings: Findings,
        now: float,
        columns: Sequence[Column],
        items: Collection[str] | None = None,
        event_types: Collection[str] | None = None,
    ) -> None:
        self._known_types = event_types
        self._findings, self._now, self._items = findings, now, items
        self._fields = [column.name for column in columns if column.name not in _NO_METADATA]
        categorical = (column.name for column in columns if column.categorical)
        self._tallies = Tallies(("USER_ID", "ITEM_ID", "EVENT_TYPE", *categorical), "interaction")
        self._seen: set[int] = set()
        self.rows = 0
        self.oldest: int | None = None
        self.newest: int | None = None

    def check_row(self, line: int, row: Row) -> None:
        """Check one interaction."""
        self.rows += 1
        self._tallies.add(row)
        self._check_repeat(row, line)
        seconds = read_seconds(row, "TIMESTAMP")
        if seconds is not None and check_interaction_time(seconds, line, self._now, self._findings):
            self.oldest = min(seconds, self.oldest or seconds)
            self.newest = max(seconds, self.newest or seconds)

    def check_file(self) -> None:
        """Check what only the whole file shows: counts, times that are not stale, and codes that look alike."""
        self._check_counts()
        self._check_event_types()
        self._check_age()
        self._tallies.check(self._findings)
        if self._items is not None:
            self._compare_with_items(self._items)

    def summary(self) -> str:
        """Return the file in one line."""
        span = f", {day(self.oldest)} to {day(self.newest)}" if self.oldest and self.newest else ""
        users = plural(len(self._tallies.counts["USER_ID"]), "user")
        return f"{plural(self.rows, 'interaction')} of {users}{span}"

    def _check_repeat(self, row: Row, line: int) -> None:
        if len(self._seen) >= REMEMBERED_ROWS:
            return
        key = hash(tuple(row.values()))
        if key in self._seen:
            self._findings.add_warning("duplicates", "the same interaction as on an earlier line", line)
        self._seen.add(key)

    def _check_counts(self) -> None:
        users = self._tallies.counts["USER_ID"]
        returning = sum(count >= 2 for count in users.values())
        if self.rows < MINIMUM_INTERACTIONS:
            message = f"{plural(self.rows, 'interaction')}; an import takes at least {MINIMUM_INTERACTIONS:,}"
            self._findings.add_error("minimum counts", message)
        if returning < MINIMUM_USERS:
            message = (
                f"{plural(returning, 'user')} with two or more interactions; training takes at least {MINIMUM_USERS}"
            )
            self._findings.add_error("minimum counts", message)
        if single := len(users) - returning:
            message = f"{single:,} of {len(users):,} users have a single interaction: nothing is learnt from them"
            self._findings.add_warning("single-event users", message)

    def _check_event_types(self) -> None:
        types, fields = len(self._tallies.counts["EVENT_TYPE"]), len(self._fields)
        if types + fields > MOST_TYPES_AND_FIELDS:
            message = (
                f"{types} different event types and {fields} metadata fields ({', '.join(self._fields)}); "
                f"Personalize takes at most {MOST_TYPES_AND_FIELDS} together"
            )
            self._findings.add_error("event types", message, column="EVENT_TYPE")
        for kind, count in self._tallies.counts["EVENT_TYPE"].items():
            if self._known_types is not None and kind not in self._known_types:
                meant = _meant(kind, self._known_types)
                hint = f"; did you mean {shown(meant)}?" if meant else ""
                message = f"{shown(kind)} is not in the variable event_types, {count:,} interactions{hint}"
                self._findings.add_warning("event types", message, column="EVENT_TYPE")
        self._compare_event_types()

    def _compare_event_types(self) -> None:
        """Name each type that is another spelling of a more frequent one, unless the two differ only as text."""
        kinds = [kind for kind, _ in self._tallies.counts["EVENT_TYPE"].most_common(COMPARED_TYPES)]
        for place, kind in enumerate(kinds):
            meant = _meant(kind, kinds[:place])
            # Tallies finds those that differ only as text. Two types that the deployment lists are meant to be two.
            if meant is None or look_alikes.fold(meant) == look_alikes.fold(kind) or kind in (self._known_types or ()):
                continue
            message = f"{shown(kind)} seems to be another spelling of {shown(meant)}: models would learn two types"
            self._findings.add_warning(LOOK_ALIKES, message, column="EVENT_TYPE")

    def _check_age(self) -> None:
        days = (self._now - self.newest) / 86_400 if self.newest else 0
        if days > STALE_DAYS:
            message = (
                f"the newest interaction is {days:,.0f} days old; live events will seem to come after a long silence "
                "(rebase = true in Terraform's variable seed moves all times up to now)"
            )
            self._findings.add_warning("time range", message, column="TIMESTAMP")

    def _compare_with_items(self, items: Collection[str]) -> None:
        """Name each item that the items file lacks, and the one there that it looks like."""
        known = {look_alikes.fold(item): item for item in items}
        for item, count in self._tallies.counts["ITEM_ID"].items():
            if item in items:
                continue
            message = f"{shown(item)} is not in the items file: it has no metadata, {count:,} interactions"
            self._findings.add_warning("catalogue", message, column="ITEM_ID")
            if other := known.get(look_alikes.fold(item)):
                message = f"{look_alikes.describe(other, item)}; the items file has the first one"
                self._findings.add_warning(LOOK_ALIKES, message, column="ITEM_ID")


def _meant(kind: str, others: Iterable[str]) -> str | None:
    """Return the first of the other event types of which `kind` is another spelling."""
    usable = (other for other in others if other and other == other.strip() and len(other) <= MAX_LENGTH)
    return next((other for other in usable if EventTypes([other]).meant_by(kind)), None)


class ItemRules:
    """Check items: each row, then the file as a whole. `ids` are the ids of all rows so far, with their lines."""

    METADATA = tuple(name.upper() for name in (SPECIES, BREED, SIZE, AGE))

    def __init__(self, findings: Findings, now: float, columns: Sequence[Column]) -> None:
        self._findings, self._now = findings, now
        names = {column.name for column in columns}
        self._has_groups = names.issuperset(self.METADATA)
        categorical = (column.name for column in columns if column.categorical)
        self._tallies = Tallies(("ITEM_ID", *categorical), "item")
        self.rows = 0
        self.ids: dict[str, int] = {}

    def check_row(self, line: int, row: Row) -> None:
        """Check one item."""
        self.rows += 1
        self._tallies.add(row)
        item = row.get("ITEM_ID", "")
        if item in self.ids:
            message = f"{shown(item)} is also on line {self.ids[item]}: which row counts is undefined"
            self._findings.add_error("duplicates", message, line, "ITEM_ID")
        elif item:
            self.ids[item] = line
        seconds = read_seconds(row, "CREATION_TIMESTAMP")
        if seconds is not None:
            check_creation_time(seconds, line, self._now, self._findings)
        if self._has_groups and all(row.get(name.upper(), "").strip() for name in (SPECIES, BREED)):
            self._check_group(item, line, row)

    def check_file(self) -> None:
        """Check that the file has items, and that their codes differ by more than their text."""
        if not self.rows:
            self._findings.add_error("minimum counts", "no item")
        self._tallies.check(self._findings)

    def summary(self) -> str:
        """Return the file in one line."""
        return plural(self.rows, "item")

    def _check_group(self, item: str, line: int, row: Row) -> None:
        """Check the metadata, and that the id is that of their group: the functions would never use another id."""
        metadata = {name: row.get(name.upper(), "").strip() or None for name in (SPECIES, BREED, SIZE, AGE)}
        try:
            expected = animal_group_id(metadata, path="")
        except ValidationError as refusal:
            for error in refusal.errors:
                name = error.field.upper()
                self._findings.add_error("metadata", f"{shown(row.get(name, ''))} {error.message}", line, name)
            return
        for name, usual in group_metadata(metadata).items():
            value = row.get(name.upper(), "")
            if value.strip() and value != usual:
                self._add_other_writing("metadata", value, usual, line, name.upper())
        if item and item != expected:
            self._add_other_writing("item id", item, expected, line, "ITEM_ID")

    def _add_other_writing(self, rule: str, value: str, usual: str, line: int, column: str) -> None:
        pair = look_alikes.readable(value, usual), look_alikes.readable(usual, value)
        reason = "as its metadata say" if rule == "item id" else "as the functions write it"
        self._findings.add_error(rule, f"{pair[0]} must be {pair[1]}, {reason}", line, column)
