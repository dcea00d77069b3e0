"""What EventBridge targets get of an event."""

import json

from local_aws.events.input_transformers import fill_template

EVENT = {"source": "aws.states", "detail": {"name": 'say "hi"', "status": "FAILED", "count": 3, "tags": ["a"]}}
RULE = "arn:aws:events:us-east-1:123456789012:rule/failures"


def test_inside_quotes_a_value_becomes_part_of_the_text() -> None:
    paths = {"name": "$.detail.name", "status": "$.detail.status"}
    filled = fill_template('"Execution <name> ended <status>, says <aws.events.rule-name>"', paths, EVENT, RULE)
    assert json.loads(filled) == 'Execution say "hi" ended FAILED, says failures'


def test_outside_quotes_a_value_becomes_json() -> None:
    paths = {"count": "$.detail.count", "tags": "$.detail.tags", "name": "$.detail.name"}
    filled = fill_template('{"n": <count>, "t": <tags>, "s": <name>, "e": <aws.events.event.json>}', paths, EVENT, RULE)
    assert json.loads(filled) == {"n": 3, "t": ["a"], "s": 'say "hi"', "e": EVENT}


def test_what_the_event_lacks_is_empty_and_unknown_words_stay() -> None:
    assert fill_template('"<gone>|<other>"', {"gone": "$.detail.none"}, EVENT, RULE) == '"|<other>"'
