"""A real browser for tests: the Chromium of this machine, which Playwright drives.

Needs the package `playwright`, of the extra `test`; none of its own browsers.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

_NAMES = ("chromium", "google-chrome", "chrome")
# The last one: pages that a test serves under another name may call this machine.
_FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-features=LocalNetworkAccessChecks")


def find_chromium() -> str | None:
    """Return the program of a Chromium on the PATH; None if there is none."""
    return next((path for name in _NAMES if (path := shutil.which(name))), None)


@contextmanager
def running(program: str, *flags: str) -> Iterator[Browser]:
    """Run a Chromium without a window as long as the block.

    Args:
        program: path of the program.
        flags: more flags of the command line.
    """
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=[*_FLAGS, *flags])
        yield browser
        browser.close()
