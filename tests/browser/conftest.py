"""The browser, started once; without one the test is skipped, which under CI=true is a failure."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from harness import Browser, executable


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium: ``browser.open(path, width=390)`` tells what a page shows at that width."""
    path = executable()
    if path is None:
        pytest.skip("no Chromium here; on Debian: apt-get install chromium")
    with Browser(path) as running:
        yield running
