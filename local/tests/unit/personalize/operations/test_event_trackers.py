"""Event trackers, and the dataset that the service makes with them."""

import pytest

from local_aws.personalize import PersonalizeApp, PersonalizeSettings, create_app
from local_aws.personalize.errors import ResourceInUseError
from local_aws.testing.in_process import INTERACTIONS
from local_aws.testing.personalize_account import personalize_account


def make_tracker(*, event_interactions_dataset: bool) -> tuple[PersonalizeApp, str, str]:
    """Return a service, and the ARNs of a dataset group in it and of its event tracker."""
    settings = PersonalizeSettings(step_seconds=0, event_interactions_dataset=event_interactions_dataset)
    app = create_app(settings=settings, s3=lambda role, job: None)
    group = app.call("CreateDatasetGroup", {"name": "g"})["datasetGroupArn"]
    schema = app.call("CreateSchema", {"name": "s", "schema": INTERACTIONS})["schemaArn"]
    dataset = {"name": "d", "schemaArn": schema, "datasetGroupArn": group, "datasetType": "INTERACTIONS"}
    app.call("CreateDataset", dataset)
    tracker = app.call("CreateEventTracker", {"name": "t", "datasetGroupArn": group})["eventTrackerArn"]
    return app, group, tracker


@pytest.mark.parametrize(("setting", "number"), [(False, 1), (True, 2)])
def test_given_the_setting_when_a_tracker_is_made_then_the_group_has_a_hidden_dataset(
    setting: bool, number: int
) -> None:
    app, group, _ = make_tracker(event_interactions_dataset=setting)
    assert len(app.call("ListDatasets", {"datasetGroupArn": group})["datasets"]) == number
    app.close()


def test_given_a_hidden_dataset_when_all_else_is_deleted_then_the_group_cannot_be_deleted_before_it() -> None:
    app, group, tracker = make_tracker(event_interactions_dataset=True)
    app.call("DeleteEventTracker", {"eventTrackerArn": tracker})
    interactions, hidden = (f"{group.replace(':dataset-group/', ':dataset/')}/{kind}" for kind in KINDS)
    app.call("DeleteDataset", {"datasetArn": interactions})
    with pytest.raises(ResourceInUseError, match="EVENT_INTERACTIONS; delete that first"):
        app.call("DeleteDatasetGroup", {"datasetGroupArn": group})
    app.call("DeleteDataset", {"datasetArn": hidden})
    app.call("DeleteDatasetGroup", {"datasetGroupArn": group})
    app.close()


KINDS = ("INTERACTIONS", "EVENT_INTERACTIONS")


def test_given_a_tracker_that_is_being_created_or_deleted_then_events_are_taken_or_refused() -> None:
    with personalize_account() as account:
        tracker = account.client().create_event_tracker(name="t", datasetGroupArn=account.group_arn)
        event = {"eventType": "view", "itemId": "i1", "sentAt": 1_700_000_000}
        request = {"trackingId": tracker["trackingId"], "sessionId": "s", "eventList": [event]}
        events = account.client("personalize-events")
        events.put_events(**request)
        account.clock.sleep(10)
        account.client().delete_event_tracker(eventTrackerArn=tracker["eventTrackerArn"])
        with pytest.raises(events.exceptions.InvalidInputException, match=r"not valid|not ACTIVE"):
            events.put_events(**request)
