"""Statuses, updates, deletion order, quotas, stopping, and automatic training."""

import dataclasses
import threading
import time

import pytest
from botocore.exceptions import ClientError

from local_aws.personalize import PersonalizeSettings, Quotas, create_app
from local_aws.personalize.errors import (
    InvalidInputError,
    InvalidNextTokenError,
    LimitExceededError,
    NotSupportedError,
    ResourceAlreadyExistsError,
    ResourceInUseError,
    ResourceNotFoundError,
)
from local_aws.personalize.statuses import StatusTimeline
from local_aws.testing.in_process import INTERACTIONS, ITEMS, World, interactions_csv

RECIPE = "arn:aws:personalize:::recipe/aws-user-personalization"


def test_given_a_clock_when_it_moves_then_statuses_move_as_documented() -> None:
    now = [100.0]
    app = create_app(settings=PersonalizeSettings(step_seconds=10, clock=lambda: now[0]), s3=lambda role, job: None)
    arn = app.call("CreateDatasetGroup", {"name": "g"})["datasetGroupArn"]
    seen = []
    for _ in range(3):
        group = app.call("DescribeDatasetGroup", {"datasetGroupArn": arn})["datasetGroup"]
        seen.append((group["status"], group["lastUpdatedDateTime"]))
        now[0] += 10
    assert seen == [("CREATE PENDING", 100.0), ("CREATE IN_PROGRESS", 110.0), ("ACTIVE", 120.0)]
    app.call("DeleteDatasetGroup", {"datasetGroupArn": arn})
    with pytest.raises(ResourceInUseError):
        app.call("DeleteDatasetGroup", {"datasetGroupArn": arn})
    now[0] += 10
    assert app.call("ListDatasetGroups", {})["datasetGroups"][0]["status"] == "DELETE IN_PROGRESS"
    now[0] += 10
    assert app.call("ListDatasetGroups", {})["datasetGroups"] == []
    app.close()


def test_given_a_key_that_is_refused_when_a_group_is_made_then_it_fails_with_the_reason() -> None:
    asked = []

    def refuse(key: str, role: str, group: str, actions: tuple[str, ...]) -> None:
        asked.extend(actions)
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": f"{role} may not use {key}"}}, "CreateGrant")

    app = create_app(settings=PersonalizeSettings(step_seconds=0), s3=lambda role, job: None, use_key=refuse)
    names = {"kmsKeyArn": "arn:aws:kms:us-east-1:123456789012:key/k", "roleArn": "arn:aws:iam::123456789012:role/r"}
    arn = app.call("CreateDatasetGroup", {"name": "g"} | names)["datasetGroupArn"]
    assert app.service().wait_idle(10)
    group = app.call("DescribeDatasetGroup", {"datasetGroupArn": arn})["datasetGroup"]
    assert group["status"] == "CREATE FAILED"
    assert group["failureReason"] == f"{names['roleArn']} may not use {names['kmsKeyArn']}"
    assert "kms:CreateGrant" in asked
    app.close()


def test_given_a_timeline_when_it_is_changed_then_the_past_stays_and_the_future_goes() -> None:
    line = StatusTimeline.over(0, 10, "A", "B", "C").then(15, 5, "D", "E")
    assert [line.status(t) for t in (0, 9, 10, 14, 15, 20, 99)] == ["A", "A", "B", "B", "D", "E", "E"]


def test_given_dependents_when_deleted_in_the_wrong_order_then_it_is_refused(serving: World) -> None:
    refused = {
        "DeleteSolution": {"solutionArn": serving.arns["solution"]},
        "DeleteDataset": {"datasetArn": serving.arns["Interactions"]},
        "DeleteDatasetGroup": {"datasetGroupArn": serving.arns["group"]},
        "DeleteSchema": {"schemaArn": serving.arns["Items-schema"]},
    }
    for operation, request in refused.items():
        with pytest.raises(ResourceInUseError):
            serving.call(operation, **request)
    serving.call("DeleteCampaign", campaignArn=serving.arns["campaign"])
    serving.call("DeleteEventTracker", eventTrackerArn=serving.arns["tracker"])
    serving.call("DeleteSolution", solutionArn=serving.arns["solution"])
    for kind in ("Items", "Interactions"):
        serving.call("DeleteDataset", datasetArn=serving.arns[kind])
        serving.call("DeleteSchema", schemaArn=serving.arns[f"{kind}-schema"])
    serving.call("DeleteDatasetGroup", datasetGroupArn=serving.arns["group"])
    with pytest.raises(ResourceNotFoundError):
        serving.call("DescribeSolutionVersion", solutionVersionArn=serving.arns["version"])
    with pytest.raises(ResourceNotFoundError):
        serving.recommended("u1")


def test_given_names_taken_when_created_again_then_it_is_refused(stocked: World) -> None:
    group = {"datasetGroupArn": stocked.arns["group"]}
    with pytest.raises(ResourceAlreadyExistsError):
        stocked.call("CreateDatasetGroup", name="group")
    with pytest.raises(ResourceAlreadyExistsError, match="has the event tracker"):
        stocked.call("CreateEventTracker", name="another", **group)
    with pytest.raises(ResourceAlreadyExistsError, match="of type Items"):
        stocked.call("CreateDataset", name="more", datasetType="items", schemaArn=stocked.arns["Items-schema"], **group)
    with pytest.raises(InvalidInputError, match="is for Items"):
        stocked.call("CreateDataset", name="u", datasetType="Users", schemaArn=stocked.arns["Items-schema"], **group)


def test_given_full_quotas_when_one_more_is_created_then_the_limit_is_named(stocked: World) -> None:
    group = {"datasetGroupArn": stocked.arns["group"]}
    for number in range(9):
        stocked.call("CreateSolution", name=f"s{number}", recipeArn=RECIPE, performAutoTraining=False, **group)
    with pytest.raises(LimitExceededError, match="solutions"):
        stocked.call("CreateSolution", name="s10", recipeArn=RECIPE, **group)
    for number in range(10):
        stocked.call(
            "CreateFilter", name=f"f{number}", filterExpression="EXCLUDE ItemID WHERE Items.PRICE > 1", **group
        )
    with pytest.raises(LimitExceededError, match="filters"):
        stocked.call("CreateFilter", name="f10", filterExpression="EXCLUDE ItemID WHERE Items.PRICE > 1", **group)


def test_given_a_first_campaign_when_updated_then_the_old_version_serves_until_the_update_is_active(
    serving: World,
) -> None:
    arn = serving.arns["campaign"]
    assert "latestCampaignUpdate" not in serving.call("DescribeCampaign", campaignArn=arn)["campaign"]
    new = serving.train(serving.arns["solution"])["solutionVersionArn"]
    service = serving.app.service()
    service.settings = dataclasses.replace(service.settings, step_seconds=0.1)
    serving.call("UpdateCampaign", campaignArn=arn, solutionVersionArn=new)
    campaign = serving.call("DescribeCampaign", campaignArn=arn)["campaign"]
    assert (campaign["status"], campaign["solutionVersionArn"]) == ("ACTIVE", serving.arns["version"])
    assert campaign["latestCampaignUpdate"]["solutionVersionArn"] == new
    assert campaign["latestCampaignUpdate"]["status"] == "CREATE PENDING"
    assert service.deployments[arn].version_arn == serving.arns["version"]
    assert serving.recommended("u1")
    with pytest.raises(ResourceInUseError):
        serving.call("UpdateCampaign", campaignArn=arn, minProvisionedTPS=2)
    serving.done()
    campaign = serving.call("DescribeCampaign", campaignArn=arn)["campaign"]
    assert campaign["solutionVersionArn"] == campaign["latestCampaignUpdate"]["solutionVersionArn"] == new
    assert campaign["latestCampaignUpdate"]["status"] == "ACTIVE"


def test_given_another_solution_when_a_campaign_moves_to_it_then_the_first_may_go_and_its_exploration_went(
    serving: World,
) -> None:
    campaign, first = serving.arns["campaign"], serving.arns["solution"]
    second = serving.call(
        "CreateSolution",
        name="second",
        datasetGroupArn=serving.arns["group"],
        recipeArn="arn:aws:personalize:::recipe/aws-user-personalization-v2",
        performAutoTraining=False,
    )["solutionArn"]
    version = serving.train(second)["solutionVersionArn"]
    serving.call(
        *("UpdateCampaign",), campaignArn=campaign, solutionVersionArn=version, campaignConfig={}, minProvisionedTPS=1
    )
    serving.done()
    described = serving.call("DescribeCampaign", campaignArn=campaign)["campaign"]
    assert described["solutionVersionArn"] == version
    assert "itemExplorationConfig" not in described["campaignConfig"]
    assert serving.recommended("u1")
    with pytest.raises(ResourceInUseError):
        serving.call("DeleteSolution", solutionArn=second)
    serving.call("DeleteSolution", solutionArn=first)
    assert serving.recommended("u1")


def test_given_a_fault_when_a_campaign_is_updated_then_the_old_version_goes_on(serving: World) -> None:
    serving.app.faults.add({"failNextCampaignUpdate": {"campaign": "no capacity"}})
    new = serving.train(serving.arns["solution"])["solutionVersionArn"]
    serving.call("UpdateCampaign", campaignArn=serving.arns["campaign"], solutionVersionArn=new)
    serving.done()
    campaign = serving.call("DescribeCampaign", campaignArn=serving.arns["campaign"])["campaign"]
    assert campaign["latestCampaignUpdate"]["status"] == "CREATE FAILED"
    assert campaign["latestCampaignUpdate"]["failureReason"] == "no capacity"
    assert (campaign["status"], campaign["solutionVersionArn"]) == ("ACTIVE", serving.arns["version"])
    serving.call("UpdateCampaign", campaignArn=serving.arns["campaign"], solutionVersionArn=new)
    serving.done()
    assert serving.app.service().deployments[serving.arns["campaign"]].version_arn == new


def test_given_a_held_campaign_when_updated_then_the_update_ends_once_it_is_released(serving: World) -> None:
    described = lambda: serving.call("DescribeCampaign", campaignArn=serving.arns["campaign"])["campaign"]  # noqa: E731
    new = serving.train(serving.arns["solution"])["solutionVersionArn"]
    serving.app.faults.add({"holdCampaignUpdates": {"campaign": True}})
    serving.call("UpdateCampaign", campaignArn=serving.arns["campaign"], solutionVersionArn=new)
    assert not serving.app.service().wait_idle(0.3)
    assert described()["latestCampaignUpdate"]["status"] == "CREATE IN_PROGRESS"
    with pytest.raises(ValueError, match=r"holdCampaignUpdates\.campaign: expected true or false"):
        serving.app.faults.add({"holdCampaignUpdates": {"campaign": "no"}})
    serving.app.faults.add({"holdCampaignUpdates": {"campaign": False}})
    serving.done()
    assert described()["latestCampaignUpdate"]["status"] == "ACTIVE"


def test_given_a_held_training_when_stopped_then_it_ends_and_when_released_it_is_done(stocked: World) -> None:
    stocked.app.faults.add({"holdTrainings": {"solution": True}})
    versions = [
        stocked.call("CreateSolutionVersion", solutionArn=stocked.arns["solution"], name=name)["solutionVersionArn"]
        for name in ("stopped", "released")
    ]

    def status(version: str) -> str:
        return stocked.call("DescribeSolutionVersion", solutionVersionArn=version)["solutionVersion"]["status"]

    assert [status(version) for version in versions] == ["CREATE IN_PROGRESS"] * 2
    stocked.call("StopSolutionVersionCreation", solutionVersionArn=versions[0])
    stocked.app.faults.add({"holdTrainings": {"solution": False}})
    stocked.done()
    assert [status(version) for version in versions] == ["CREATE STOPPED", "ACTIVE"]


def test_given_a_campaign_that_follows_latest_when_a_version_is_trained_then_it_serves_that(serving: World) -> None:
    arn = serving.call(
        "CreateCampaign",
        name="follower",
        solutionVersionArn=serving.arns["solution"] + "/$LATEST",
        campaignConfig={"syncWithLatestSolutionVersion": True},
    )["campaignArn"]
    serving.done()
    new = serving.train(serving.arns["solution"])["solutionVersionArn"]
    serving.done()
    assert serving.app.service().deployments[arn].version_arn == new
    assert serving.app.service().deployments[serving.arns["campaign"]].version_arn == serving.arns["version"]
    with pytest.raises(InvalidInputError, match="LATEST"):
        serving.call("CreateCampaign", name="x", solutionVersionArn=serving.arns["solution"] + "/$LATEST")


def test_given_too_little_data_when_trained_then_it_fails_with_a_reason(world: World) -> None:
    world.make("Interactions", INTERACTIONS)
    world.load("Interactions", interactions_csv(users=10, each=150))
    solution = world.call(
        "CreateSolution", name="s", datasetGroupArn=world.arns["group"], recipeArn=RECIPE, performAutoTraining=False
    )["solutionArn"]
    version = world.train(solution)
    assert version["status"] == "CREATE FAILED"
    assert "25" in version["failureReason"]
    with pytest.raises(InvalidInputError, match="not ACTIVE"):
        world.call("GetSolutionMetrics", solutionVersionArn=version["solutionVersionArn"])
    with pytest.raises(InvalidInputError, match="not ACTIVE"):
        world.call("CreateCampaign", name="c", solutionVersionArn=version["solutionVersionArn"])


def test_given_an_event_type_when_trained_then_only_such_events_count(stocked: World) -> None:
    def solution(name: str, **config: object) -> str:
        group = stocked.arns["group"]
        return stocked.call(
            "CreateSolution", name=name, datasetGroupArn=group, recipeArn=RECIPE, performAutoTraining=False, **config
        )["solutionArn"]

    # 300 of the 1,200 events are applications: too few, while the views are not too few... by 100.
    applications = stocked.train(solution("applications", eventType="apply"))
    assert applications["status"] == "CREATE FAILED"
    both = {"eventParametersList": [{"eventType": "View"}, {"eventType": "apply", "weight": 1.0}]}
    weighted = stocked.train(solution("weighted", solutionConfig={"eventsConfig": both}))
    assert weighted["status"] == "ACTIVE"
    assert weighted["trainingHours"] > 0
    assert (weighted["trainingType"], weighted["trainingMode"]) == ("MANUAL", "FULL")


def test_given_a_training_under_way_when_stopped_then_it_ends_stopped(
    stocked: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, begun = threading.Event(), threading.Event()

    def slow(*_: object) -> dict[str, object]:
        begun.set()
        held.wait(10)
        return {"metrics": {}, "trainingHours": 1.0, "catalogueVersion": 0}

    monkeypatch.setattr("local_aws.personalize.solution_versions.train_version", slow)
    arn = stocked.call("CreateSolutionVersion", solutionArn=stocked.arns["solution"])["solutionVersionArn"]
    assert begun.wait(5)
    with pytest.raises(ResourceInUseError):
        stocked.call("GetSolutionMetrics", solutionVersionArn=arn)
    with pytest.raises(ResourceInUseError):
        stocked.call("DeleteSolution", solutionArn=stocked.arns["solution"])
    stocked.call("StopSolutionVersionCreation", solutionVersionArn=arn)
    held.set()
    stocked.done()
    version = stocked.call("DescribeSolutionVersion", solutionVersionArn=arn)["solutionVersion"]
    assert version["status"] == "CREATE STOPPED"
    assert "trainingHours" not in version
    with pytest.raises(InvalidInputError):
        stocked.call("StopSolutionVersionCreation", solutionVersionArn=arn)


def test_given_training_mode_update_when_allowed_then_it_keeps_the_model_and_its_metrics(serving: World) -> None:
    updated = serving.train(serving.arns["solution"], trainingMode="UPDATE")
    assert updated["status"] == "ACTIVE"
    metrics = [
        serving.call("GetSolutionMetrics", solutionVersionArn=arn)["metrics"]
        for arn in (serving.arns["version"], updated["solutionVersionArn"])
    ]
    assert metrics[0] == metrics[1]
    assert set(metrics[0]) >= {"coverage", "mean_reciprocal_rank_at_25", "precision_at_5"}
    with pytest.raises(InvalidInputError, match="AUTOTRAIN"):
        serving.train(serving.arns["solution"], trainingMode="AUTOTRAIN")


def test_given_automatic_training_when_on_by_default_then_it_trains_until_it_is_turned_off() -> None:
    from local_aws.testing.in_process import FakeS3

    s3 = FakeS3()
    app = create_app(
        settings=PersonalizeSettings(step_seconds=0, day_seconds=2.4, training_process=False), s3=lambda role, job: s3
    )
    world = World(app, s3)
    world.arns["group"] = world.call("CreateDatasetGroup", name="group")["datasetGroupArn"]
    world.make("Interactions", INTERACTIONS)
    world.load("Interactions", interactions_csv())
    solution = world.call("CreateSolution", name="auto", datasetGroupArn=world.arns["group"], recipeArn=RECIPE)
    described = world.call("DescribeSolution", solutionArn=solution["solutionArn"])["solution"]
    assert described["performAutoTraining"] is True
    assert described["solutionConfig"]["autoTrainingConfig"]["schedulingExpression"] == "rate(7 days)"
    off = world.call("CreateSolution", name="off", datasetGroupArn=world.arns["group"], recipeArn=RECIPE)["solutionArn"]
    world.call("UpdateSolution", solutionArn=off, performAutoTraining=False)
    deadline = time.monotonic() + 5
    while not (versions := world.call("ListSolutionVersions")["solutionVersions"]) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert [version["trainingType"] for version in versions] == ["AUTOMATIC"]
    assert versions[0]["solutionVersionArn"].split("/")[1] == "auto"
    update = world.call("DescribeSolution", solutionArn=off)["solution"]["latestSolutionUpdate"]
    assert (update["status"], update["performAutoTraining"]) == ("ACTIVE", False)
    app.close()


def test_given_recipes_and_settings_not_there_when_asked_for_then_the_error_names_them(stocked: World) -> None:
    group = stocked.arns["group"]

    def create(**request: object) -> None:
        stocked.call("CreateSolution", name="x", datasetGroupArn=group, **request)

    with pytest.raises(NotSupportedError, match="aws-similar-items"):
        create(recipeArn="arn:aws:personalize:::recipe/aws-similar-items")
    with pytest.raises(InvalidInputError, match="does not exist"):
        create(recipeArn="arn:aws:personalize:::recipe/aws-nothing")
    with pytest.raises(NotSupportedError, match="performHPO"):
        create(recipeArn=RECIPE, performHPO=True)
    with pytest.raises(InvalidInputError, match="bptt"):
        create(recipeArn=RECIPE, solutionConfig={"algorithmHyperParameters": {"bptt": "64"}})
    with pytest.raises(NotSupportedError, match="Domain"):
        stocked.call("CreateDatasetGroup", name="shop", domain="ECOMMERCE")
    with pytest.raises(NotSupportedError, match="StartRecommender"):
        stocked.call("StartRecommender", recommenderArn="arn:aws:personalize:us-east-1:123456789012:recommender/x")


def test_given_many_resources_when_listed_then_pages_follow_each_other(world: World) -> None:
    for number in range(7):
        world.call("CreateSchema", name=f"schema-{number}", schema=ITEMS)
    names, token = [], None
    while True:
        page = world.call("ListSchemas", maxResults=3, **({"nextToken": token} if token else {}))
        names += [held["name"] for held in page["schemas"]]
        if not (token := page.get("nextToken")):
            break
    assert names == [f"schema-{number}" for number in range(7)]
    first = world.call("ListSchemas", maxResults=3)["nextToken"]
    for wrong in (first[:-2], "????"):
        with pytest.raises(InvalidNextTokenError):
            world.call("ListSchemas", nextToken=wrong)
    with pytest.raises(InvalidNextTokenError):
        world.call("ListDatasetGroups", nextToken=first)


def test_given_many_threads_when_they_create_then_each_name_is_taken_once() -> None:
    settings = PersonalizeSettings(step_seconds=0, quotas=Quotas(dataset_groups=40))
    app = create_app(settings=settings, s3=lambda role, job: None)
    outcomes: list[str] = []

    def create() -> None:
        for number in range(50):
            try:
                app.call("CreateDatasetGroup", {"name": f"g{number}"})
                outcomes.append("created")
            except (ResourceAlreadyExistsError, LimitExceededError) as refused:
                outcomes.append(refused.code)

    threads = [threading.Thread(target=create) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("created") == 40
    assert len(outcomes) == 400
    app.close()
