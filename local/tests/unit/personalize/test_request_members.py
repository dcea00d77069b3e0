"""No member of a request is accepted and then ignored: `local_aws.testing.request_members` says what each does."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.model import ListShape, Shape, StructureShape

from local_aws.personalize.errors import ServiceError
from local_aws.personalize.service_model import input_shape, operations, output_shape
from local_aws.testing.in_process import ROLE, InProcessPersonalize
from local_aws.testing.request_members import DESCRIBED, EFFECTS, Refused

_CHANGING = [name for name in operations() if name.startswith(("Create", "Update"))]
_TESTS = Path(__file__).parents[1]
_REFUSED = [
    (operation, member, effect)
    for operation, effects in EFFECTS.items()
    for member, effect in effects.items()
    if isinstance(effect, Refused)
]


def members(shape: Shape, path: str = "") -> Iterator[str]:
    """Yield the path of each member that is no structure."""
    if isinstance(shape, StructureShape):
        for name, member in shape.members.items():
            yield from members(member, f"{path}.{name}" if path else name)
    elif isinstance(shape, ListShape) and isinstance(shape.member, StructureShape):
        yield from members(shape.member, f"{path}[]")
    else:
        yield path


@pytest.mark.parametrize("operation", _CHANGING)
def test_given_a_request_that_changes_something_then_it_is_known_what_each_member_does(operation: str) -> None:
    assert set(EFFECTS[operation]) == set(members(input_shape(operation)))


def test_given_a_member_with_an_effect_then_its_test_exists() -> None:
    texts = (path.read_text() for path in _TESTS.rglob("test_*.py"))
    found = {name for text in texts for name in re.findall(r"^def (test_\w+)", text, re.MULTILINE)}
    named = {effect for effects in EFFECTS.values() for effect in effects.values() if isinstance(effect, str)}
    assert named - found - {DESCRIBED} == set()


def _described() -> Iterator[tuple[str, str]]:
    for operation, effects in EFFECTS.items():
        for member, effect in effects.items():
            if effect == DESCRIBED:
                yield operation, member


@pytest.mark.parametrize(("operation", "member"), _described())
def test_given_a_member_that_describes_a_resource_then_describe_returns_it(operation: str, member: str) -> None:
    noun = operation.removeprefix("Create").removeprefix("Update")
    shape: Any = output_shape(f"Describe{noun}")
    described = next(iter(shape.members.values()))
    assert member in set(members(described))


@pytest.mark.parametrize(("operation", "member", "refused"), _REFUSED, ids=lambda value: str(value)[:60])
def test_given_a_member_without_an_effect_when_sent_then_the_error_names_it(
    with_campaign: InProcessPersonalize, operation: str, member: str, refused: Refused
) -> None:
    usual: dict[str, dict[str, Any]] = {
        "CreateSolution": {
            "name": "s",
            "datasetGroupArn": with_campaign.arns["group"],
            "recipeArn": f"arn:aws:personalize:::recipe/{refused.recipe}",
        },
        "CreateBatchInferenceJob": {
            "jobName": "j",
            "solutionVersionArn": with_campaign.arns["version"],
            "jobInput": {"s3DataSource": {"path": "s3://data/in.json"}},
            "jobOutput": {"s3DataDestination": {"path": "s3://data/out/"}},
            "roleArn": ROLE,
        },
    }
    with pytest.raises(ServiceError, match=refused.message) as error:
        with_campaign.call(operation, **usual[operation] | refused.members)
    assert any(part in error.value.message for part in member.split("."))
