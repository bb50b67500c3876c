"""The reference numbers beside these tests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

CONTENT: dict[str, Any] = json.loads(Path(__file__).with_name("oracles").joinpath("enactment.json").read_text("utf-8"))
assert all(CONTENT[field] for field in ("name", "origin", "version", "date"))

INFORMATION: list[dict[str, Any]] = CONTENT["information"]
HETEROGENEITY: list[dict[str, Any]] = CONTENT["heterogeneity"]["cases"]
