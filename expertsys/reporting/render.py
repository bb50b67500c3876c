"""From the model to a page."""

from __future__ import annotations

import base64
from functools import cache
from typing import TYPE_CHECKING

import jinja2

if TYPE_CHECKING:
    from expertsys.reporting.model import Report


def _data_address(svg: str) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode("utf-8")).decode("ascii")


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("expertsys.reporting"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["data_address"] = _data_address
    return environment


def html(report: Report) -> str:
    """One self-contained page; everything that comes from data is escaped."""
    return _environment().get_template("report.html.jinja").render(report=report)
