"""The rules for the rows of a bulk import: what Amazon Personalize requires, and what a good training needs.

Limits are the service's quotas: at least 1,000 interactions, 25 users with two or more, ids of at most 256 characters.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime

from animal_recommender.animal_groups import animal_group_id
from animal_recommender.validation import ValidationError
from scripts.check.seed.csv_table import Findings

MINIMUM_INTERACTIONS = 1_000
MINIMUM_USERS = 25
LONGEST_ID = 256
LONGEST_TEXT = 1_000  # of a categorical value
EARLIEST = 631_152_000  # 1990-01-01: earlier numbers are days, dates like 20250101, or mistakes
NO_SECONDS = 10**11  # the year 5138: larger numbers are milliseconds or finer
STALE_DAYS = 30
REMEMBERED_ROWS = 5_000_000  # how many rows duplicates are looked for in, about 0.5 GB

Row = Mapping[str, str]


def day(timestamp: float) -> str:
    """Return the date of epoch seconds, in UTC."""
    return datetime.fromtimestamp(timestamp, UTC).date().isoformat()


def check_time(row: Row, line: int, column: str, now: float, findings: Findings) -> int | None:
    """Return the time in `column` in epoch seconds. If it cannot be one, add an error and return None."""
    value = row.get(column, "").strip()
    if not (value.isascii() and value.removeprefix("-").isdecimal()):
        return None  # csv_table checks types
    seconds = int(value)
    if abs(seconds) >= NO_SECONDS:
        findings.add_error("time unit", f"{value} is not epoch seconds; milliseconds? divide by 1000", line, column)
    elif seconds < EARLIEST:
        findings.add_error("time unit", f"{value} would be {day(seconds)}; must be epoch seconds", line, column)
    elif seconds > now + 3600:
        findings.add_error("time range", f"{value} is {day(seconds)}, which is in the future", line, column)
    else:
        return seconds
    return None


def check_id(row: Row, line: int, column: str, findings: Findings) -> None:
    """Find an id that is too long."""
    length = len(row.get(column, ""))
    if length > LONGEST_ID:
        findings.add_error("length", f"{length} characters; at most {LONGEST_ID} are allowed", line, column)


class InteractionRules:
    """Check interactions: each row, then the file as a whole. `items` are the catalogue's ids, if known."""

    def __init__(self, findings: Findings, now: float, items: set[str] | None = None) -> None:
        self._findings, self._now, self._items = findings, now, items
        self._seen: set[int] = set()
        self.rows = 0
        self.users: Counter[str] = Counter()
        self.oldest: int | None = None
        self.newest: int | None = None

    def check_row(self, line: int, row: Row) -> None:
        """Check one interaction."""
        self.rows += 1
        self.users[row.get("USER_ID", "")] += 1
        check_id(row, line, "USER_ID", self._findings)
        check_id(row, line, "ITEM_ID", self._findings)
        self._check_item(row.get("ITEM_ID", ""), line)
        self._check_repeat(row, line)
        time = check_time(row, line, "TIMESTAMP", self._now, self._findings)
        if time is not None:
            self.oldest = min(time, self.oldest or time)
            self.newest = max(time, self.newest or time)

    def check_file(self) -> None:
        """Check what only the whole file shows: enough rows and users, and times that are not stale."""
        returning = sum(count >= 2 for count in self.users.values())
        if self.rows < MINIMUM_INTERACTIONS:
            message = f"{self.rows:,} interactions; an import takes at least {MINIMUM_INTERACTIONS:,}"
            self._findings.add_error("minimum counts", message)
        if returning < MINIMUM_USERS:
            message = f"{returning} users with two or more interactions; training takes at least {MINIMUM_USERS}"
            self._findings.add_error("minimum counts", message)
        single = len(self.users) - returning
        if single:
            message = f"{single:,} of {len(self.users):,} users have a single interaction: nothing is learnt from them"
            self._findings.add_warning("single-event users", message)
        self._check_age()

    def summary(self) -> str:
        """Return the file in one line."""
        span = f", {day(self.oldest)} to {day(self.newest)}" if self.oldest and self.newest else ""
        return f"{self.rows:,} interactions of {len(self.users):,} users{span}"

    def _check_item(self, item: str, line: int) -> None:
        if self._items is not None and item not in self._items:
            self._findings.add_warning(
                "catalogue", f"{item!r} is not in the items file: it has no metadata", line, "ITEM_ID"
            )

    def _check_repeat(self, row: Row, line: int) -> None:
        if len(self._seen) >= REMEMBERED_ROWS:
            return
        key = hash(tuple(row.values()))
        if key in self._seen:
            self._findings.add_warning("duplicates", "the same interaction as on an earlier line", line)
        self._seen.add(key)

    def _check_age(self) -> None:
        days = (self._now - self.newest) / 86_400 if self.newest else 0
        if days > STALE_DAYS:
            message = (
                f"the newest interaction is {days:,.0f} days old; live events will seem to come after a long silence "
                "(rebase = true in Terraform's variable seed moves all times up to now)"
            )
            self._findings.add_warning("time range", message, column="TIMESTAMP")


class ItemRules:
    """Check items: each row, then the file as a whole. `ids` are the ids of all rows so far."""

    METADATA = ("ANIMAL_SPECIES_ID", "ANIMAL_PRIMARY_BREED_ID", "ANIMAL_SIZE_ID", "ANIMAL_AGE_ID")

    def __init__(self, findings: Findings, now: float) -> None:
        self._findings, self._now = findings, now
        self.rows = 0
        self.ids: set[str] = set()

    def check_row(self, line: int, row: Row) -> None:
        """Check one item."""
        self.rows += 1
        item = row.get("ITEM_ID", "")
        if item in self.ids:
            self._findings.add_error(
                "duplicates", f"{item!r} occurs before: which row counts is undefined", line, "ITEM_ID"
            )
        self.ids.add(item)
        check_id(row, line, "ITEM_ID", self._findings)
        check_time(row, line, "CREATION_TIMESTAMP", self._now, self._findings)
        for name, value in row.items():
            if len(value) > LONGEST_TEXT:
                self._findings.add_error("length", f"{len(value)} characters; at most {LONGEST_TEXT}", line, name)
        if all(row.get(name, "").strip() for name in self.METADATA):
            self._check_group(item, line, row)

    def check_file(self) -> None:
        """Check that the file has items."""
        if not self.rows:
            self._findings.add_error("minimum counts", "no item")

    def summary(self) -> str:
        """Return the file in one line."""
        return f"{self.rows:,} items"

    def _check_group(self, item: str, line: int, row: Row) -> None:
        """Check that the id is that of the group with these metadata: the functions would never use another id."""
        try:
            expected = animal_group_id({name.lower(): row[name] for name in self.METADATA}, path="")
        except ValidationError as refusal:
            for error in refusal.errors:
                name = error.field.upper()
                self._findings.add_error("metadata", f"{row.get(name)!r} {error.message}", line, name)
            return
        if item != expected:
            self._findings.add_error("item id", f"{item!r} must be {expected!r}, as its metadata say", line, "ITEM_ID")
