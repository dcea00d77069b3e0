"""A Personalize service in this process, in three states."""

from collections.abc import Iterator

import pytest

from local_aws.personalize import PersonalizeSettings, create_app
from local_aws.testing import fake_recommender
from local_aws.testing.in_process import (
    INTERACTIONS,
    ITEMS,
    FakeS3,
    InProcessPersonalize,
    interactions_csv,
    items_csv,
)


@pytest.fixture(name="fake_recommender")
def _fake_recommender() -> Iterator[None]:
    """Replace the recommender, because a real training takes seconds. The integration tests have real trainings."""
    with fake_recommender.installed():
        yield


@pytest.fixture
def personalize(fake_recommender: None) -> Iterator[InProcessPersonalize]:
    """A service with an empty dataset group."""
    s3 = FakeS3()
    app = create_app(
        settings=PersonalizeSettings(step_seconds=0, item_update_seconds=0, training_process=False),
        s3=lambda role, job: s3,
    )
    personalize = InProcessPersonalize(app, s3)
    personalize.arns["group"] = personalize.call("CreateDatasetGroup", name="group")["datasetGroupArn"]
    yield personalize
    app.close()


@pytest.fixture
def with_data(personalize: InProcessPersonalize) -> InProcessPersonalize:
    """A service with interactions, items, an event tracker, and a solution without automatic training."""
    personalize.create_dataset("Interactions", INTERACTIONS)
    personalize.create_dataset("Items", ITEMS)
    personalize.import_csv("Interactions", interactions_csv(), "interactions")
    personalize.import_csv("Items", items_csv(), "items")
    group = {"datasetGroupArn": personalize.arns["group"]}
    tracker = personalize.call("CreateEventTracker", name="tracker", **group)
    personalize.arns |= {"tracker": tracker["eventTrackerArn"], "tracking": tracker["trackingId"]}
    personalize.arns["solution"] = personalize.call(
        "CreateSolution",
        name="solution",
        recipeArn="arn:aws:personalize:::recipe/aws-user-personalization",
        performAutoTraining=False,
        **group,
    )["solutionArn"]
    return personalize


@pytest.fixture
def with_campaign(with_data: InProcessPersonalize) -> InProcessPersonalize:
    """A service with data, a trained solution version and its campaign."""
    version = with_data.train(with_data.arns["solution"])["solutionVersionArn"]
    campaign = with_data.call("CreateCampaign", name="campaign", solutionVersionArn=version)["campaignArn"]
    with_data.arns |= {"version": version, "campaign": campaign}
    with_data.wait_idle()
    return with_data
