"""Athena: named queries and workgroups."""

import json
from typing import Any

from moto.athena.models import WorkGroup
from moto.athena.responses import AthenaResponse

from local.moto_corrections.replacing import added

# UpdateWorkGroup names a few settings differently from CreateWorkGroup, or asks for their removal.
_REMOVALS = {
    "RemoveBytesScannedCutoffPerQuery": "BytesScannedCutoffPerQuery",
    "RemoveCustomerContentEncryptionConfiguration": "CustomerContentEncryptionConfiguration",
}


def apply() -> None:
    """Answer DeleteNamedQuery, UpdateNamedQuery and UpdateWorkGroup, and list the tags of an untagged workgroup.

    Cause: moto/athena/responses.py lacks the three actions, and takes "no tags" for "no such resource" (400).
    """

    @added(AthenaResponse)
    def delete_named_query(self: AthenaResponse) -> str:
        self.athena_backend.named_queries.pop(self._get_param("NamedQueryId"), None)
        return "{}"

    @added(AthenaResponse)
    def update_work_group(self: AthenaResponse) -> str:
        group = self.athena_backend.work_groups[self._get_param("WorkGroup")]
        group.description = self._get_param("Description") or group.description
        group.state = self._get_param("State") or group.state
        _update(group, self._get_param("ConfigurationUpdates") or {})
        return "{}"

    @added(AthenaResponse)
    def update_named_query(self: AthenaResponse) -> str:
        query = self.athena_backend.named_queries[self._get_param("NamedQueryId")]
        query.name, query.query_string = self._get_param("Name"), self._get_param("QueryString")
        query.description = self._get_param("Description")
        return json.dumps({})

    @added(AthenaResponse)
    def list_tags_for_resource(self: AthenaResponse) -> str:
        return json.dumps(self.athena_backend.list_tags_for_resource(self._get_param("ResourceARN")) or {"Tags": []})


def _update(group: WorkGroup, updates: dict[str, Any]) -> None:
    settings = group.configuration
    for key, value in updates.items():
        if key == "ResultConfigurationUpdates":
            results = settings.setdefault("ResultConfiguration", {})
            results.update({name: item for name, item in value.items() if not name.startswith("Remove")})
            for name in (name for name in value if name.startswith("Remove") and value[name]):
                results.pop(name.removeprefix("Remove"), None)
        elif key in _REMOVALS:
            if value:
                settings.pop(_REMOVALS[key], None)
        else:
            settings[key] = value
