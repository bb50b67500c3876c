"""What a function may demand of a study before it begins, each with the way to meet it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expertsys._core.errors import DataError, counted, listing
from expertsys.study.units import RULES

if TYPE_CHECKING:
    from expertsys.study.study import Study


def require_units(study: Study, purpose: str, *, instead: str = "") -> None:
    """Refuse a study of spans that has no units yet, naming the choices, and what needs no units (`instead`)."""
    without = study.codings["unit"].isna()
    if len(study.units) and not without.any():
        return
    raise DataError(
        f"{purpose} needs units, and this study has {counted(int(without.sum()), 'span')} of text without one",
        place="study.units",
        remedy=f"Choose the unit first: study.unitise(by=...) with one of {listing(RULES)}; "
        "on the command line --unitise." + (f" {instead}" if instead else ""),
    )


def require_one_round(study: Study, purpose: str) -> None:
    """Refuse a study that holds several rounds of coding, naming them."""
    unnamed = bool(study.rounds) and bool(study.codings["round"].isna().any())
    if len(study.rounds) > 1 or unnamed:
        raise DataError(
            f"{purpose} must not mix rounds of coding; this study has {listing(study.rounds)}"
            + (" and codings without a round" if unnamed else ""),
            place="study.rounds",
            remedy=f"Choose one: study.select(rounds=[{study.rounds[0]!r}])"
            + (", or rounds=[None] for the codings without a round." if unnamed else "."),
        )
