"""Progress on a terminal, silence in a pipe."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from contextvars import ContextVar

#: Seconds before a bar appears: quick work needs none.
DELAY = 1.0
_SAY: ContextVar[Callable[[str], None] | None] = ContextVar("say", default=None)


@contextlib.contextmanager
def track(total: int, what: str) -> Iterator[Callable[[], object]]:
    """Give a function to call once per step; a bar is drawn on stderr where that is a terminal."""
    if not sys.stderr.isatty():
        yield lambda: None
        return
    from tqdm import tqdm

    with tqdm(total=total, desc=what, delay=DELAY, leave=False) as bar:
        begun = time.monotonic()

        def say(now: str) -> None:
            bar.set_postfix_str(now, refresh=time.monotonic() - begun >= DELAY)

        before = _SAY.set(say)
        try:
            yield bar.update
        finally:
            _SAY.reset(before)


def stage(now: str) -> None:
    """Say on the bar what is done now, so that it does not seem to stand still; nothing where no bar is drawn."""
    say = _SAY.get()
    if say is not None:
        say(now)
