"""Athena: named queries, workgroups, and query results."""

import json
from typing import Any

from moto.athena.models import AthenaBackend, WorkGroup
from moto.athena.responses import AthenaResponse

from local_aws.moto_patches.patching import correction, set_method, wrap_method

# UpdateWorkGroup names a few settings differently from CreateWorkGroup, or asks for their removal.
_REMOVALS = {
    "RemoveBytesScannedCutoffPerQuery": "BytesScannedCutoffPerQuery",
    "RemoveCustomerContentEncryptionConfiguration": "CustomerContentEncryptionConfiguration",
}


@correction
def update_queries_and_workgroups() -> None:
    """Answer DeleteNamedQuery, UpdateNamedQuery and UpdateWorkGroup, and list the tags of an untagged workgroup.

    Cause: moto/athena/responses.py lacks the three actions, and takes "no tags" for "no such resource" (400).
    """

    @set_method(AthenaResponse)
    def delete_named_query(self: AthenaResponse) -> str:
        self.athena_backend.named_queries.pop(self._get_param("NamedQueryId"), None)
        return "{}"

    @set_method(AthenaResponse)
    def update_work_group(self: AthenaResponse) -> str:
        group = self.athena_backend.work_groups[self._get_param("WorkGroup")]
        group.description = self._get_param("Description") or group.description
        group.state = self._get_param("State") or group.state
        _update(group, self._get_param("ConfigurationUpdates") or {})
        return "{}"

    @set_method(AthenaResponse)
    def update_named_query(self: AthenaResponse) -> str:
        query = self.athena_backend.named_queries[self._get_param("NamedQueryId")]
        query.name, query.query_string = self._get_param("Name"), self._get_param("QueryString")
        query.description = self._get_param("Description")
        return json.dumps({})

    @set_method(AthenaResponse)
    def list_tags_for_resource(self: AthenaResponse) -> str:
        return json.dumps(self.athena_backend.list_tags_for_resource(self._get_param("ResourceARN")) or {"Tags": []})


@correction
def run_queries() -> None:
    """Run a SELECT, keep its result and write it to the output location; a query that fails gives the reason.

    Cause: moto/athena/models.py runs no query and returns no rows.
    """

    @wrap_method(AthenaBackend, "start_query_execution")
    def start(original: Any, self: AthenaBackend, **request: Any) -> str:
        group = self.work_groups.get(request["workgroup"] or "primary")
        request["config"] = dict(request["config"] or _output(group))
        execution = self.executions[original(self, **request)]
        if _reads_rows(execution.query):
            # Imported here: it loads DuckDB and sqlglot, which most servers never need.
            from local_aws.athena import query_results

            query_results.run(self, execution)
        return execution.id

    @wrap_method(AthenaResponse, "get_query_execution")
    def get_query_execution(original: Any, self: AthenaResponse) -> str:
        document = json.loads(original(self))
        execution = self.athena_backend.executions[document["QueryExecution"]["QueryExecutionId"]]
        document["QueryExecution"]["Statistics"]["DataScannedInBytes"] = getattr(execution, "scanned", 0)
        if (reason := getattr(execution, "failure", None)) is not None:
            document["QueryExecution"]["Status"] |= {"State": "FAILED", "StateChangeReason": reason}
        return json.dumps(document)


def _output(group: WorkGroup | None) -> dict[str, Any]:
    return group.configuration.get("ResultConfiguration", {}) if group else {}


def _reads_rows(sql: str) -> bool:
    code = " ".join(line.partition("--")[0] for line in sql.splitlines())
    return code.split(maxsplit=1)[:1] in (["SELECT"], ["WITH"])


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
