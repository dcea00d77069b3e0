"""The lines of exposures, and what becomes of those that cannot be sent."""

import json
import threading
from typing import Any

from animal_recommender.experiments.assignment import Assignment
from animal_recommender.experiments.exposures import MAX_SHOWN, MAX_WAITING, ExposureSender, exposure_line
from animal_recommender.experiments.subject import Subject, pseudonym
from animal_recommender.observability import metrics
from tests.unit.functions.animal_recommender.experiments.experiments import experiment
from tests.unit.functions.fakes import THROTTLED

LONG = 10.0  # seconds; no test waits so long


def counted(name: str) -> float:
    return sum(metrics.metric_set.get(name, {}).get("Value", []))


def line(shown: list[dict[str, str]], **of_line: Any) -> dict[str, Any]:
    one = experiment(shows={"newest": "newest", "popular": "recommender"})
    written = exposure_line(Assignment(one, one.arms[1]), Subject("u", "s"), shown, seconds=1_800_000_000.5, **of_line)
    assert written.endswith(b"}\n")
    assert written.count(b"\n") == 1
    return json.loads(written)


def test_a_line_says_who_saw_what_where_and_when_without_an_id_of_the_visitor() -> None:
    # when
    found = line(
        [{"pet": "A-17", "group": "1-a-1-1", "source": "personalize"}, {"group": "1-b"}], recommendation_id="r"
    )

    # then
    assert len(found.pop("exposureId")) == 36
    assert found == {
        "time": "2027-01-15T08:00:00.500000Z",
        "experiment": "shelf",
        "arm": "popular",
        "function": "recommend",
        "visitor": pseudonym("userId#u"),
        "user": pseudonym("userId#u"),
        "session": pseudonym("session#s"),
        "model": "recommender",
        "recommendationId": "r",
        "source": "personalize",
        "shown": [
            {"position": 1, "pet": "A-17", "group": "1-a-1-1", "source": "personalize"},
            {"position": 2, "group": "1-b"},
        ],
    }


def test_an_empty_list_is_an_exposure_too() -> None:
    # when
    found = line([])

    # then
    assert found["shown"] == []
    assert "source" not in found
    assert "recommendationId" not in found


def test_a_line_stays_far_below_the_limit_of_a_record() -> None:
    # when
    found = line([{"pet": "ü" * 256, "group": "g" * 256, "source": "personalize"}] * 500)

    # then
    assert len(found["shown"]) == MAX_SHOWN
    assert len(json.dumps(found)) < 1_000 * 1024


def test_what_firehose_refuses_is_counted_and_logged_without_the_line(logs: Any) -> None:
    # given
    def refuse(_: bytes) -> None:
        raise THROTTLED

    sender = ExposureSender(refuse, LONG)

    # when
    sender.wait(sender.send(b"SECRET"))

    # then
    assert (counted("Exposures"), counted("ExposuresNotSent")) == (1, 1)
    assert "ThrottlingException" in logs.getvalue()
    assert "SECRET" not in logs.getvalue()


def test_an_answer_waits_only_a_little_and_the_line_is_sent_later() -> None:
    # given
    released, sent = threading.Event(), []
    sender = ExposureSender(lambda one: released.wait(LONG) and sent.append(one), wait_seconds=0.001)

    # when
    thread = sender.send(b"first")
    sender.wait(thread)
    before = list(sent)
    released.set()
    thread.join(LONG)

    # then
    assert (before, sent) == ([], [b"first"])
    assert counted("ExposuresNotSent") == 0


def test_while_firehose_does_not_answer_only_so_many_lines_wait() -> None:
    # given
    released = threading.Event()
    sender = ExposureSender(lambda _: released.wait(LONG), wait_seconds=0.0)

    # when
    for _ in range(MAX_WAITING + 3):
        sender.wait(sender.send(b"line"))
    released.set()

    # then
    assert counted("ExposuresNotSent") == 3
