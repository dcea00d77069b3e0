"""The encoding of metadata columns."""

import numpy as np
from scipy import sparse

from local_aws.recommender import Items
from local_aws.recommender.catalogue import MetadataColumn, build, describe, select_informative_columns

NAMES = list("abcdef")
GENRES = ["drama|war", "drama|war", "drama", "fun", "fun", "fun"]
COLOURS = ["red", "blue"] * 3
PAIRS = sparse.csr_matrix(np.ones((6, 6)) + 4 * np.equal.outer([0, 0, 1, 2, 2, 2], [0, 0, 1, 2, 2, 2]))
"""How many users share two items: those of one genre have more users in common."""


def test_given_a_column_then_categories_lists_and_numbers_are_encoded() -> None:
    column = MetadataColumn.fit("genre", ["a|b", "a", "b", "only once", None])
    assert column.labels == ("a", "b")
    assert column.encode(["a|b", "c", None]).toarray().tolist() == [[0.5, 0.5], [0, 0], [0, 0]]
    prices = MetadataColumn.fit("price", [float(n) for n in range(100)])
    assert len(prices.labels) == 8
    assert prices.encode([-5.0]).toarray().argmax() == 0


def test_given_items_with_several_categories_then_a_new_item_is_represented_by_those_with_the_same_ones() -> None:
    catalogue = build(NAMES, Items([*NAMES, "new"], {"GENRE": [*GENRES, "drama|war"]}), PAIRS)
    weights = catalogue.cold_item_neighbours.toarray()[0]
    assert weights[0] == weights[1] > weights[2] > 0
    assert not weights[3:].any()


def test_given_columns_then_those_that_tell_who_shares_users_are_informative() -> None:
    items = Items(NAMES, {"GENRE": GENRES, "COLOUR": COLOURS})
    assert list(select_informative_columns(NAMES, items, PAIRS).metadata) == ["GENRE"]


def test_given_other_ids_then_they_are_described_without_metadata() -> None:
    described = describe(Items(["a", "b"], {"GENRE": ["x", "y"]}, [1.0, None]), ["b", "new"])
    assert (described.item_ids, described.metadata) == (["b", "new"], {"GENRE": ["y", None]})
    assert np.isnan(described.creation_timestamps).all()
