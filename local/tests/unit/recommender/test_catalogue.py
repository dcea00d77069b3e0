"""The encoding of metadata columns."""

from local_aws.recommender.catalogue import MetadataColumn


def test_given_a_column_then_categories_lists_and_numbers_are_encoded() -> None:
    column = MetadataColumn.fit("genre", ["a|b", "a", "b", "only once", None])
    assert column.labels == ("a", "b")
    assert column.encode(["a|b", "c", None]).toarray().tolist() == [[0.5, 0.5], [0, 0], [0, 0]]
    prices = MetadataColumn.fit("price", [float(n) for n in range(100)])
    assert len(prices.labels) == 8
    assert prices.encode([-5.0]).toarray().argmax() == 0
