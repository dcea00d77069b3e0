import pytest

from animal_recommender.experiments.verdict import judge
from animal_recommender.experiments.words import describe
from tests.support.experiment_counts import counts, day, experiment


@pytest.mark.parametrize(
    ("arm", "words"),
    [
        ((1000, 40), "model is better than popular (known since 2026-11-"),
        ((1000, 10), "model is worse than popular (known since 2026-11-"),
        ((1000, 20), "model and popular do not differ by the 20% that was hoped for (known since 2026-1"),
    ],
)
def test_given_a_conclusion_when_described_then_it_is_a_sentence_with_its_day(arm: tuple[int, int], words: str) -> None:
    sentences = describe(judge(experiment(), counts({"model": arm, "popular": (1000, 20)}, 60), day(59)))
    assert sentences[0].startswith(words)
    assert "percentage points" in sentences[1]


def test_given_not_enough_data_when_described_then_the_missing_visitors_are_named() -> None:
    sentences = describe(judge(experiment(), counts({"model": (100, 3), "popular": (100, 2)}, 3), day(2)))
    assert sentences[0].startswith("Not enough data yet to tell model from popular. About ")
    nothing = describe(judge(experiment(), counts({"model": (100, 0), "popular": (100, 0)}, 1), day(0)))
    assert "after the first outcome" in nothing[0]


def test_given_more_visitors_than_needed_without_a_difference_when_described_then_it_is_likely_smaller() -> None:
    sentences = describe(judge(experiment(), counts({"model": (1000, 22), "popular": (1000, 20)}, 40), day(39)))
    assert "likely smaller" in sentences[0]


def test_given_broken_figures_when_described_then_why_comes_first_and_no_difference_is_told() -> None:
    sentences = describe(judge(experiment(), counts({"model": (900, 40), "popular": (1000, 20)}, 30), day(29)))
    assert sentences[0] == "Nothing can be concluded: the figures are broken."
    assert not any("better" in sentence for sentence in sentences)


def test_given_a_doubt_when_described_then_it_comes_last() -> None:
    some = counts({"model": (1000, 40), "popular": (1000, 20)}, 30, lost=1500)
    assert "could not be recorded" in describe(judge(experiment(), some, day(29)))[-1]
