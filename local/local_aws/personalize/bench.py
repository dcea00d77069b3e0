"""`python -m local_aws.personalize.bench`: how fast events come in over HTTP, and recommendations out inside the process.

PutEvents is measured as a client sees it: another process sends calls of ten events each over a few kept-alive
connections. GetRecommendations is measured with 25 results out of 10,000 items and 50,000 users known, a new event of
the asking user now and then, so that nothing is answered from memory.
"""

import argparse
import http.client
import json
import multiprocessing
import threading
import time
from typing import Any

import numpy as np
from cheroot import wsgi
from werkzeug import Request

from local_aws.personalize import PersonalizeApp, PersonalizeSettings, create_app
from local_aws.personalize.data.interactions import bulk_columns

_FIELDS = (("USER_ID", "string"), ("ITEM_ID", "string"), ("TIMESTAMP", "long"), ("EVENT_TYPE", "string"))
_SCHEMA = json.dumps(
    {
        "type": "record",
        "name": "Interactions",
        "namespace": "com.amazonaws.personalize.schema",
        "fields": [{"name": name, "type": kind} for name, kind in _FIELDS],
    }
)
_RECIPE = "arn:aws:personalize:::recipe/aws-user-personalization"
_START = 1_700_000_000


def main() -> None:
    """Run both measurements and print their figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--users", type=int, default=50_000)
    parser.add_argument("--items", type=int, default=10_000)
    parser.add_argument("--interactions", type=int, default=500_000)
    parser.add_argument("--events", type=int, default=20_000, help="events to send over HTTP")
    parser.add_argument("--requests", type=int, default=2_000, help="recommendations to ask for")
    arguments = parser.parse_args()
    app = create_app(settings=PersonalizeSettings(step_seconds=0), s3=lambda role, job: None)
    tracking_id = _prepare(app)
    print(f"PutEvents over HTTP: {_events_per_second(app, tracking_id, arguments.events):,.0f} events/s (10 a call)")
    print(f"PutEvents over HTTP: {_events_per_second(app, tracking_id, arguments.events, 1):,.0f} events/s (1 a call)")
    campaign = _deploy(app, arguments)
    expression = 'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("view")'
    group = app.call("ListDatasetGroups", {})["datasetGroups"][0]["datasetGroupArn"]
    created = app.call("CreateFilter", {"name": "bench", "datasetGroupArn": group, "filterExpression": expression})
    for label, extra in (("", {}), (" with a filter", created)):
        figures = _latencies(app, tracking_id, {"campaignArn": campaign} | extra, arguments)
        told = ", ".join(f"percentile {percent}: {milliseconds:.2f} ms" for percent, milliseconds in figures)
        print(f"GetRecommendations{label} in the process, {told}")
    app.close()


def _prepare(app: PersonalizeApp) -> str:
    group = app.call("CreateDatasetGroup", {"name": "bench"})["datasetGroupArn"]
    schema = app.call("CreateSchema", {"name": "bench", "schema": _SCHEMA})["schemaArn"]
    dataset = {"name": "bench", "datasetGroupArn": group, "schemaArn": schema, "datasetType": "Interactions"}
    app.call("CreateDataset", dataset)
    return app.call("CreateEventTracker", {"name": "bench", "datasetGroupArn": group})["trackingId"]


def _events_per_second(app: PersonalizeApp, tracking_id: str, count: int, per_call: int = 10) -> float:
    def application(environ: dict[str, Any], start_response: Any) -> Any:
        return app.handle(Request(environ))(environ, start_response)

    server = wsgi.Server(("127.0.0.1", 0), application, numthreads=8)
    server.prepare()
    threading.Thread(target=server.serve, daemon=True).start()
    queue: Any = multiprocessing.get_context("spawn").Queue()
    client = multiprocessing.get_context("spawn").Process(
        target=_send, args=(server.bind_addr[1], tracking_id, count, per_call, queue)
    )
    client.start()
    seconds = queue.get(timeout=600)
    client.join()
    server.stop()
    return count / seconds


def _send(port: int, tracking_id: str, count: int, per_call: int, queue: Any) -> None:
    calls = count // per_call
    threads = [
        threading.Thread(target=_send_some, args=(port, tracking_id, range(n, calls, 4), per_call)) for n in range(4)
    ]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    queue.put(time.perf_counter() - start)


def _send_some(port: int, tracking_id: str, numbers: range, per_call: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    for number in numbers:
        events = [
            {
                "eventId": f"{per_call}-{number}-{place}",
                "eventType": "view",
                "itemId": f"i{number * 7 % 1000}",
                "sentAt": _START + number,
            }
            for place in range(per_call)
        ]
        body = {"trackingId": tracking_id, "userId": f"u{number % 500}", "sessionId": f"s{number}", "eventList": events}
        connection.request("POST", "/events", json.dumps(body), {"Content-Type": "application/json"})
        response = connection.getresponse()
        response.read()
        if response.status != 200:
            raise RuntimeError(f"PutEvents answered {response.status}")


def _deploy(app: PersonalizeApp, arguments: argparse.Namespace) -> str:
    service = app.service()
    group = app.call("ListDatasetGroups", {})["datasetGroups"][0]["datasetGroupArn"]
    random = np.random.default_rng(0)
    users = random.integers(arguments.users, size=arguments.interactions)
    # Popularity as in real catalogues: few items have most of the interactions.
    items = (arguments.items * random.random(arguments.interactions) ** 3).astype(int)
    bulk = bulk_columns(
        [f"u{user}" for user in users],
        [f"i{item}" for item in items],
        (_START + random.integers(10_000_000, size=arguments.interactions)).tolist(),
        ["view"] * arguments.interactions,
        *(None, None),
    )
    service.data(group).interactions.import_bulk(bulk, replace=True)
    solution = app.call(
        "CreateSolution",
        {"name": "bench", "datasetGroupArn": group, "recipeArn": _RECIPE, "performAutoTraining": False},
    )["solutionArn"]
    start = time.perf_counter()
    version = app.call("CreateSolutionVersion", {"solutionArn": solution})["solutionVersionArn"]
    service.wait_idle(3600)
    print(f"training and metrics, {arguments.interactions:,} interactions: {time.perf_counter() - start:.1f} s")
    campaign = app.call("CreateCampaign", {"name": "bench", "solutionVersionArn": version})["campaignArn"]
    service.wait_idle(60)
    return campaign


def _latencies(
    app: PersonalizeApp, tracking_id: str, asked: dict[str, str], arguments: argparse.Namespace
) -> list[tuple[int, float]]:
    taken = []
    for number in range(arguments.requests):
        user = f"u{number * 31 % arguments.users}"
        if number % 5 == 0:
            event = {"eventType": "view", "itemId": f"i{number % arguments.items}", "sentAt": _START + 20_000_000}
            request = {"trackingId": tracking_id, "sessionId": user, "userId": user, "eventList": [event]}
            app.call("PutEvents", request)
        start = time.perf_counter()
        app.call("GetRecommendations", asked | {"userId": user, "numResults": 25})
        taken.append(1000 * (time.perf_counter() - start))
    return [(percent, float(np.percentile(taken, percent))) for percent in (50, 95, 99)]


if __name__ == "__main__":
    main()
