"""Optional packages: the feature's name and the install line where they are absent."""

from __future__ import annotations

import json
import sys

import pytest

from expertsys._core.optional import require
from expertsys.errors import MissingDependencyError


def test_present() -> None:
    assert require("json", feature="x", extra="y") is json


def test_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "absent_package", None)
    told = (
        r"^reading Parquet needs the package 'absent_package'\. Install it with: "
        r'python -m pip install "expertsys\[parquet\]"$'
    )
    with pytest.raises(MissingDependencyError, match=told) as caught:
        require("absent_package.sub", feature="reading Parquet", extra="parquet")
    assert isinstance(caught.value.__cause__, ImportError)
