"""The documents that set faults."""

import json
from typing import Any

import pytest
from werkzeug import Request, Response
from werkzeug.test import EnvironBuilder

from local_aws.faults import Faults


def send_faults(faults: Faults, method: str, body: Any = None) -> Response:
    data = None if body is None else json.dumps(body)
    return faults.handle(Request(EnvironBuilder(path="/_local/faults", method=method, data=data).get_environ()))


@pytest.mark.parametrize(
    "document",
    [
        [],
        {"what": {}},
        {"operations": []},
        {"operations": {"A": {"rate": 1}}},
        {"operations": {"A": {"errorRate": "x"}}},
    ],
)
def test_given_an_invalid_fault_document_when_set_then_it_is_rejected_and_nothing_changes(document: Any) -> None:
    faults = Faults()
    faults.add({"failNextTraining": {"*": "kept"}})
    assert send_faults(faults, "PUT", document).status_code == 400
    assert faults.document()["failNextTraining"] == {"*": "kept"}


def test_given_a_document_that_is_nested_too_deeply_when_set_then_it_is_rejected() -> None:
    for method in ("PUT", "POST"):
        environ = EnvironBuilder(path="/_local/faults", method=method, data="[" * 20_000).get_environ()
        assert Faults().handle(Request(environ)).status_code == 400
