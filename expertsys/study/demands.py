"""What a function may demand of a study before it begins, each with the way to meet it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expertsys._core.errors import DataError, counted, listing
from expertsys.study.readings import SETTLED
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
    """Refuse a study that holds several rounds of coding, naming them.

    Codings without a round may stand beside one round where both were selected, and they are of coders who coded once.
    """
    codings, first = study.codings, next(iter(study.rounds), None)
    unnamed = codings["round"].isna()
    named = set(codings["coder"][~unnamed])
    once = named.isdisjoint(codings["coder"][unnamed]) and not all(coder.casefold() in SETTLED for coder in named)
    selected = study.provenance.choice("selected") is not None
    if len(study.rounds) < 2 and (not unnamed.any() or unnamed.all() or (once and selected)):
        return
    remedy = f"Choose one: study.select(rounds=[{first!r}])"
    if unnamed.any():
        remedy += f", or rounds=[{first!r}, None] with the coders who coded once" if once else ""
        remedy += ", or rounds=[None] for the codings without a round"
    raise DataError(
        f"{purpose} must not mix rounds of coding; this study has {listing(study.rounds)}"
        + (" and codings without a round" if unnamed.any() else ""),
        place="study.rounds",
        remedy=f"{remedy}.",
    )
