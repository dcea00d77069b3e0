"""Automatic training."""

import time

from local_aws.personalize import PersonalizeSettings, create_app
from local_aws.personalize.data import StreamedEvent
from local_aws.testing.in_process import INTERACTIONS, InProcessPersonalize, interactions_csv
from local_aws.testing.personalize_account import personalize_account

RECIPE = "arn:aws:personalize:::recipe/aws-user-personalization"


def test_given_automatic_training_when_on_by_default_then_it_trains_until_it_is_switched_off() -> None:
    from local_aws.testing.in_process import FakeS3

    s3 = FakeS3()
    app = create_app(
        settings=PersonalizeSettings(step_seconds=0, day_seconds=2.4, training_process=False), s3=lambda role, job: s3
    )
    personalize = InProcessPersonalize(app, s3)
    personalize.arns["group"] = personalize.call("CreateDatasetGroup", name="group")["datasetGroupArn"]
    personalize.create_dataset("Interactions", INTERACTIONS)
    personalize.import_csv("Interactions", interactions_csv())
    solution = personalize.call(
        "CreateSolution", name="auto", datasetGroupArn=personalize.arns["group"], recipeArn=RECIPE
    )
    described = personalize.call("DescribeSolution", solutionArn=solution["solutionArn"])["solution"]
    assert described["performAutoTraining"] is True
    assert described["solutionConfig"]["autoTrainingConfig"]["schedulingExpression"] == "rate(7 days)"
    off = personalize.call("CreateSolution", name="off", datasetGroupArn=personalize.arns["group"], recipeArn=RECIPE)[
        "solutionArn"
    ]
    personalize.call("UpdateSolution", solutionArn=off, performAutoTraining=False)
    deadline = time.monotonic() + 5
    while (
        not (versions := personalize.call("ListSolutionVersions")["solutionVersions"]) and time.monotonic() < deadline
    ):
        time.sleep(0.02)
    assert [version["trainingType"] for version in versions] == ["AUTOMATIC"]
    assert versions[0]["solutionVersionArn"].split("/")[1] == "auto"
    update = personalize.call("DescribeSolution", solutionArn=off)["solution"]["latestSolutionUpdate"]
    assert (update["status"], update["performAutoTraining"]) == ("ACTIVE", False)
    app.close()


def test_given_only_interactions_with_actions_then_they_count_as_new_data() -> None:
    with personalize_account() as account:
        data = account.app.service().data(account.group_arn)
        data.interactions.clear()
        recipe = "arn:aws:personalize:::recipe/aws-next-best-action"
        account.client().create_solution(name="actions", datasetGroupArn=account.group_arn, recipeArn=recipe)
        account.clock.sleep(3700)
        assert account.client().list_solution_versions()["solutionVersions"] == []
        data.action_interactions.record(StreamedEvent("u", "s", "1", account.clock(), "TAKEN", "enroll"))
        account.clock.sleep(8 * 86_400)
        (version,) = account.client().list_solution_versions()["solutionVersions"]
        assert (version["status"], version["trainingType"]) == ("ACTIVE", "AUTOMATIC")
