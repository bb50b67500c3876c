"""Cyclic garbage collection put off while very many objects are made, none of which is garbage yet."""

from __future__ import annotations

import contextlib
import gc
import threading
from collections.abc import Iterator

_LOCK = threading.Lock()
_pauses: list[bool] = []


@contextlib.contextmanager
def paused() -> Iterator[None]:
    """Let no collection begin within; whatever ends it, it is as before once the last of several pauses is over.

    Examples
    --------
    >>> import gc
    >>> with paused():
    ...     gc.isenabled()
    False
    >>> gc.isenabled()
    True
    """
    with _LOCK:
        _pauses.append(gc.isenabled() if not _pauses else _pauses[0])
        gc.disable()
    try:
        yield
    finally:
        with _LOCK:
            before = _pauses.pop()
            if before and not _pauses:
                gc.enable()
