"""A visitor of the example site, in a real browser."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field

from playwright.sync_api import BrowserContext, Page, expect

from scripts.common.environments import ROOT

SCREENSHOTS = ROOT / "build" / "screenshots"
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
# Collects how far things move by themselves: https://web.dev/articles/cls
WATCH_SHIFTS = """
window.shifts = [];
new PerformanceObserver((list) => list.getEntries().forEach((entry) => {
  if (!entry.hadRecentInput) shifts.push([entry.value, entry.sources.map(({ node }) => node?.outerHTML?.slice(0, 90))]);
})).observe({ type: "layout-shift", buffered: true });
"""
# What a browser logs about requests that the site expects to fail: no similar pets, or no network.
EXPECTED_ERRORS = ("status of 404", "ERR_INTERNET_DISCONNECTED")


@dataclass
class Visitor:
    """Somebody with a browser of their own: nothing of another visitor's is in it.

    `site` is the address of the site, `endpoint` that of the API.
    """

    context: BrowserContext
    page: Page
    site: str
    endpoint: str
    problems: list[str] = field(default_factory=list)

    def open(self, path: str = "") -> Page:
        """Open a page, and wait until its shelves have been loaded; again if the machine was too slow for one."""
        for _ in range(3):
            self.page.goto(self.site + path)
            self.settle()
            if not self.page.get_by_text("Please try again").count():
                break
        return self.page

    def settle(self) -> None:
        """Wait until nothing is being loaded into the page."""
        expect(self.page.locator("section:not([hidden]) .cards[aria-busy=true]")).to_have_count(0, timeout=15_000)

    def agree(self) -> None:
        """Answer the consent banner with yes."""
        self.page.get_by_role("button", name="Yes, please").click()
        self.settle()

    def submit_login(self, name: str) -> None:
        """Fill in the dialog of the login."""
        self.page.get_by_role("button", name="Log in").click()
        self.page.get_by_label("Your name").fill(name)
        self.page.keyboard.press("Enter")

    def log_in(self, name: str) -> None:
        """Log in as a user; what the browser did becomes the user's."""
        self.submit_login(name)
        self.page.get_by_role("button", name=f"Log out {name}").wait_for()
        self.settle()

    def pets(self, shelf: str) -> list[str]:
        """Return the ids of the pets on a shelf."""
        links = self.page.locator(f"#{shelf} .card a").evaluate_all("links => links.map(({ href }) => href)")
        return [link.rpartition("id=")[2] for link in links]

    def breeds(self, shelf: str) -> list[str]:
        """Return the breeds of the pets on a shelf."""
        return self.page.locator(f"#{shelf} .card h3 + p").all_text_contents()

    def history(self) -> list[dict]:
        """Return what the system knows of this visitor, newest first."""
        token = json.loads(self.page.evaluate("localStorage.getItem('animal-recommender:visitor')"))["token"]
        headers = {"Authorization": f"Bearer {token}"}
        answer = self.page.request.post(f"{self.endpoint}/history", data={"limit": 100}, headers=headers)
        assert answer.ok, answer.text()
        return answer.json()["events"]

    def wait_for_history(self, types: set[str], number: int = 1) -> list[dict]:
        """Return the visitor's history, once it has so many events, and all these types."""
        deadline = time.monotonic() + 30
        events = self.history()
        while len(events) < number or not types <= {event["eventType"] for event in events}:
            assert time.monotonic() < deadline, events
            time.sleep(0.2)
            events = self.history()
        return events

    def shift(self) -> float:
        """Return the cumulative layout shift since the page was opened."""
        shifts = self.page.evaluate("shifts")
        assert all(value < 0.05 for value, _ in shifts), shifts
        return sum(value for value, _ in shifts)

    def violations(self, axe: str) -> list[tuple[str, str]]:
        """Return the serious and critical violations that axe finds in the page, each with an element."""
        self.page.evaluate(axe)
        found = self.page.evaluate("axe.run().then(({ violations }) => violations)")
        return [(one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in ("serious", "critical")]

    def first_paint(self) -> float:
        """Return when something of the page could be seen first, in milliseconds after the click that opened it."""
        return self.page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")

    def is_too_wide(self) -> bool:
        """Return whether the page scrolls sideways."""
        return self.page.evaluate("document.documentElement.scrollWidth > innerWidth")

    def screenshot(self, name: str, *, whole: bool = True) -> None:
        """Keep a picture of the page in build/screenshots."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=whole, animations="disabled")
