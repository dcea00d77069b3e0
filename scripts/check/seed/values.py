"""Check single values of a CSV file: whether they are of their column's type, and what Personalize would make of them.

Lengths: a categorical value of more than 1,000 characters makes an import fail, a longer text is cut off after 20,000
(developer guide, "Items dataset"). Ids have at most 256 characters (quotas).
"""

import re

from animal_recommender.animal_groups import AGE, SIZE
from animal_recommender.validation import is_missing, is_placeholder
from scripts.check.seed.findings import Findings
from scripts.check.seed.schemas import Column

IDS = ("USER_ID", "ITEM_ID")
_ZERO_IF_UNKNOWN = {SIZE.upper(), AGE.upper()}
_LONGEST_ID = 256
_LONGEST_CATEGORY = 1_000
_LONGEST_TEXT = 20_000
_SHOWN = 60
_LIMITS = {"int": 2**31, "long": 2**63}
_INTEGER = re.compile(r"[+-]?[0-9]+")
_DECIMAL = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_KINDS = {
    "long": "a whole number",
    "int": "a whole number",
    "float": "a number",
    "double": "a number",
    "boolean": "true or false",
    "string": "text",
}
# Other notations of numbers, and what to do about each.
_NOTATIONS = {
    r"[+-]?[0-9]+([.,][0-9]+)?[eE][+-]?[0-9]+": "a spreadsheet shortened it: format the column as a number",
    r"[0-9]+\.0*": "write it without a decimal point",
    r"[0-9]{1,3}([.,'\u2019 \u00a0\u202f][0-9]{3})+": "write it without separators",
    r"[+-]?[0-9]+,[0-9]+": "write a decimal point",
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}.*": "write a time in epoch seconds",
    r"[0-9]{1,2}[./][0-9]{1,2}[./][0-9]{2,4}.*": "write a time in epoch seconds",
}


def shown(value: str) -> str:
    """Return a value in quotation marks, cut off if it is long."""
    return repr(value if len(value) <= _SHOWN else f"{value[:_SHOWN]}…")


def looks_missing(column: str, value: str) -> bool:
    """Return whether a value seems to stand for "no value", such as `NULL`; in ids also for "nobody"."""
    if not value.strip():
        return False  # `check_value` reports it as empty
    return is_placeholder(value) if column in IDS else is_missing(value)


def check_value(line: int, column: Column, value: str, findings: Findings) -> None:
    """Check one value by its column."""
    if not value.strip():
        if column.required:
            instead = "; write 0 if it is unknown" if column.name in _ZERO_IF_UNKNOWN else ""
            findings.add_error("empty value", f"is empty, but required{instead}", line, column.name)
        return
    hint = _type_hint(column.kind, value)
    if hint is not None:
        findings.add_error("type", f"{shown(value)} must be {_KINDS[column.kind]}{hint}", line, column.name)
    if value != value.strip():
        message = f"{shown(value)}: spaces at its ends are part of the value"
        findings.add_warning("spaces", message, line, column.name)
    _check_length(line, column, value, findings)
    if column.categorical and "|" in value:
        message = f"{shown(value)}: Personalize takes `|` as the end of one category and the start of the next"
        findings.add_warning("categories", message, line, column.name)


def _check_length(line: int, column: Column, value: str, findings: Findings) -> None:
    length = len(value)
    most = _LONGEST_ID if column.name in IDS else _LONGEST_CATEGORY if column.categorical else None
    if most is not None and length > most:
        findings.add_error("length", f"{length:,} characters; at most {most:,} are allowed", line, column.name)
    elif column.textual and length > _LONGEST_TEXT:
        message = f"{length:,} characters; Personalize cuts it off after {_LONGEST_TEXT:,}"
        findings.add_warning("length", message, line, column.name)


def _type_hint(kind: str, value: str) -> str | None:
    """Return None if the value is of the Avro type, else a hint for the reader, which may be empty."""
    if kind == "string" or _is_of(kind, value.strip()):
        return None
    if looks_missing("", value):
        return "; leave it empty if the schema allows null"
    hints = (f"; {hint}" for pattern, hint in _NOTATIONS.items() if re.fullmatch(pattern, value.strip()))
    return next(hints, "")


def _is_of(kind: str, value: str) -> bool:
    if kind in _LIMITS:
        return bool(_INTEGER.fullmatch(value)) and len(value) <= 20 and abs(int(value)) < _LIMITS[kind]
    if kind == "boolean":
        return value.lower() in ("true", "false")
    return bool(_DECIMAL.fullmatch(value))
