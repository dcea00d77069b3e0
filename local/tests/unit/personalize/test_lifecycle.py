"""The order of deletion, names that exist, and quotas, across resource types."""

import threading

import pytest

from local_aws.personalize import PersonalizeSettings, Quotas, create_app
from local_aws.personalize.errors import (
    InvalidInputError,
    LimitExceededError,
    ResourceAlreadyExistsError,
    ResourceInUseError,
    ResourceNotFoundError,
)
from local_aws.testing.in_process import InProcessPersonalize

RECIPE = "arn:aws:personalize:::recipe/aws-user-personalization"


def test_given_dependents_when_deleted_in_the_wrong_order_then_it_is_rejected(
    with_campaign: InProcessPersonalize,
) -> None:
    requests = {
        "DeleteSolution": {"solutionArn": with_campaign.arns["solution"]},
        "DeleteDataset": {"datasetArn": with_campaign.arns["Interactions"]},
        "DeleteDatasetGroup": {"datasetGroupArn": with_campaign.arns["group"]},
        "DeleteSchema": {"schemaArn": with_campaign.arns["Items-schema"]},
    }
    for operation, request in requests.items():
        with pytest.raises(ResourceInUseError):
            with_campaign.call(operation, **request)
    with_campaign.call("DeleteCampaign", campaignArn=with_campaign.arns["campaign"])
    with_campaign.call("DeleteEventTracker", eventTrackerArn=with_campaign.arns["tracker"])
    with_campaign.call("DeleteSolution", solutionArn=with_campaign.arns["solution"])
    for dataset_type in ("Items", "Interactions"):
        with_campaign.call("DeleteDataset", datasetArn=with_campaign.arns[dataset_type])
        with_campaign.call("DeleteSchema", schemaArn=with_campaign.arns[f"{dataset_type}-schema"])
    with_campaign.call("DeleteDatasetGroup", datasetGroupArn=with_campaign.arns["group"])
    with pytest.raises(ResourceNotFoundError):
        with_campaign.call("DescribeSolutionVersion", solutionVersionArn=with_campaign.arns["version"])
    with pytest.raises(ResourceNotFoundError):
        with_campaign.recommend("u1")


def test_given_names_that_exist_when_created_again_then_it_is_rejected(with_data: InProcessPersonalize) -> None:
    group = {"datasetGroupArn": with_data.arns["group"]}
    with pytest.raises(ResourceAlreadyExistsError):
        with_data.call("CreateDatasetGroup", name="group")
    with pytest.raises(ResourceAlreadyExistsError, match="has the event tracker"):
        with_data.call("CreateEventTracker", name="another", **group)
    with pytest.raises(ResourceAlreadyExistsError, match="of type Items"):
        with_data.call(
            "CreateDataset", name="more", datasetType="items", schemaArn=with_data.arns["Items-schema"], **group
        )
    with pytest.raises(InvalidInputError, match="is for Items"):
        with_data.call(
            "CreateDataset", name="u", datasetType="Users", schemaArn=with_data.arns["Items-schema"], **group
        )


def test_given_full_quotas_when_one_more_is_created_then_the_limit_is_named(with_data: InProcessPersonalize) -> None:
    group = {"datasetGroupArn": with_data.arns["group"]}
    for number in range(9):
        with_data.call("CreateSolution", name=f"s{number}", recipeArn=RECIPE, performAutoTraining=False, **group)
    with pytest.raises(LimitExceededError, match="solutions"):
        with_data.call("CreateSolution", name="s10", recipeArn=RECIPE, **group)
    for number in range(10):
        with_data.call(
            "CreateFilter", name=f"f{number}", filterExpression="EXCLUDE ItemID WHERE Items.PRICE > 1", **group
        )
    with pytest.raises(LimitExceededError, match="filters"):
        with_data.call("CreateFilter", name="f10", filterExpression="EXCLUDE ItemID WHERE Items.PRICE > 1", **group)


def test_given_many_threads_when_they_create_then_each_name_is_taken_once() -> None:
    settings = PersonalizeSettings(step_seconds=0, quotas=Quotas(dataset_groups=40))
    app = create_app(settings=settings, s3=lambda role, job: None)
    outcomes: list[str] = []

    def create() -> None:
        for number in range(50):
            try:
                app.call("CreateDatasetGroup", {"name": f"g{number}"})
                outcomes.append("created")
            except (ResourceAlreadyExistsError, LimitExceededError) as error:
                outcomes.append(error.code)

    threads = [threading.Thread(target=create) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("created") == 40
    assert len(outcomes) == 400
    app.close()
