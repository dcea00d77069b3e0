"""The inner validation: questions with known answers, put to knowledge that never saw the people asked."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from local_aws.recommender.blending import parts
from local_aws.recommender.conditional_logit import Choices
from local_aws.recommender.evaluation_split import HELD_OUT_EVENTS
from local_aws.recommender.features import Knowledge
from local_aws.recommender.sequences import Sequences
from local_aws.recommender.user_history import Past

BEST_OF_SIGNAL = 6
RECENT = 30
SAMPLED = 50


@dataclass(frozen=True)
class Ask:
    """Events `begin:middle` of a person are the history, `middle:end` the answers (rows of the sequences)."""

    begin: int
    middle: int
    end: int


def asks(sequences: Sequences, users: NDArray[np.int64], random: np.random.Generator) -> list[Ask]:
    """For each person the documented question, and one at an earlier moment, so that short histories are known too."""
    result = []
    for user in users:
        begin, end = int(sequences.starts[user]), int(sequences.starts[user + 1])
        if end - begin >= 2:
            result.append(_newest(begin, end))
        if end - begin >= 4:
            result.append(_newest(begin, begin + int(random.integers(2, end - begin))))
    return result


def _newest(begin: int, end: int) -> Ask:
    return Ask(begin, end - max(1, round(HELD_OUT_EVENTS * (end - begin))), end)


def past_of(sequences: Sequences, ask: Ask) -> Past:
    """The history of a question."""
    rows = slice(ask.begin, ask.middle)
    return Past.of(sequences.items[rows], sequences.times[rows], sequences.weights[rows])


def answers_of(sequences: Sequences, ask: Ask) -> NDArray[np.int32]:
    """The distinct items of the answers."""
    return np.unique(sequences.items[ask.middle : ask.end])


def with_history(
    knowledge: Knowledge, sequences: Sequences, questions: list[Ask], random: np.random.Generator
) -> Choices:
    """What people with a history chose, among the items that some signal favours and a sample of the others."""
    found = []
    for ask in questions:
        past, answers = past_of(sequences, ask), answers_of(sequences, ask)
        general = knowledge.general(past)
        candidates, offsets = _candidates(
            general[: knowledge.orders], np.concatenate([answers, past.items[:RECENT]]), random
        )
        chosen = np.isin(candidates, answers) / len(answers)
        found.append((parts(knowledge, past, candidates, general), chosen, offsets))
    return _choices(found)


def without_history(
    knowledge: Knowledge, sequences: Sequences, questions: list[Ask], random: np.random.Generator
) -> Choices:
    """What people chose at some moment, looking at popularity alone."""
    found = []
    for ask in questions:
        answers = sequences.items[ask.middle : ask.middle + 1]
        signals = knowledge.popular(float(sequences.times[ask.middle]))
        candidates, offsets = _candidates(signals, answers, random)
        found.append((signals[:, candidates].T, np.isin(candidates, answers).astype(np.float32), offsets))
    return _choices(found)


def _candidates(
    signals: NDArray[np.float32], always: NDArray[np.integer], random: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    items = signals.shape[1]
    most = min(BEST_OF_SIGNAL, items)
    favoured = np.zeros(items, bool)
    favoured[np.argpartition(-signals, most - 1, axis=1)[:, :most]] = True
    favoured[always] = True
    others = np.flatnonzero(~favoured)
    sample = others[random.permutation(len(others))[:SAMPLED]]
    candidates = np.concatenate([np.flatnonzero(favoured), sample])
    offsets = np.zeros(len(candidates))
    offsets[len(candidates) - len(sample) :] = np.log(len(others) / max(len(sample), 1)) if len(sample) else 0.0
    return candidates, offsets


def _choices(found: list[tuple[NDArray, NDArray, NDArray]]) -> Choices:
    starts = np.concatenate([[0], np.cumsum([len(chosen) for _, chosen, _ in found])]).astype(np.int64)
    signals, chosen, offsets = (np.concatenate([row[side] for row in found]).astype(np.float32) for side in range(3))
    return Choices(signals, starts, chosen, offsets)
