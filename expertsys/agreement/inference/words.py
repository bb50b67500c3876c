"""What a methods section says of a coefficient and of its interval, and the references behind both."""

from __future__ import annotations

import attrs

from expertsys._core.results import Interval, number, percent
from expertsys.agreement.inference.methods import Bootstrap, Chosen, Jackknife, Wilson


@attrs.frozen
class Words:
    """What only the coefficient itself can say.

    Parameters
    ----------
    because : str
        Why this one, in half a sentence: what it compares agreement with, or what it supposes.
    single : str
        What became of the units that did not have a rating by two coders, after "12 units".
    own : tuple of str
        Keys of the references behind an analytic interval of its own; by default Gwet's linearisation.
    widened : bool
        Whether units with one rating enter its analytic standard error, as Gwet has it: with an agreement of zero.
    """

    because: str = ""
    single: str = "that fewer than two coders had read were left out"
    own: tuple[str, ...] = ("gwet2021",)
    widened: bool = False


#: What becomes of units with one rating where they count for the marginals.
MARGINALS = "with one rating counted for how often each category was used, not for agreement"
#: Where a coefficient is of two given coders.
NOT_BOTH = "that one of the two had not rated were left out"

#: From this share of units on, results say what units with one rating do to them.
CONSIDERABLE = 0.05

_KINDS: dict[str, tuple[str, ...]] = {
    "percentile": ("efron1993",),
    "bca": ("efron1987", "efron1993"),
    "pairs": ("hayes2007", "krippendorff2019"),
}


def alone(words: Words, single: int, units: int) -> str:
    """What a considerable share of units with one rating does to estimate and standard error; empty where nothing."""
    if not words.widened or not single or single < CONSIDERABLE * units:
        return ""
    counted = words.single == MARGINALS
    use = ", which counts for how often each category is used (krippendorff_alpha leaves it out)" if counted else ""
    return (
        f"{single:,} of {units:,} units have one rating{use}; the analytic standard error takes such units for units "
        "without agreement: prefer an interval by the bootstrap or method='jackknife'"
    )


def sources(method: Chosen, clustered: bool, own: tuple[str, ...]) -> tuple[str, ...]:
    """Keys of the references behind an interval."""
    if isinstance(method, Wilson):
        return ("wilson1927", "brown2001", "korn1998")
    if isinstance(method, Bootstrap):
        return (
            *_KINDS[method.kind],
            *(("field2007", "hesterberg2015") if clustered and method.kind != "pairs" else ()),
        )
    finite = () if method.population is None else ("cochran1977",)
    if isinstance(method, Jackknife):
        return ("efron1993", *(("kott2001",) if clustered else ()), *finite)
    over = () if method.over == "units" else ("gwet2008b",)
    return (*(own if method.over != "coders" else ()), *over, *finite)


def paragraph(
    name: str, level: str, words: Words, estimate: float, interval: Interval, units: int, single: int, coders: int
) -> str:
    """The sentences of a methods section."""
    scale = f" ({level})" if level else ""
    ends = f"{percent(interval.confidence)} interval {number(interval.low)} to {number(interval.high)}"
    found = f"{ends}, {interval.method}" if interval.low == interval.low else f"no interval: {interval.note}"
    because = f", {words.because}," if words.because else ""
    text = (
        f"Agreement was measured with {name}{scale}{because} over {units:,} units rated by {coders:,} coders: "
        f"{number(estimate)} ({found})."
    )
    if single:
        told = f"{single:,} units {words.single}" if single > 1 else f"1 unit {words.single}"
        told = told.replace(" were ", " was ").replace("they say", "it says") if single == 1 else told
        text += f" {told}."
    return text
