"""The page tells of the operations that the code has."""

from pathlib import Path

from local_aws.personalize.operations_table import updated

_README = Path(__file__).parents[3] / "README.md"


def test_given_the_readme_when_the_table_is_generated_then_it_is_current() -> None:
    page = _README.read_text()
    assert updated(page) == page, "run: python -m local_aws.personalize.operations_table --update local/README.md"
