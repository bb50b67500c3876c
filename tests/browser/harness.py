"""Drives Debian's headless Chromium over its debugging pipe: no driver, no port, no download.

with Browser(executable()) as browser:
    visit = browser.open(path, width=390)
    assert not visit.errors and not visit.requests and not visit.overflow
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from select import select
from types import TracebackType
from typing import Any

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-extensions", "--disable-default-apps", "--no-first-run",
    "--no-default-browser-check", "--hide-scrollbars", "--force-color-profile=srgb", "--remote-debugging-pipe",
    "--host-resolver-rules=MAP * ~NOTFOUND",
)  # fmt: skip
PHONE = 600
INSPECT = Path(__file__).with_name("inspect.js")


def executable() -> str | None:
    """Where Chromium is, or None."""
    return next((path for name in ("chromium", "chromium-browser") if (path := shutil.which(name))), None)


@dataclass(frozen=True)
class Message:
    """What the console or the browser's log said."""

    level: str
    text: str


@dataclass(frozen=True)
class Image:
    """An img or outermost svg; `text` is None where no alternative is given, and empty for a decorative one."""

    tag: str
    text: str | None


@dataclass(frozen=True)
class Table:
    """A table: caption, and the scope of each header cell (empty where it has none)."""

    caption: str
    scopes: tuple[str, ...]


@dataclass(frozen=True)
class Text:
    """A run of text with its WCAG contrast ratio; None where a picture lies behind it."""

    text: str
    element: str
    ratio: float | None
    large: bool

    @property
    def is_readable(self) -> bool:
        """At least 4.5 : 1, or 3 : 1 for large text (level AA)."""
        return self.ratio is None or self.ratio >= (3 if self.large else 4.5)


@dataclass(frozen=True)
class Visit:
    """What one page showed at one width."""

    width: int
    title: str
    language: str
    messages: tuple[Message, ...]
    requests: tuple[str, ...]  # beyond the page itself; data: addresses stay inside it
    images: tuple[Image, ...]
    headings: tuple[tuple[int, str], ...]
    tables: tuple[Table, ...]
    texts: tuple[Text, ...]
    scroll_width: int
    too_wide: tuple[str, ...]  # what reaches beyond the right edge
    screenshot: bytes  # PNG of the whole page

    @property
    def errors(self) -> tuple[Message, ...]:
        return tuple(message for message in self.messages if message.level == "error")

    @property
    def without_alternative(self) -> tuple[Image, ...]:
        return tuple(image for image in self.images if image.text is None)

    @property
    def overflow(self) -> int:
        """Pixels by which the page is wider than the screen."""
        return max(0, self.scroll_width - self.width)

    @property
    def contrast(self) -> float:
        """The lowest ratio on the page; 21 where there is no text."""
        return min((text.ratio for text in self.texts if text.ratio is not None), default=21.0)

    @property
    def unreadable(self) -> tuple[Text, ...]:
        return tuple(text for text in self.texts if not text.is_readable)


class Browser:
    """One headless Chromium with a fresh profile."""

    def __init__(self, path: str, patience: float = 30.0) -> None:
        self._path, self._patience = path, patience

    def __enter__(self) -> Browser:
        self._profile = tempfile.mkdtemp(prefix="chromium-")
        theirs_in, self._to = os.pipe()
        self._from, theirs_out = os.pipe()
        # Chromium reads from descriptor 3 and writes to 4; bash puts ours there, wherever they are now.
        high_in, high_out = (fcntl.fcntl(end, fcntl.F_DUPFD, 20) for end in (theirs_in, theirs_out))
        command = [self._path, *FLAGS, f"--user-data-dir={self._profile}", "about:blank"]
        self._process = subprocess.Popen(
            ["bash", "-c", f'exec "$@" 3<&{high_in} 4>&{high_out}', "bash", *command],
            pass_fds=(high_in, high_out),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        for end in (theirs_in, theirs_out, high_in, high_out):
            os.close(end)
        self._rest, self._count, self._events = b"", 0, list[dict[str, Any]]()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._call("Browser.close")
            self._process.wait(10)
        except (OSError, RuntimeError, subprocess.TimeoutExpired):
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        os.close(self._to)
        os.close(self._from)
        shutil.rmtree(self._profile, ignore_errors=True)

    def open(self, page: Path, *, width: int, height: int = 900, media: str = "screen", scheme: str = "light") -> Visit:
        """Open a local file; below 600 pixels as a phone does, which heeds `<meta name="viewport">`."""
        address = page.resolve().as_uri()
        context = self._call("Target.createBrowserContext")["browserContextId"]
        target = self._call("Target.createTarget", url="about:blank", browserContextId=context)["targetId"]
        session = self._call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]

        def call(method: str, **params: Any) -> dict[str, Any]:
            return self._call(method, session, **params)

        for domain in ("Page", "Runtime", "Log", "Network"):
            call(f"{domain}.enable")
        screen = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < PHONE}
        call("Emulation.setDeviceMetricsOverride", **screen)
        features = [
            {"name": "prefers-color-scheme", "value": scheme},
            {"name": "prefers-reduced-motion", "value": "reduce"},
        ]
        call("Emulation.setEmulatedMedia", media=media, features=features)
        self._events.clear()
        failure = call("Page.navigate", url=address).get("errorText")
        if failure:
            raise RuntimeError(f"{address}: {failure}")
        self._wait_for("Page.loadEventFired", session)
        answer = call(
            "Runtime.evaluate",
            expression=f"({INSPECT.read_text('utf-8')})({width})",
            awaitPromise=True,
            returnByValue=True,
        )
        if "exceptionDetails" in answer:
            raise RuntimeError(f"{address}: {answer['exceptionDetails']}")
        found = answer["result"]["value"]
        shot = call("Page.captureScreenshot", format="png", captureBeyondViewport=True)["data"]
        events = [event for event in self._events if event.get("sessionId") == session]
        self._call("Target.disposeBrowserContext", browserContextId=context)
        return Visit(
            width=width,
            title=found["title"],
            language=found["language"],
            messages=tuple(message for event in events if (message := _message(event))),
            requests=tuple(url for event in events if (url := _requested(event)) and url.partition("#")[0] != address),
            images=tuple(Image(**image) for image in found["images"]),
            headings=tuple((level, text) for level, text in found["headings"]),
            tables=tuple(Table(table["caption"], tuple(table["scopes"])) for table in found["tables"]),
            texts=tuple(Text(**text) for text in found["texts"]),
            scroll_width=found["scrollWidth"],
            too_wide=tuple(found["tooWide"]),
            screenshot=base64.b64decode(shot),
        )

    def _call(self, method: str, session: str | None = None, **params: Any) -> dict[str, Any]:
        self._count += 1
        message = {"id": self._count, "method": method, "params": params} | ({"sessionId": session} if session else {})
        os.write(self._to, json.dumps(message).encode() + b"\0")
        deadline = time.monotonic() + self._patience
        while True:
            answer = self._read(deadline, method)
            if answer.get("id") == self._count:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                return dict(answer["result"])
            self._events.append(answer)

    def _wait_for(self, method: str, session: str) -> None:
        deadline = time.monotonic() + self._patience
        while not any(event.get("method") == method and event.get("sessionId") == session for event in self._events):
            self._events.append(self._read(deadline, method))

    def _read(self, deadline: float, what: str) -> dict[str, Any]:
        while b"\0" not in self._rest:
            ready, _, _ = select([self._from], [], [], max(0.0, deadline - time.monotonic()))
            if not ready:
                raise RuntimeError(f"Chromium did not answer {what} within {self._patience:g} s")
            chunk = os.read(self._from, 1 << 20)
            if not chunk:
                raise RuntimeError(f"Chromium ended during {what}, status {self._process.poll()}")
            self._rest += chunk
        line, _, self._rest = self._rest.partition(b"\0")
        return dict(json.loads(line))


def _message(event: dict[str, Any]) -> Message | None:
    params = event.get("params", {})
    match event.get("method"):
        case "Runtime.consoleAPICalled":
            parts = (str(part.get("value", part.get("description", ""))) for part in params["args"])
            return Message("error" if params["type"] == "assert" else params["type"], " ".join(parts))
        case "Runtime.exceptionThrown":
            details = params["exceptionDetails"]
            return Message("error", details.get("exception", {}).get("description", details["text"]))
        case "Log.entryAdded":
            entry = params["entry"]
            return Message(entry["level"], " ".join(filter(None, (entry["text"], entry.get("url")))))
    return None


def _requested(event: dict[str, Any]) -> str | None:
    url = (
        event.get("params", {}).get("request", {}).get("url")
        if event.get("method") == "Network.requestWillBeSent"
        else None
    )
    return None if url is None or url.startswith(("data:", "blob:", "about:")) else str(url)
