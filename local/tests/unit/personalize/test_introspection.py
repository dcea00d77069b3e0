"""The pages that show the state of the service."""

import json
from typing import Any

from werkzeug import Request
from werkzeug.test import EnvironBuilder

from local_aws.testing.in_process import INTERACTIONS, InProcessPersonalize, schema


def test_given_streamed_events_when_requested_then_each_is_shown_once_by_user_and_session(
    with_data: InProcessPersonalize,
) -> None:
    with_data.put_views("s1", "i1", eventId="a")
    with_data.put_views("s1", "i2", eventId="b", user="u")
    with_data.put_views("s2", "i3", eventId="b")

    def get(query: str) -> dict[str, Any]:
        environ = EnvironBuilder(path="/_local/personalize/events", query_string=query).get_environ()
        return json.loads(with_data.app.introspect(Request(environ)).data)

    tracking = f"trackingId={with_data.arns['tracking']}"
    assert get(tracking) == {
        "recorded": 2,
        "duplicates": 1,
        "users": {"u": ["a", "b"]},
        "sessions": {"s1": ["a", "b"]},
    }
    assert get(f"{tracking}&sessionId=s2")["recorded"] == 0
    assert "no event tracker" in get("trackingId=x")["message"]
    summary = with_data.app.introspect(Request(EnvironBuilder(path="/_local/personalize").get_environ()))
    assert json.loads(summary.data)["us-east-1"]["resources"]["Solution"] == {"ACTIVE": 1}


def read(personalize: InProcessPersonalize, path: str, query: str = "") -> dict[str, Any]:
    environ = EnvironBuilder(path=f"/_local/personalize/{path}", query_string=query).get_environ()
    return dict(json.loads(personalize.app.introspect(Request(environ)).data))


def test_given_a_campaign_then_models_show_its_version_with_metrics(with_campaign: InProcessPersonalize) -> None:
    (solution,) = read(with_campaign, "models")["solutions"]
    (version,), (campaign,) = solution["versions"], solution["campaigns"]
    assert solution["recipe"] == "aws-user-personalization"
    assert version["status"] == campaign["status"] == "ACTIVE"
    assert version["arn"] == campaign["solutionVersionArn"] == with_campaign.arns["version"]
    assert 0 <= version["metrics"]["coverage"] <= 1
    assert campaign["update"] is None


def test_given_an_update_then_models_show_its_status(with_campaign: InProcessPersonalize) -> None:
    second = with_campaign.train(with_campaign.arns["solution"])["solutionVersionArn"]
    with_campaign.call("UpdateCampaign", campaignArn=with_campaign.arns["campaign"], solutionVersionArn=second)
    with_campaign.wait_idle()
    (solution,) = read(with_campaign, "models")["solutions"]
    assert (
        solution["campaigns"][0]["update"] | {"status": "ACTIVE", "solutionVersionArn": second}
        == (solution["campaigns"][0]["update"])
    )
    assert [version["arn"] for version in solution["versions"]] == [with_campaign.arns["version"], second]


def test_given_a_user_or_a_session_then_its_newest_interactions_are_shown(with_data: InProcessPersonalize) -> None:
    with_data.put_views("s1", "i1", eventId="a")
    with_data.put_views("s1", "i2", eventId="b", user="u")
    for visitor in ("u", "s1"):
        shown = read(with_data, "interactions", f"id={visitor}")["interactions"]
        assert {(one["item"], one["session"], one["streamed"]) for one in shown} == {
            ("i1", "s1", True),
            ("i2", "s1", True),
        }
    assert len(read(with_data, "interactions", "id=u&limit=1")["interactions"]) == 1
    assert read(with_data, "interactions", "id=nobody") == {"interactions": []}


def test_given_a_failed_import_then_the_summary_says_why(personalize: InProcessPersonalize) -> None:
    personalize.create_dataset("Interactions", INTERACTIONS)
    arn = personalize.import_csv("Interactions", "USER_ID\n")["datasetImportJobArn"]
    failures = read(personalize, "")["us-east-1"]["failures"]
    assert list(failures) == [arn]
    assert "the header has no" in failures[arn]


def test_given_actions_then_models_show_what_users_did_with_them(personalize: InProcessPersonalize) -> None:
    text = {"type": "string"}
    personalize.create_dataset(
        "Actions", schema("Actions", {"name": "ACTION_ID", **text}, {"name": "VALUE", "type": "long"})
    )
    columns = [{"name": name, **text} for name in ("USER_ID", "ACTION_ID", "EVENT_TYPE")]
    kind = schema("ActionInteractions", *columns, {"name": "TIMESTAMP", "type": "long"})
    personalize.create_dataset("Action_Interactions", kind)
    personalize.import_csv("Actions", "ACTION_ID,VALUE\nenroll,5\ninstall,9\n", "actions")
    rows = [f"u{n},enroll,{kind},1700000000" for n, kind in enumerate(("Taken", "Taken", "Viewed", "Not taken"))]
    personalize.import_csv("Action_Interactions", "\n".join(["USER_ID,ACTION_ID,EVENT_TYPE,TIMESTAMP", *rows]), "taken")
    enroll, install = read(personalize, "models")["actions"]
    assert enroll == {"group": "group", "action": "enroll", "value": 5, "TAKEN": 2, "NOT_TAKEN": 1, "VIEWED": 1}
    assert (install["action"], install["TAKEN"]) == ("install", 0)


def test_given_a_recommender_that_failed_then_models_say_why(personalize: InProcessPersonalize) -> None:
    group = personalize.call("CreateDatasetGroup", name="shop", domain="ECOMMERCE")["datasetGroupArn"]
    personalize.create_dataset("Interactions", INTERACTIONS, group, domain="ECOMMERCE")
    recipe = "arn:aws:personalize:::recipe/aws-ecomm-recommended-for-you"
    personalize.call("CreateRecommender", name="for-you", datasetGroupArn=group, recipeArn=recipe)
    personalize.wait_idle()
    (recommender,) = read(personalize, "models")["recommenders"]
    assert (recommender["name"], recommender["recipe"]) == ("for-you", "aws-ecomm-recommended-for-you")
    assert recommender["status"] == "CREATE FAILED"
    assert "1000 interactions" in recommender["failureReason"]
