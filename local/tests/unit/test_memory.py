"""Models of services are read with less memory, and say the same."""

from collections import OrderedDict
from typing import Any

import pytest
from botocore.loaders import JSONFileLoader, Loader

from local_aws.memory import read_models_compactly


def without_documentation(model: Any) -> Any:
    match model:
        case dict():
            kept = {name: value for name, value in model.items() if name != "documentation" or isinstance(value, dict)}
            return {name: without_documentation(value) for name, value in kept.items()}
        case list():
            return [without_documentation(value) for value in model]
    return model


@pytest.fixture
def compactly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(JSONFileLoader, "_load_file", JSONFileLoader._load_file)  # type: ignore[attr-defined]
    read_models_compactly()


@pytest.fixture(params=["dynamodb", "kinesis", "s3"])
def original(request: pytest.FixtureRequest) -> tuple[str, Any]:
    return request.param, Loader().load_service_model(request.param, "service-2")


def test_given_a_model_then_only_its_documentation_is_left_out(original: tuple[str, Any], compactly: None) -> None:
    service, expected = original
    model = Loader().load_service_model(service, "service-2")
    assert without_documentation(model) == without_documentation(expected)
    assert not isinstance(model, OrderedDict)


def test_given_two_sessions_then_they_share_the_endpoints_but_no_model(compactly: None) -> None:
    one, other = Loader(), Loader()
    assert one.load_data("endpoints") is other.load_data("endpoints")
    assert one.load_service_model("kinesis", "service-2") is not other.load_service_model("kinesis", "service-2")


def test_given_no_file_then_nothing_is_read(compactly: None) -> None:
    assert JSONFileLoader().load_file("/nowhere/model") is None
