"""The comparison with baselines."""

from typing import NoReturn

import pytest

from local_aws.recommender import Interactions
from local_aws.recommender.baselines import Family
from local_aws.recommender.comparison import compare
from local_aws.recommender.evaluation_split import TIME_CUT


def test_given_a_baseline_that_does_not_fit_into_memory_then_it_is_left_out_by_name(
    interactions: Interactions, capsys: pytest.CaptureFixture[str]
) -> None:
    def train(*_: object) -> NoReturn:
        raise MemoryError("too many items")

    compare(interactions, None, TIME_CUT, {"EASE": Family([()], train)})
    printed = capsys.readouterr().out
    assert "EASE is left out: too many items" in printed
    assert "precision_at_25" in printed
