"""The pages that show the state of the service."""

import json
from typing import Any

from werkzeug import Request
from werkzeug.test import EnvironBuilder

from local_aws.testing.in_process import InProcessPersonalize


def test_given_streamed_events_when_requested_then_each_is_shown_once_by_user_and_session(
    with_data: InProcessPersonalize,
) -> None:
    with_data.put_views("s1", "i1", eventId="a")
    with_data.put_views("s1", "i2", eventId="b", user="u")
    with_data.put_views("s2", "i3", eventId="b")

    def get(query: str) -> dict[str, Any]:
        environ = EnvironBuilder(path="/_local/personalize/events", query_string=query).get_environ()
        return json.loads(with_data.app.introspect(Request(environ)).data)

    tracking = f"trackingId={with_data.arns['tracking']}"
    assert get(tracking) == {
        "recorded": 2,
        "duplicates": 1,
        "users": {"u": ["a", "b"]},
        "sessions": {"s1": ["a", "b"]},
    }
    assert get(f"{tracking}&sessionId=s2")["recorded"] == 0
    assert "no event tracker" in get("trackingId=x")["message"]
    summary = with_data.app.introspect(Request(EnvironBuilder(path="/_local/personalize").get_environ()))
    assert json.loads(summary.data)["us-east-1"]["resources"]["Solution"] == {"ACTIVE": 1}
