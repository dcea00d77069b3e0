"""The data of a dataset group: interactions, items and users, imported and streamed."""

from local.personalize.data.group import GroupData
from local.personalize.data.interactions import InteractionLog, StreamedEvent
from local.personalize.data.records import RecordSet

__all__ = ["GroupData", "InteractionLog", "RecordSet", "StreamedEvent"]
