"""A real browser for the console's tests."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from local_aws.testing.chromium import find_chromium, running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = find_chromium()
    if program is None:
        pytest.skip("no Chromium on the PATH: apt-get install chromium")
    expect.set_options(timeout=10_000)
    with running(program) as browser:
        yield browser
