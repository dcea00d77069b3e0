"""A service to measure against: answers every call the functions make, after a fixed time, and counts them.

It runs in a process of its own, so that its work is not the measured process's. `python -m bench.stub` serves until
its standard input closes; the first line it prints is its port.
"""

import asyncio
import json
import os
import subprocess
import sys
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

ITEMS = [f"{species}-breed {n}-{n % 5 + 1}-{n % 5 + 1}" for species in (1, 2) for n in range(250)]
ANSWERS = {
    "/events": {},
    "AmazonSQS.SendMessageBatch": {"Successful": [], "Failed": []},
    "AmazonSSM.GetParameter": {"Parameter": {"Name": "campaign", "Value": "arn:aws:personalize:::campaign/bench"}},
    "DynamoDB_20120810.BatchWriteItem": {"UnprocessedItems": {}},
    "DynamoDB_20120810.Query": {"Items": [], "Count": 0, "ScannedCount": 0},
}


class Stub:
    """The service: `latency` in seconds and the calls counted by operation; both over HTTP at /_stub."""

    def __init__(self) -> None:
        self.latency = 0.0
        self.calls: Counter[str] = Counter()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection."""
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:])}
                body = await reader.readexactly(int(headers.get("content-length", 0)))
                answer = json.dumps(await self._answer(head[0].split(" ")[1], headers, body)).encode()
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n")
                writer.write(b"Content-Length: %d\r\n\r\n%b" % (len(answer), answer))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionResetError):
            writer.close()

    async def _answer(self, path: str, headers: dict[str, str], body: bytes) -> object:
        if path == "/_stub":
            return self._control(json.loads(body))
        operation = headers.get("x-amz-target", path)
        self.calls[operation] += 1
        await asyncio.sleep(self.latency)
        if operation in ANSWERS:
            return ANSWERS[operation]
        request = json.loads(body)
        wanted = request.get("inputList") or ITEMS[: request.get("numResults", 25)]
        items = [{"itemId": item, "score": 1 / len(wanted)} for item in wanted]
        name = "personalizedRanking" if "inputList" in request else "itemList"
        return {name: items, "recommendationId": "RID-bench"}

    def _control(self, settings: dict[str, float]) -> dict[str, int]:
        calls = dict(self.calls)
        self.calls.clear()
        self.latency = settings["latency"]
        return calls


class Service:
    """The stub as the bench sees it: its URL, and how to set and ask it."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"

    def reset(self, latency: float) -> dict[str, int]:
        """Set the latency in seconds of each answer from now on; answers the calls since the last reset."""
        body = json.dumps({"latency": latency}).encode()
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
