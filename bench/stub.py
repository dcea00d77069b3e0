"""A service to measure against: answers every call the functions make, after a fixed time, and counts them.

It runs in a process of its own, so that its work is not the measured process's. `python -m bench.stub` serves until
its standard input closes; the first line it prints is its port.
"""

import asyncio
import json
import os
import subprocess
import sys
import time
import urllib.request
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

ITEMS = [f"{species}-breed {n}-{n % 5 + 1}-{n % 5 + 1}" for species in (1, 2) for n in range(250)]
_ARMS = {"a": {"share": 0.5, "shows": "bench"}, "b": {"share": 0.5, "shows": "other"}}
EXPERIMENTS = json.dumps({"bench": {"arms": _ARMS, "end_date": "2099-12-31"}})
ANSWERS = {
    "/": {},
    "/events": {},
    "AmazonSQS.SendMessageBatch": {"Successful": [], "Failed": []},
    "AmazonSSM.GetParameter": {"Parameter": {"Name": "campaign", "Value": "arn:aws:personalize:::campaign/bench"}},
    "AmazonSSM.GetParameters": {"Parameters": [{"Name": "experiments", "Value": EXPERIMENTS}]},
    "Firehose_20150804.PutRecord": {"RecordId": "1", "Encrypted": True},
    "DynamoDB_20120810.BatchWriteItem": {"UnprocessedItems": {}},
    "DynamoDB_20120810.GetItem": {},
    "DynamoDB_20120810.PutItem": {},
    "DynamoDB_20120810.Query": {"Items": [], "Count": 0, "ScannedCount": 0},
}


BATCH_GET = "DynamoDB_20120810.BatchGetItem"
GONE_OF_100 = 2  # of so many pets the table says that they are adopted


def pet_id(number: int, group: str, listed: int) -> str:
    """Answer the id of a pet, from which the table of the stub knows it. `listed` is in days since 1970-01-01."""
    return f"{number}@{group}@{listed}"


def batch_get(request: dict[str, Any]) -> dict[str, Any]:
    """Answer for pets of such ids; there is nothing under other keys."""
    ((table, wanted),) = request["RequestItems"].items()
    ids = [key["pk"]["S"] for key in wanted["Keys"] if key["pk"]["S"].startswith("pet#")]
    return {"Responses": {table: [_pet(one) for one in ids]}, "UnprocessedKeys": {}}


def _make_answer(operation: str, request: dict[str, Any]) -> dict[str, Any]:
    if operation == BATCH_GET:
        return batch_get(request)
    wanted = request.get("inputList") or ITEMS[: request.get("numResults", 25)]
    items = [{"itemId": item, "score": 1 / len(wanted)} for item in wanted]
    name = "personalizedRanking" if "inputList" in request else "itemList"
    return {name: items, "recommendationId": "RID-bench"}


async def _wait_until(moment: float) -> None:
    """Wait until this time of the monotonic clock. asyncio itself wakes up to a millisecond late, so it wakes early."""
    while (rest := moment - time.monotonic()) > 0:
        await asyncio.sleep(max(0.0, rest - 0.0015))


def _pet(key: str) -> dict[str, Any]:
    number, group, listed = key.removeprefix("pet#").split("@")
    species, breed, size, age = group.split("-")
    texts = {
        "pk": key,
        "sk": "pet",
        "status": "adopted" if zlib.crc32(key.encode()) % 100 < GONE_OF_100 else "available",
        "species": species,
        "breed": breed,
        "size": size,
        "age": age,
        "shelter": f"shelter {int(number) % 40}",
        "name": "Bella",
        "photo": "https://pets.example.org/photos/bella.jpg",
        "url": "https://pets.example.org/bella",
        "listedAt": f"{date(1970, 1, 1) + timedelta(int(listed))}T00:00:00.000000Z",
        "updatedAt": "2026-11-01T00:00:00.000000Z",
        "availableShelter": f"shelter {int(number) % 40}",
    }
    degrees = {"latitude": "48.2", "longitude": "16.4"}
    return {name: {"S": text} for name, text in texts.items()} | {name: {"N": n} for name, n in degrees.items()}


class Stub:
    """The service: the latency of tables and of all else in seconds, and the calls counted by operation.

    Both over HTTP at /_stub.
    """

    def __init__(self) -> None:
        self.latency = 0.0
        self.table_latency = 0.0
        self.calls: Counter[str] = Counter()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection."""
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:])}
                body = await reader.readexactly(int(headers.get("content-length", 0)))
                arrived = time.monotonic()
                latency, document = self._answer(head[0].split(" ")[1], headers, body)
                answer = json.dumps(document).encode()
                await _wait_until(arrived + latency)
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n")
                writer.write(b"Content-Length: %d\r\n\r\n%b" % (len(answer), answer))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionResetError):
            writer.close()

    def _answer(self, path: str, headers: dict[str, str], body: bytes) -> tuple[float, object]:
        """Return the latency of a request, and its answer."""
        if path == "/_stub":
            return 0.0, self._control(json.loads(body))
        operation = headers.get("x-amz-target", path)
        self.calls[operation] += 1
        latency = self.table_latency if operation.startswith("DynamoDB") else self.latency
        return latency, ANSWERS[operation] if operation in ANSWERS else _make_answer(operation, json.loads(body))

    def _control(self, settings: dict[str, float]) -> dict[str, int]:
        calls = dict(self.calls)
        self.calls.clear()
        self.latency, self.table_latency = settings["latency"], settings["table"]
        return calls


class Service:
    """The stub as the bench sees it: its URL, and how to set and ask it."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"

    def reset(self, latency: float, table: float | None = None) -> dict[str, int]:
        """Set the latency in seconds of each answer from now on; answers the calls since the last reset.

        `table` is that of DynamoDB if it is another one.
        """
        body = json.dumps({"latency": latency, "table": latency if table is None else table}).encode()
        with urllib.request.urlopen(f"{self.url}/_stub", body) as answer:
            return json.load(answer)


@contextmanager
def running() -> Iterator[Service]:
    """Run the stub in a process of its own."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.stub"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        yield Service(int(process.stdout.readline()))
    finally:
        process.stdin.close()
        process.wait(5)


async def _main() -> None:
    server = await asyncio.start_server(Stub().serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    os._exit(0)  # connections are still open, and nobody waits for their end


if __name__ == "__main__":
    asyncio.run(_main())
