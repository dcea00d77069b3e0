"""The retraining on the deployed system: promoted, rejected, failed, and the mails about it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture
def mailbox(system: Any) -> Any:
    """A function that returns the messages that a queue, subscribed to the topic, has received so far."""
    sqs, topic = system.client("sqs"), system.outputs["topic_arn"]
    arn = f"{topic.rpartition(':')[0].replace(':sns:', ':sqs:')}:mailbox"
    allowed = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    url = sqs.create_queue(QueueName="mailbox", Attributes={"Policy": policy})["QueueUrl"]
    subscription = system.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)["SubscriptionArn"]
    messages: list[dict] = []

    def received() -> list[dict]:
        got = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=600).get("Messages", [])
        messages.extend(json.loads(message["Body"]) for message in got)
        return messages

    yield received
    system.client("sns").unsubscribe(SubscriptionArn=subscription)
    sqs.delete_queue(QueueUrl=url)


def of_models(mails: list[dict], models: dict) -> list[dict] | None:
    """Return the mails about the outcomes of these models once all have arrived."""
    found = [mail for mail in mails if "model" in mail.get("MessageAttributes", {})]
    return found if len(found) == len(models) else None


def run(system: Any, wait_for: Callable[..., Any], given: dict) -> dict[str, dict]:
    """Run one execution to its end; return the outcome of each model."""
    machine = system.client("stepfunctions")
    started = machine.start_execution(stateMachineArn=system.outputs["state_machine_arn"], input=json.dumps(given))

    def ended() -> dict | None:
        described = machine.describe_execution(executionArn=started["executionArn"])
        return described if described["status"] != "RUNNING" else None

    described = wait_for(ended, seconds=180)
    assert described["status"] == "SUCCEEDED", described
    return {model["name"]: model for model in json.loads(described["output"])["models"]}


def deployed(system: Any) -> dict[str, str]:
    """Return the solution version that each campaign serves."""
    personalize = system.client("personalize")
    return {
        model: personalize.describe_campaign(campaignArn=arn)["campaign"]["solutionVersionArn"]
        for model, arn in system.outputs["campaign_arns"].items()
    }


def alarm_state(system: Any, alarm: str) -> str:
    named = system.client("cloudwatch").describe_alarms(AlarmNames=[f"local-animal-recommender-{alarm}"])
    return named["MetricAlarms"][0]["StateValue"]


def test_models_that_pass_the_gate_are_promoted_and_mailed(system, wait_for, mailbox):
    # Given the versions that serve now
    before = deployed(system)
    # When a run with nothing special ends
    outcomes = run(system, wait_for, {})
    # Then both campaigns serve the new versions,
    assert {name: model["outcome"] for name, model in outcomes.items()} == dict.fromkeys(before, "promoted")
    compared = {rule["rule"]: rule for rule in outcomes["recommender"]["rules"]}["popularity"]
    assert 0 < compared["required"] <= compared["value"]
    assert all(model["standing"]["daysNotNewest"] == 0 for model in outcomes.values())
    now = deployed(system)
    assert now == {name: model["solutionVersionArn"] for name, model in outcomes.items()}
    assert not set(now.values()) & set(before.values())
    # and a mail for each says so.
    mails = wait_for(lambda: of_models(mailbox(), before))
    assert all("promoted" in mail["Subject"] for mail in mails)


def test_models_that_miss_the_threshold_are_rejected_and_the_campaigns_untouched(system, wait_for, mailbox):
    before = deployed(system)
    outcomes = run(system, wait_for, {"models": {name: {"threshold": 1} for name in before}})
    assert {name: model["outcome"] for name, model in outcomes.items()} == dict.fromkeys(before, "rejected")
    assert {name: model["standing"]["learnsNewAnimals"] for name, model in outcomes.items()} == {
        "recommender": False,
        "reranker": None,
        "similar": None,
        "trending": None,
    }
    assert deployed(system) == before
    mails = wait_for(lambda: of_models(mailbox(), before))
    assert all("rejected" in mail["Subject"] for mail in mails)


def test_a_training_that_fails_is_named_with_its_reason_and_the_other_model_goes_on(system, wait_for, mailbox):
    before = deployed(system)
    solution = system.outputs["solution_arns"]["recommender"].rsplit("/", 1)[1]
    system.faults({"failNextTraining": {solution: "Not enough memory for this training."}})
    outcomes = run(system, wait_for, {})
    assert outcomes["recommender"]["outcome"] == "failed"
    assert "Not enough memory for this training." in outcomes["recommender"]["failureReason"]
    assert outcomes["reranker"]["outcome"] == "promoted"
    assert deployed(system)["recommender"] == before["recommender"]
    mails = wait_for(lambda: of_models(mailbox(), before))
    (failure,) = [mail for mail in mails if "failed" in mail["Subject"]]
    assert "Not enough memory for this training." in failure["Message"]
    # and the alarm for it is on, of which the operator was told when it went off (another test's failure may have
    # been the first within the alarm's period).
    wait_for(lambda: alarm_state(system, "retraining-failed") == "ALARM")
    wait_for(lambda: system.alarm_mails("retraining-failed"))


@pytest.mark.parametrize("model", ["recommender", "reranker", "similar", "trending"])
def test_an_update_that_a_run_left_behind_is_undone_by_the_next_run(system, wait_for, model):
    # Given a run that is aborted while the campaign is updated
    machine, before = system.client("stepfunctions"), deployed(system)[model]
    campaign = system.outputs["campaign_arns"][model].rpartition("/")[2]
    system.faults({"holdCampaignUpdates": {campaign: True}})
    started = machine.start_execution(
        stateMachineArn=system.outputs["state_machine_arn"], input=json.dumps({"only": [model]})
    )["executionArn"]
    history = lambda: machine.get_execution_history(executionArn=started, maxResults=1000)["events"]  # noqa: E731
    entered = lambda: {event.get("stateEnteredEventDetails", {}).get("name") for event in history()}  # noqa: E731
    wait_for(lambda: "Wait for campaign" in entered(), seconds=180)
    machine.stop_execution(executionArn=started, cause="by hand")
    # When the campaign goes on to the new version, and the next run rejects another one
    system.faults({"holdCampaignUpdates": {campaign: False}})
    wait_for(lambda: deployed(system)[model] != before)
    outcomes = run(system, wait_for, {"only": [model], "models": {model: {"threshold": 1}}})
    # Then the verified version serves again
    assert (outcomes[model]["outcome"], outcomes[model]["repaired"]) == ("rejected", True)
    assert deployed(system)[model] == before
