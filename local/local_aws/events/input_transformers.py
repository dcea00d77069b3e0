"""Input transformers of EventBridge targets ("Amazon EventBridge input transformation", user guide)."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

_VARIABLE = re.compile(r"<([\w.-]+)>")


def value_at(path: str, event: Mapping[str, Any]) -> Any:
    """Return the first value that a JSONPath such as `$.detail.name` finds in an event, or None."""
    from jsonpath_ng.ext.parser import parse  # here, because it takes a tenth of a second

    found = parse(path).find(event)
    return found[0].value if found else None


def fill_template(template: str, paths: Mapping[str, str], event: Mapping[str, Any], rule_arn: str) -> str:
    """Return a template with its variables filled in.

    Inside quotes a value becomes part of the string; elsewhere it becomes JSON. A missing value is an empty string.

    Args:
        template: text with `<variable>`s.
        paths: variable name -> JSONPath in the event.
        event: the event.
        rule_arn: for the predefined variables.
    """
    values = {name: value_at(path, event) for name, path in paths.items()} | {
        "aws.events.rule-arn": rule_arn,
        "aws.events.rule-name": rule_arn.rsplit("/", 1)[-1],
        "aws.events.event.json": event,
        "aws.events.event": {key: value for key, value in event.items() if key != "detail"},
        "aws.events.event.ingestion-time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }

    def fill(found: re.Match[str]) -> str:
        if found[1] not in values:
            return found[0]
        value = "" if values[found[1]] is None else values[found[1]]
        if not _is_quoted(template, found.start()):
            return json.dumps(value)
        text = value if isinstance(value, str) else json.dumps(value)
        return json.dumps(text)[1:-1]

    return _VARIABLE.sub(fill, template)


def _is_quoted(template: str, position: int) -> bool:
    before = template[:position].replace("\\\\", "").replace('\\"', "")
    return before.count('"') % 2 == 1
