"""make pets: one pet with its history, and lists."""

import boto3
import pytest

from animal_recommender.pets.pet import Pet
from animal_recommender.pets.pet_table import Origin
from animal_recommender.pets.pet_writer import PetWriter
from animal_recommender.validation import has_controls
from scripts.operate import pets
from scripts.operate.deployment import Deployment
from tests.unit.scripts.operate.conftest import publish

ANIMAL = {
    "animal_species_id": "2",
    "animal_primary_breed_id": "Beagle",
    "animal_size_id": "3",
    "animal_age_id": "2",
}


def create_pets_table() -> None:
    boto3.client("dynamodb").create_table(
        TableName="pets",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
    )
    publish({"pets-table": "pets", "pets-bucket": "pets-bucket", "age-limits": "[1, 3, 7, 10]"})


@pytest.fixture
def catalogue(deployment: Deployment, monkeypatch: pytest.MonkeyPatch) -> Deployment:
    create_pets_table()
    writer = PetWriter(boto3.client("dynamodb"), "pets")
    for number, (status, shelter) in enumerate([("available", "north"), ("adopted", "north"), ("available", "south")]):
        at = f"2026-11-2{number}T12:00:00.000000Z"
        one = Pet(f"A-{number}", ANIMAL, status, at, shelter=shelter, name=f"Pet [{number}]", fields={"sex": "f"})
        writer.write(one, None, Origin("asm3", "feed"))
    stored = writer.read(["A-0"])["A-0"]
    writer.write(stored.pet._replace(status="pending", updated_at="2026-11-26T12:00:00.000000Z"), stored)
    monkeypatch.setattr(pets, "connect", lambda environment: deployment)
    return deployment


def run(*arguments: str) -> int:
    return pets.main(["--environment", "test", *arguments])


@pytest.mark.usefixtures("catalogue")
def test_given_an_id_then_the_pet_is_shown_with_the_history_of_its_status(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--id=A-0") == 0
    shown = capsys.readouterr().out
    for text in ("Pet [0]", "2-Beagle-3-2", "north", "asm3", "sex", "2026-11-20T12", "2026-11-26T12"):
        assert text in shown
    assert shown.index("available") < shown.rindex("pending")


@pytest.mark.usefixtures("catalogue")
@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], ["A-2"]),
        (["--status=all"], ["A-0", "A-1", "A-2"]),
        (["--status=all", "--shelter=north"], ["A-0", "A-1"]),
        (["--status=adopted"], ["A-1"]),
        (["--status=all", "--group=2-Beagle-3-2", "--limit=2"], ["A-0", "A-1", "There are more"]),
        (["--group=1-Siamese-1-1"], []),
    ],
)
def test_given_conditions_then_the_pets_that_meet_them_are_listed(
    capsys: pytest.CaptureFixture[str], arguments: list[str], expected: list[str]
) -> None:
    assert run(*arguments) == 0
    shown = capsys.readouterr().out
    assert [text for text in ("A-0", "A-1", "A-2", "There are more") if text in shown] == expected


def test_given_stored_data_with_control_characters_then_they_are_shown_as_escapes(
    catalogue: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    evil = "x\x1b[2J\ny\u202e\x07"
    one = Pet("E", ANIMAL, "pending", "2026-11-26T12:00:00.000000Z", name=evil)
    one = one._replace(shelter=evil, photo=evil, fields={"note": evil})
    PetWriter(boto3.client("dynamodb"), "pets").write(one, None)
    for arguments in (["--id=E"], ["--status=pending"], ["--id=E\x1b[2J"]):
        run(*arguments)
        shown = "".join(capsys.readouterr())
        assert "x1b[2J" in shown
        assert not has_controls(shown.replace("\n", ""))


@pytest.mark.usefixtures("catalogue")
def test_given_an_unknown_id_then_it_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--id", "A-9") == 1
    assert "no pet 'A-9'" in capsys.readouterr().err


@pytest.mark.parametrize("limit", ["0", "-1", "x"])
def test_given_a_limit_that_is_none_then_it_says_so(limit: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run(f"--limit={limit}")
    assert "must be an integer of at least 1" in capsys.readouterr().err


def test_given_statuses_then_the_options_are_the_same() -> None:
    with pytest.raises(SystemExit):
        run("--status=sold")
