"""`python -m local_aws.personalize.bench`: measure PutEvents over HTTP, and GetRecommendations within the process.

PutEvents is measured from a client: another process sends requests of ten events each over a few keep-alive
connections. GetRecommendations is measured with 25 results out of 10,000 items and 50,000 known users. Every fifth
request comes after a new event of its user, so that no cache can answer it.
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
    """Run both measurements and print the results."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--users", type=int, default=50_000)
    parser.add_argument("--items", type=int, default=10_000)
    parser.add_argument("--interactions", type=int, default=500_000)
    parser.add_argument("--events", type=int, default=20_000, help="events to send over HTTP")
    parser.add_argument("--requests", type=int, default=2_000, help="recommendations to request")
    arguments = parser.parse_args()
    app = create_app(settings=PersonalizeSettings(step_seconds=0), s3=lambda role, job: None)
    tracking_id = _prepare(app)
    for events_per_request in (10, 1):
        throughput = _measure_put_events(app, tracking_id, arguments.events, events_per_request)
        print(f"PutEvents over HTTP: {throughput:,.0f} events/s ({events_per_request} a request)")
    campaign = _deploy(app, arguments)
    expression = 'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("view")'
    group = app.call("ListDatasetGroups", {})["datasetGroups"][0]["datasetGroupArn"]
    created = app.call("CreateFilter", {"name": "bench", "datasetGroupArn": group, "filterExpression": expression})
    for label, item_filter in (("", {}), (" with a filter", created)):
        latencies = _measure_latencies(app, tracking_id, {"campaignArn": campaign} | item_filter, arguments)
        text = ", ".join(f"percentile {percent}: {milliseconds:.2f} ms" for percent, milliseconds in latencies)
        print(f"GetRecommendations{label} in the process, {text}")
    app.close()


def _prepare(app: PersonalizeApp) -> str:
    group = app.call("CreateDatasetGroup", {"name": "bench"})["datasetGroupArn"]
    schema = app.call("CreateSchema", {"name": "bench", "schema": _SCHEMA})["schemaArn"]
    dataset = {"name": "bench", "datasetGroupArn": group, "schemaArn": schema, "datasetType": "Interactions"}
    app.call("CreateDataset", dataset)
    tracking_id: str = app.call("CreateEventTracker", {"name": "bench", "datasetGroupArn": group})["trackingId"]
    return tracking_id


def _measure_put_events(app: PersonalizeApp, tracking_id: str, count: int, events_per_request: int) -> float:
    """Return the number of events per second."""

    def application(environ: dict[str, Any], start_response: Any) -> Any:
        return app.handle(Request(environ))(environ, start_response)

    server = wsgi.Server(("127.0.0.1", 0), application, numthreads=8)
    server.prepare()
    threading.Thread(target=server.serve, daemon=True).start()
    queue: Any = multiprocessing.get_context("spawn").Queue()
    client = multiprocessing.get_context("spawn").Process(
        target=_send, args=(server.bind_addr[1], tracking_id, count, events_per_request, queue)
    )
    client.start()
    seconds: float = queue.get(timeout=600)
    client.join()
    server.stop()
    return count / seconds


def _send(port: int, tracking_id: str, count: int, events_per_request: int, queue: Any) -> None:
    requests = count // events_per_request
    threads = [
        threading.Thread(target=_send_some, args=(port, tracking_id, range(n, requests, 4), events_per_request))
        for n in range(4)
    ]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    queue.put(time.perf_counter() - start)


def _send_some(port: int, tracking_id: str, numbers: range, events_per_request: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    for number in numbers:
        events = [
            {
                "eventId": f"{events_per_request}-{number}-{event}",
                "eventType": "view",
                "itemId": f"i{number * 7 % 1000}",
                "sentAt": _START + number,
            }
            for event in range(events_per_request)
        ]
        body = {"trackingId": tracking_id, "userId": f"u{number % 500}", "sessionId": f"s{number}", "eventList": events}
        connection.request("POST", "/events", json.dumps(body), {"Content-Type": "application/json"})
        response = connection.getresponse()
        response.read()
        if response.status != 200:
            raise RuntimeError(f"PutEvents returned the status {response.status}")


def _deploy(app: PersonalizeApp, arguments: argparse.Namespace) -> str:
    service = app.service()
    group = app.call("ListDatasetGroups", {})["datasetGroups"][0]["datasetGroupArn"]
    random = np.random.default_rng(0)
    users = random.integers(arguments.users, size=arguments.interactions)
    # As in real catalogues, few items have most of the interactions.
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
    campaign: str = app.call("CreateCampaign", {"name": "bench", "solutionVersionArn": version})["campaignArn"]
    service.wait_idle(60)
    return campaign


def _measure_latencies(
    app: PersonalizeApp, tracking_id: str, members: dict[str, str], arguments: argparse.Namespace
) -> list[tuple[int, float]]:
    latencies = []
    for number in range(arguments.requests):
        user = f"u{number * 31 % arguments.users}"
        if number % 5 == 0:
            event = {"eventType": "view", "itemId": f"i{number % arguments.items}", "sentAt": _START + 20_000_000}
            request = {"trackingId": tracking_id, "sessionId": user, "userId": user, "eventList": [event]}
            app.call("PutEvents", request)
        start = time.perf_counter()
        app.call("GetRecommendations", members | {"userId": user, "numResults": 25})
        latencies.append(1000 * (time.perf_counter() - start))
    return [(percent, float(np.percentile(latencies, percent))) for percent in (50, 95, 99)]


if __name__ == "__main__":
    main()
