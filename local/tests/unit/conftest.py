"""A Personalize service in this process, and a ready-made stack to ask."""

from collections.abc import Iterator

import pytest

from local_aws.personalize import PersonalizeSettings, create_app
from local_aws.testing import fake_recommender
from local_aws.testing.in_process import INTERACTIONS, ITEMS, FakeS3, World, interactions_csv, items_csv


@pytest.fixture(name="fake_recommender")
def _fake_recommender() -> Iterator[None]:
    """A real training takes seconds; the integration tests have it."""
    with fake_recommender.installed():
        yield


@pytest.fixture
def world(fake_recommender: None) -> Iterator[World]:
    """An empty service, and a dataset group."""
    s3 = FakeS3()
    app = create_app(
        settings=PersonalizeSettings(step_seconds=0, item_update_seconds=0, training_process=False),
        s3=lambda role, job: s3,
    )
    made = World(app, s3)
    made.arns["group"] = made.call("CreateDatasetGroup", name="group")["datasetGroupArn"]
    yield made
    app.close()


@pytest.fixture
def stocked(world: World) -> World:
    """With interactions, items, a tracker and a solution that does not train by itself."""
    world.make("Interactions", INTERACTIONS)
    world.make("Items", ITEMS)
    world.load("Interactions", interactions_csv(), "interactions")
    world.load("Items", items_csv(), "items")
    tracker = world.call("CreateEventTracker", name="tracker", datasetGroupArn=world.arns["group"])
    world.arns |= {"tracker": tracker["eventTrackerArn"], "tracking": tracker["trackingId"]}
    world.arns["solution"] = world.call(
        "CreateSolution",
        name="solution",
        datasetGroupArn=world.arns["group"],
        recipeArn="arn:aws:personalize:::recipe/aws-user-personalization",
        performAutoTraining=False,
    )["solutionArn"]
    return world


@pytest.fixture
def serving(stocked: World) -> World:
    """With a trained version and its campaign."""
    stocked.arns["version"] = stocked.train(stocked.arns["solution"])["solutionVersionArn"]
    stocked.arns["campaign"] = stocked.call(
        "CreateCampaign", name="campaign", solutionVersionArn=stocked.arns["version"]
    )["campaignArn"]
    stocked.done()
    return stocked
