"""What services share, and the order in which they start and stop."""

import subprocess
import sys
from pathlib import Path

import pytest

from local_aws import registry
from local_aws.http.idempotency import IdempotentResponses
from local_aws.server import Application
from local_aws.service import Context, RunningService, Service
from local_aws.settings import ServerSettings


class Part:
    def __init__(self, name: str, closed: list[str]) -> None:
        self.name, self._closed = name, closed

    def close(self) -> None:
        self._closed.append(self.name)


def test_a_part_is_found_by_its_class_once_it_is_provided(tmp_path: Path) -> None:
    context, part = Context(ServerSettings(data_dir=tmp_path), "http://127.0.0.1:1"), Part("a", [])
    with pytest.raises(LookupError, match="no service provides Part yet"):
        context.require(Part)
    context.provide(part)
    assert context.require(Part) is part
    with pytest.raises(LookupError, match="IdempotentResponses"):
        context.require(IdempotentResponses)


def test_services_close_in_reverse_and_their_parts_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[str] = []

    def service(name: str, *parts: str) -> Service:
        return Service(name, lambda context: RunningService(parts=tuple(Part(part, closed) for part in parts)))

    monkeypatch.setattr(registry, "services", lambda: (service("one", "a", "b"), service("two", "c")))
    Application(ServerSettings(data_dir=tmp_path), "http://127.0.0.1:1").close()
    assert closed == ["c", "a", "b"]


def test_every_folder_with_a_definition_is_registered() -> None:
    package = Path(registry.__file__).parent
    folders = {path.parent.name for path in package.glob("*/definition.py")}
    assert {service.name for service in registry.services()} == folders


def test_what_takes_long_to_load_is_not_loaded_at_the_start() -> None:
    code = "import sys; from local_aws import registry, server; registry.correct_moto(); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "moto.kinesis.models" in loaded
    assert not {"duckdb", "sqlglot", "moto.stepfunctions.parser.models"} & set(loaded)
