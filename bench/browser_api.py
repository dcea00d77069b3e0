"""The API for browsers measured: POST /events by HTTP through the local AWS, and the check of a visitor's token.

`python -m bench.browser_api`. Gateway, function and stream all run on this machine, so the figures say what this code
costs, not what AWS takes.
"""

import http.client
import json
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from animal_recommender.visitor_tokens import Visitor, VisitorTokens
from bench.figures import console, ms, p50, p99, seconds, table, verdict
from local_aws.testing.http_api import create_api
from local_aws.testing.server import LocalAws, run_server
from scripts.generate import package

ROUNDS = 300
TOKEN_ROUNDS = 5000
# Browsers that send events at the same time, for how long, and how long before until all processes have started.
BROWSERS, SECONDS, WARM_UP = 8, 5.0, 3.0
LONGEST_CHECK = 0.001  # the goal: seconds

BREED = {"animal_species_id": "1", "animal_primary_breed_id": "Bombay", "animal_size_id": "1", "animal_age_id": "2"}
EVENT = {"eventType": "DetailView", "animal_id": "98765", "animalMetadata": BREED}
FUNCTIONS = ("accept_events", "create_visitor")
ACTIONS = ("kinesis:PutRecords", "kms:GenerateMac", "logs:CreateLogStream", "logs:PutLogEvents")


def check_tokens() -> None:
    """Print what the check of a token takes, once the key of its day is known.

    It does nothing but compute, so the goal goes by processor time: what else the machine does can only add to it.
    """
    tokens = VisitorTokens(lambda day: b"a key of 32 bytes for every day.", 30)
    rows = []
    for name, visitor in (("visitor", Visitor("v" * 36)), ("user, ids of 256 letters", Visitor("v" * 256, "u" * 256))):
        token = tokens.issue(visitor).text
        taken = [_processor_time(tokens, token) for _ in range(TOKEN_ROUNDS)]
        figures = [f"{value * 1e6:.0f} µs" for value in (p50(taken), p99(taken))]
        rows.append([name, *figures, verdict(p99(taken) < LONGEST_CHECK)])
    columns = ["token of a", "p50", "p99", f"goal: p99 under {ms(LONGEST_CHECK)}"]
    table("Check of a visitor's token, processor time", columns, rows)


def _processor_time(tokens: VisitorTokens, token: str) -> float:
    started = time.thread_time()
    tokens.verify(token)
    return time.thread_time() - started


@contextmanager
def deployed(aws: LocalAws, archives: Path) -> Iterator[str]:
    """Deploy the two functions with the API, the stream and the key that they need; give the URL of the API."""
    aws.client("kinesis").create_stream(StreamName="events", ShardCount=4)
    key = aws.client("kms").create_key(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")["KeyMetadata"]["Arn"]
    environment = {
        "ENVIRONMENT": "bench",
        "VISITOR_KEY_ID": key,
        "STREAM_NAME": "events",
        "EVENT_TYPES": '["DetailView"]',
        "POWERTOOLS_SERVICE_NAME": "bench",
    }
    role, routes = aws.create_role(*ACTIONS), ["POST /accept_events", "POST /create_visitor"]
    api = create_api(aws, *routes, StageVariables={"caller": "visitor"})
    gateway = aws.client("apigatewayv2")
    for route in gateway.get_routes(ApiId=api.api_id)["Items"]:
        name = route["RouteKey"].rpartition("/")[2]
        arn = _create_function(aws, name, (archives / f"{name}.zip").read_bytes(), role, environment)
        made = gateway.create_integration(
            ApiId=api.api_id, IntegrationType="AWS_PROXY", IntegrationUri=arn, PayloadFormatVersion="2.0"
        )
        target = f"integrations/{made['IntegrationId']}"
        gateway.update_route(ApiId=api.api_id, RouteId=route["RouteId"], Target=target)
    yield gateway.get_api(ApiId=api.api_id)["ApiEndpoint"]


def _create_function(aws: LocalAws, name: str, code: bytes, role: str, environment: dict[str, str]) -> str:
    functions = aws.client("lambda")
    made = functions.create_function(
        FunctionName=name,
        Runtime=f"python{sys.version_info.major}.{sys.version_info.minor}",
        Role=role,
        Handler=f"{name}.handler.handler",
        Code={"ZipFile": code},
        Timeout=15,
        Environment={"Variables": environment},
    )
    gateway = "apigateway.amazonaws.com"
    functions.add_permission(FunctionName=name, StatementId="api", Action="lambda:InvokeFunction", Principal=gateway)
    return str(made["FunctionArn"])


class Browser:
    """One visitor, on a connection that stays open."""

    def __init__(self, url: str) -> None:
        address = urlsplit(url)
        self._connection, self._path = http.client.HTTPConnection(address.netloc, timeout=30), address.path
        self._headers = {"Content-Type": "application/json"}
        self._headers["Authorization"] = f"Bearer {self._post('create_visitor', {}, 201)['token']}"

    def send(self, events: int) -> None:
        """Send so many events."""
        self._post("accept_events", {"events": [EVENT] * events}, 202)

    def _post(self, name: str, payload: Any, expected: int) -> Any:
        self._connection.request("POST", f"{self._path}/{name}", json.dumps(payload), self._headers)
        response = self._connection.getresponse()
        answer = json.loads(response.read())
        if response.status != expected:
            raise RuntimeError(f"{name}: status {response.status}, {answer}")
        return answer


def throughput(url: str, events: int) -> float:
    """Return the requests a second of several browsers that send without a pause."""
    counts, begin = [0] * BROWSERS, time.monotonic() + WARM_UP

    def browse(number: int) -> None:
        browser = Browser(url)
        while (now := time.monotonic()) < begin + SECONDS:
            browser.send(events)
            counts[number] += now >= begin

    threads = [threading.Thread(target=browse, args=(number,)) for number in range(BROWSERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / SECONDS


def send_events(url: str) -> None:
    """Print what requests with 1 and with 25 events take."""
    rows = []
    for events in (1, 25):
        browser = Browser(url)
        taken = seconds(lambda browser=browser, events=events: browser.send(events), ROUNDS)
        rate = throughput(url, events)
        rows.append([events, ms(p50(taken)), ms(p99(taken)), f"{rate:,.0f}/s", f"{rate * events:,.0f}/s"])
    columns = ["events", "p50", "p99", f"requests of {BROWSERS} browsers", "events"]
    table("POST /events through the local AWS: gateway, function, stream", columns, rows)
    console.print("p50 and p99 are of one browser alone.\n")


def main() -> None:
    """Measure and print."""
    check_tokens()
    with tempfile.TemporaryDirectory() as folder:
        if package.main([*FUNCTIONS, "--output", folder]):
            sys.exit(1)
        with run_server(Path(folder) / "aws") as aws, deployed(aws, Path(folder)) as url:
            send_events(url)


if __name__ == "__main__":
    main()
