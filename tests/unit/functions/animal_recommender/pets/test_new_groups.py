"""Groups that events name before the catalogue does."""

from typing import Any

from animal_recommender.pets.new_groups import NewGroups
from animal_recommender.pets.pet_table import GROUPS


class Table:
    """The groups of a table, with the number of reads and of writes."""

    def __init__(self, *groups: str) -> None:
        self.groups = set(groups)
        self.reads = self.writes = 0

    def batch_get_item(self, RequestItems: Any) -> dict[str, Any]:  # noqa: N803
        self.reads += 1
        keys = RequestItems["pets"]["Keys"]
        assert {key["pk"]["S"] for key in keys} == {GROUPS}
        return {"Responses": {"pets": [{"sk": key["sk"]} for key in keys if key["sk"]["S"] in self.groups]}}

    def put_item(self, **request: Any) -> None:
        self.writes += 1
        self.groups.add(request["Item"]["sk"]["S"])


def test_given_several_new_groups_when_noted_then_the_table_is_read_once_and_only_they_are_written() -> None:
    table, published = Table("2-Pug-1-1"), []
    groups = NewGroups(table, "pets", lambda: published.append(True))  # type: ignore[arg-type]

    groups.note({"2-Pug-1-1": 1.0, "2-Beagle-3-2": 2.0, "3-Dwarf-1-1": 3.0})
    groups.note({"2-Beagle-3-2": 4.0})

    assert (table.reads, table.writes, published) == (1, 2, [True])
    assert table.groups == {"2-Pug-1-1", "2-Beagle-3-2", "3-Dwarf-1-1"}
