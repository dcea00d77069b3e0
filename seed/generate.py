"""Write the example data, the same bytes each time: `python -m seed.generate [DIRECTORY]`."""

import argparse
import csv
import json
import random
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from seed.catalogue import CAT, Group, groups
from seed.pets import feed
from seed.pictures import pictures
from seed.visits import END, Interaction, Shop, interactions

HERE = Path(__file__).resolve().parent
ADOPTERS = 1_400
SESSIONS = 500
FIRST_ADOPTER = 12_345  # the visitor of the README's examples
CAT_PERSON = "3578196281679609099"  # the README's example answer for this visitor is cats


def columns(dataset: str) -> list[str]:
    """Return the column names of `interactions` or `items`, in the schema's order."""
    schema = json.loads((HERE / "schemas" / f"{dataset}.json").read_text(encoding="utf-8"))
    return [field["name"] for field in schema["fields"]]


def generate() -> tuple[list[Group], list[Interaction]]:
    """Return the whole catalogue, and all interactions by time."""
    catalogue = groups(random.Random("catalogue"), END)
    adopters: dict[str, int | None] = {str(FIRST_ADOPTER + number): None for number in range(ADOPTERS)}
    adopters |= {str(FIRST_ADOPTER): CAT, CAT_PERSON: CAT}
    sessions = [f"sessionId{number}" for number in random.Random("sessions").sample(range(10**6, 10**7), SESSIONS)]
    return catalogue, interactions(Shop(catalogue), adopters, sessions)


def write(directory: Path) -> None:
    """Write `items.csv`, `interactions.csv`, `pets.jsonl` and `pictures/` into `directory`.

    The CSV files have the schemas' headers and line feeds as line ends.
    """
    catalogue, rows = generate()
    items = ((g.item_id, g.breed.species, g.breed.name, g.size, g.age, g.created) for g in catalogue)
    _write_csv(directory / "items.csv", columns("items"), items)
    events = ((row.user_id, row.item_id, row.timestamp, row.event_type) for row in rows)
    _write_csv(directory / "interactions.csv", columns("interactions"), events)
    _write(directory / "pets.jsonl", feed(datetime.fromtimestamp(END, UTC)))
    for name, picture in pictures():
        _write(directory / "pictures" / name, picture)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text.encode())


def _write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", nargs="?", type=Path, default=HERE, help="where to write (default: seed/)")
    write(parser.parse_args().directory)


if __name__ == "__main__":
    main()
