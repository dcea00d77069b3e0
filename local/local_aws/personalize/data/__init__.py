"""The data of a dataset group: interactions, items and users, imported and streamed."""

from local_aws.personalize.data.group import GroupData
from local_aws.personalize.data.interactions import InteractionLog, StreamedEvent
from local_aws.personalize.data.records import RecordSet

__all__ = ["GroupData", "InteractionLog", "RecordSet", "StreamedEvent"]
