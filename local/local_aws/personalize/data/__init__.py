"""The data of a dataset group: interactions, items and users, imported and streamed."""

from local_aws.personalize.data.dataset_group import DatasetGroupData
from local_aws.personalize.data.interactions import InteractionLog, StreamedEvent
from local_aws.personalize.data.records import RecordSet

__all__ = ["DatasetGroupData", "InteractionLog", "RecordSet", "StreamedEvent"]
