"""Next best actions."""

import json
import time
from typing import Any

import pytest

from local_aws.personalize.errors import InvalidInputError
from local_aws.testing.in_process import InProcessPersonalize, schema

ACTIONS = schema(
    "Actions",
    {"name": "ACTION_ID", "type": "string"},
    {"name": "VALUE", "type": ["null", "long"]},
    {"name": "LEVEL", "type": ["null", "string"], "categorical": True},
    {"name": "REPEAT_FREQUENCY", "type": ["null", "long"]},
    {"name": "ACTION_EXPIRATION_TIMESTAMP", "type": ["null", "long"]},
)
ACTION_INTERACTIONS = schema(
    "ActionInteractions",
    {"name": "USER_ID", "type": "string"},
    {"name": "ACTION_ID", "type": "string"},
    {"name": "EVENT_TYPE", "type": "string"},
    {"name": "TIMESTAMP", "type": "long"},
)


def interactions(now: int) -> str:
    rows = ["USER_ID,ACTION_ID,EVENT_TYPE,TIMESTAMP"]
    for number in range(120):
        rows.append(f"u{number},enroll,{'Taken' if number % 2 else 'Viewed'},{now - number}")
        rows.append(f"u{number},install,{'Not taken' if number % 2 else 'Taken'},{now - number}")
        rows.append(f"u{number},old,{'Taken' if number % 3 else 'Viewed'},{now - number}")
    return "\n".join(rows) + "\n"


@pytest.fixture
def actions(personalize: InProcessPersonalize) -> InProcessPersonalize:
    """A service with a campaign for four actions, one of which has expired."""
    now = int(time.time())
    personalize.create_dataset("Actions", ACTIONS)
    personalize.create_dataset("Action_Interactions", ACTION_INTERACTIONS)
    rows = f"enroll,5,basic,7,\ninstall,9,premium,,\nold,1,basic,,{now - 5}\nnew,3,basic,,\n"
    header = "ACTION_ID,VALUE,LEVEL,REPEAT_FREQUENCY,ACTION_EXPIRATION_TIMESTAMP\n"
    assert personalize.import_csv("Actions", header + rows, "actions")["status"] == "ACTIVE"
    assert personalize.import_csv("Action_Interactions", interactions(now), "interactions")["status"] == "ACTIVE"
    tracker = personalize.call("CreateEventTracker", name="tracker", datasetGroupArn=personalize.arns["group"])
    personalize.arns["tracking"] = tracker["trackingId"]
    personalize.deploy("aws-next-best-action")
    return personalize


def ask(personalize: InProcessPersonalize, user: str, **request: Any) -> list[tuple[str, float]]:
    answer = personalize.call(
        "GetActionRecommendations", campaignArn=personalize.arns["campaign"], userId=user, **request
    )
    return [(action["actionId"], action["score"]) for action in answer["actionList"]]


def test_given_a_user_when_requested_then_actions_that_are_due_come_by_score_and_value(
    actions: InProcessPersonalize,
) -> None:
    assert ask(actions, "stranger") == [("install", 0.5), ("enroll", 0.5), ("new", 0.0)]
    assert ask(actions, "stranger", numResults=1) == [("install", 0.5)]


def test_given_an_interaction_when_streamed_then_the_action_waits_for_its_repeat_frequency(
    actions: InProcessPersonalize,
) -> None:
    refusal = {"actionId": "enroll", "userId": "new", "sessionId": "s", "eventType": "Not taken"}
    for days in (8, 2):
        event = refusal | {"timestamp": time.time() - days * 86_400}
        actions.call("PutActionInteractions", trackingId=actions.arns["tracking"], actionInteractions=[event])
        scores = dict(ask(actions, "new"))
        assert ("enroll" in scores) == (days > 7)
    assert scores["install"] < 0.5


def test_given_a_filter_of_actions_when_requested_then_only_these_are_returned(actions: InProcessPersonalize) -> None:
    expression = 'INCLUDE ActionID WHERE Actions.LEVEL IN ("basic")'
    group = actions.arns["group"]
    arn = actions.call("CreateFilter", name="basic", datasetGroupArn=group, filterExpression=expression)["filterArn"]
    assert [action for action, _ in ask(actions, "stranger", filterArn=arn)] == ["enroll", "new"]


def test_given_a_new_action_when_put_then_it_is_recommended_without_a_score(actions: InProcessPersonalize) -> None:
    added = {"actionId": "added", "properties": json.dumps({"value": 10})}
    actions.call("PutActions", datasetArn=actions.arns["Actions"], actions=[added])
    assert ("added", 0.0) in ask(actions, "stranger")


def test_given_invalid_requests_when_sent_then_the_errors_say_why(actions: InProcessPersonalize) -> None:
    with pytest.raises(InvalidInputError, match="between 1 and 100"):
        ask(actions, "u", numResults=101)
    with pytest.raises(InvalidInputError, match="does not support"):
        actions.call("GetRecommendations", campaignArn=actions.arns["campaign"], userId="u")
    clicked = {"actionId": "a", "sessionId": "s", "eventType": "click", "timestamp": 5}
    with pytest.raises(InvalidInputError, match="TAKEN, NOT_TAKEN, VIEWED, not click"):
        actions.call("PutActionInteractions", trackingId=actions.arns["tracking"], actionInteractions=[clicked])
    shop = actions.call("CreateDatasetGroup", name="shop", domain="ECOMMERCE")["datasetGroupArn"]
    with pytest.raises(InvalidInputError, match="of a domain cannot have"):
        actions.call(
            "CreateDataset",
            name="a",
            datasetGroupArn=shop,
            datasetType="ACTIONS",
            schemaArn=actions.call("CreateSchema", name="a", schema=ACTIONS)["schemaArn"],
        )
