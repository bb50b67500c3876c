"""A bar on a terminal, silence in a pipe."""

from __future__ import annotations

import io
import sys

import pytest

from expertsys._core import progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_silence_in_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    with progress.track(3, "reading") as step:
        for _ in range(3):
            step()
    assert capsys.readouterr() == ("", "")


def test_a_bar_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(progress, "DELAY", 0)
    with progress.track(2, "reading") as step:
        step()
        step()
    assert "reading" in terminal.getvalue()


def test_quick_work_needs_none(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with progress.track(2, "reading") as step:
        step()
    assert "reading" not in terminal.getvalue()


def test_an_error_passes_through() -> None:
    with pytest.raises(ValueError, match="stop"), progress.track(2, "reading"):
        raise ValueError("stop")


def test_a_bar_says_what_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    progress.stage("nothing is drawn")
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(progress, "DELAY", 0)
    with progress.track(2, "reading") as step:
        step()
        progress.stage("making tables")
        assert "reading" in terminal.getvalue()
        assert "making tables" in terminal.getvalue()
        step()
    before = terminal.getvalue()
    progress.stage("later")
    assert terminal.getvalue() == before


def test_a_stage_of_quick_work_is_not_said(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with progress.track(2, "reading"):
        progress.stage("making tables")
    assert terminal.getvalue().strip() == ""
