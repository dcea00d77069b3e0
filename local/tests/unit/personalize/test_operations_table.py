"""The table of the operations in the README."""

from pathlib import Path

import pytest

from local_aws.personalize.operation_registry import OPERATIONS
from local_aws.personalize.operations_table import BEGIN, END, make_table, update_page
from local_aws.personalize.service_model import operations

_README = Path(__file__).parents[3] / "README.md"


def test_given_the_readme_when_the_table_is_generated_then_it_is_current() -> None:
    page = _README.read_text()
    assert update_page(page) == page, "run: python -m local_aws.personalize.operations_table --update local/README.md"


def test_given_the_service_model_when_the_table_is_made_then_every_operation_is_in_it() -> None:
    text = make_table()
    assert all(name in text for name in operations())
    assert set(OPERATIONS) <= set(operations())
    page = f"# Page\n{BEGIN}\nold\n{END}\nrest\n"
    assert update_page(page) == f"# Page\n{BEGIN}\n{text}{END}\nrest\n"
    with pytest.raises(ValueError, match="operations:begin"):
        update_page("# Page")
