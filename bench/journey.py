"""The journey from a click to the changed shelf, measured on the example site in Chromium: `python -m bench.journey`.

Uses the local system that runs, or starts one. Everything runs on this machine: Lambda's polling of the stream, up to a
second on AWS, and the network to the visitor come on top.
"""

import json
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable
from typing import Any, NamedTuple

from playwright.sync_api import Browser, Page

from bench.figures import console, ms, p50, p95, table, verdict
from local_aws.testing.chromium import find_chromium, running
from scripts.common.terminal import Progress
from scripts.demo import adoption_site, example_pets
from tests.load.target import Target, system, system_location

ROUNDS = 30
GOAL = 2.0  # seconds
_POLL_SECONDS = 0.005

_AGREE = """async () => {
  document.querySelector(".consent button").click();
  const { client } = await import("/recommender.js");
  await client.history();
  return JSON.parse(atob(JSON.parse(localStorage["animal-recommender:visitor"]).token.split(".")[1])).sub;
}"""
# Clicks the heart of a pet, and loads the first shelf until it shows other pets. Times are epoch seconds.
_JOURNEY = """async (number) => {
  const { fillForYou } = await import("/shelves.js");
  const section = document.querySelector("#for-you");
  const names = () => [...section.querySelectorAll("a")].map(({ href }) => href).join();
  const now = () => (performance.timeOrigin + performance.now()) / 1000;
  const epoch = (time) => (performance.timeOrigin + time) / 1000;
  await fillForYou(section);
  const before = names();
  const hearts = document.querySelectorAll("#new .heart");
  const clicked = now();
  hearts[number % hearts.length].click();
  let asked;
  do {
    asked = now();
    await fillForYou(section);
  } while (names() === before && now() - clicked < 30);
  const answered = now();
  const [sent] = performance.getEntriesByType("resource").filter(({ name }) => name.endsWith("/events"));
  return { clicked, sent: epoch(sent.startTime), accepted: epoch(sent.responseEnd), asked, answered };
}"""


class Stages(NamedTuple):
    """How long each part of one journey took, in seconds."""

    client: float
    api: float
    stream: float
    tracker: float
    answer: float


def measure(browser: Browser, target: Target, number: int) -> Stages:
    """Return the stages of the journey of one new visitor."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(adoption_site.address(target.local, target.outputs) or "")
    page.locator("#new .heart").first.wait_for()
    visitor = page.evaluate(_AGREE)
    times = _with_arrival(page, number, lambda: bool(_tracked(target, visitor)))
    context.close()
    # A question may have been under way when the event arrived.
    known = max(times["asked"], times["tracked"])
    return Stages(
        client=times["sent"] - times["clicked"],
        api=times["accepted"] - times["sent"],
        stream=times["tracked"] - times["accepted"],
        tracker=known - times["tracked"],
        answer=times["answered"] - known,
    )


def _with_arrival(page: Page, number: int, has_arrived: Callable[[], bool]) -> dict[str, float]:
    """Return the times of a journey, with `tracked`, when the event tracker had the event."""
    times: dict[str, float] = {}

    def watch() -> None:
        while not has_arrived():
            time.sleep(_POLL_SECONDS)
        times["tracked"] = time.time()

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    times |= page.evaluate(_JOURNEY, number)
    watcher.join(timeout=10)
    return times


def _tracked(target: Target, session: str) -> Any:
    query = f"trackingId={target.outputs['tracking_id']}&sessionId=session%23{session}"
    with urllib.request.urlopen(f"{target.local.endpoint}/_local/personalize/events?{query}") as answer:
        return json.load(answer)["recorded"]


def show(journeys: list[Stages]) -> None:
    """Print p50 and p95 of each stage and of the whole."""
    stages = zip(Stages._fields, zip(*journeys, strict=True), strict=True)
    rows = [[name, ms(p50(values)), ms(p95(values)), ""] for name, values in stages]
    whole = [sum(one) for one in journeys]
    rows.append(["from the click to the changed shelf", ms(p50(whole)), ms(p95(whole)), verdict(p95(whole) < GOAL)])
    table(f"{len(journeys)} new visitors favour a pet", ["stage", "p50", "p95", f"goal: p95 under {GOAL:.0f} s"], rows)
    console.print(
        "client: until the request leaves; it waits for more events. api: POST /events. stream: until the event "
        "tracker has it.\ntracker: until the next loading of the shelf begins. answer: loading and showing it.\n"
    )


def main() -> int:
    """Measure and print; return 0, also without a Chromium."""
    program = find_chromium()
    if program is None:
        console.print("No Chromium on the PATH: the journey from a click to the shelf is not measured.")
        return 0
    with (
        tempfile.TemporaryDirectory() as folder,
        system(*system_location(folder)) as target,
        running(program) as browser,
    ):
        example_pets.put_example_pets(target.local, Progress("pets", "", None))
        measure(browser, target, 0)  # the functions start
        show([measure(browser, target, number) for number in range(ROUNDS)])
    return 0


if __name__ == "__main__":
    sys.exit(main())
