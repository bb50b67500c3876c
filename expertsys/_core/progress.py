"""Progress on a terminal, silence in a pipe."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator

#: Seconds before a bar appears: quick work needs none.
DELAY = 1.0


@contextlib.contextmanager
def track(total: int, what: str) -> Iterator[Callable[[], object]]:
    """Give a function to call once per step; a bar is drawn on stderr where that is a terminal."""
    if not sys.stderr.isatty():
        yield lambda: None
        return
    from tqdm import tqdm

    with tqdm(total=total, desc=what, delay=DELAY, leave=False) as bar:
        yield bar.update
