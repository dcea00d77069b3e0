"""Chromium for tests of the example site. Without it they are skipped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from local_aws.testing.chromium import find_chromium, running
from scripts.common.terminal import Progress
from scripts.demo import adoption_site, example_pets
from tests.support.site_visitor import DESKTOP, EXPECTED_ERRORS, WATCH_SHIFTS, Visitor


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    program = find_chromium()
    if program is None:
        pytest.skip("no Chromium on the PATH: the example site was not tested. apt-get install chromium")
    with running(program) as browser:
        yield browser


@pytest.fixture(scope="session")
def site(chromium: Browser, request: pytest.FixtureRequest) -> tuple[str, str]:
    """The addresses of the running system's site and of its API; its catalogue has the pets of the site."""
    system = request.getfixturevalue("system")  # only if there is a browser
    address = adoption_site.address(system.local, system.outputs)
    assert address
    example_pets.put_example_pets(system.local, Progress("pets", "", None))
    return address, system.outputs["browser_api_url"]


@pytest.fixture
def new_visitor(chromium: Browser, site: tuple[str, str]) -> Iterator[Callable[..., Visitor]]:
    """A function that returns another visitor. No page of theirs may report an error by the end of the test."""
    visitors: list[Visitor] = []

    def make(viewport: dict = DESKTOP, scheme: str = "light") -> Visitor:
        context = chromium.new_context(viewport=viewport, color_scheme=scheme, reduced_motion="reduce")
        context.set_default_timeout(15_000)
        context.add_init_script(WATCH_SHIFTS)
        visitor = Visitor(context, context.new_page(), *site)
        visitor.page.on("pageerror", lambda error: visitor.problems.append(str(error)))
        visitor.page.on(
            "console",
            lambda message: (
                visitor.problems.append(message.text)
                if message.type == "error" and not any(text in message.text for text in EXPECTED_ERRORS)
                else None
            ),
        )
        visitors.append(visitor)
        return visitor

    yield make
    for visitor in visitors:
        visitor.context.close()
    assert [problem for visitor in visitors for problem in visitor.problems] == []


@pytest.fixture(scope="session")
def axe() -> str:
    """The program of axe-core, as text."""
    import axe_playwright_python

    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
