"""Links between the generated pages, and from them to the reference."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from expertsys.theory import FRAMEWORK, Citation, Standing


class Family(NamedTuple):
    """Concepts that share a page."""

    page: str
    title: str
    concepts: tuple[str, ...]


FAMILIES = (
    Family("expert-system", "Expert system", ("expert-system",)),
    Family("mandate", "Mandate", ("mandate",)),
    Family("infrastructure", "Infrastructure", ("infrastructure",)),
    Family("rules-and-classification", "Rules and classification", ("rule", "classification")),
    Family("technology", "Technology", ("technology",)),
    Family("action-at-a-distance", "Action at a distance", ("action-at-a-distance",)),
    Family("emptying-out", "Emptying out", ("emptying-out",)),
    Family("local-contingency", "Local contingency", ("local-contingency",)),
    Family("situation", "Situation and mode of use", ("situation", "mode-of-use")),
    Family("professional-practice", "Professional practice", ("professional-practice",)),
    Family("resistance", "Resistance and its foci", ("resistance", "focus-of-resistance")),
    Family("frames", "Frames and remedies", ("explanatory-frame", "remedy")),
    Family("disembedding", "Disembedding and re-embedding", ("disembedding", "reembedding")),
    Family("access-points-and-trust", "Access points and trust", ("access-point", "trust")),
    Family("structuration", "Structuration", ("structuration",)),
)

EXPLAINED = {
    "emptying_out": "emptying-out.md",
    "action_at_a_distance": "action-at-a-distance.md",
    "contingency_sensitivity": "contingency-sensitivity.md",
    "resistance_profile": "resistance-and-frames.md",
    "frame_evidence": "resistance-and-frames.md",
}
"""Measure to the page under ``explanation/`` that shows where it behaves and where it misleads."""


def family_of(key: str) -> Family:
    """The family on whose page a concept stands."""
    root = [key, *FRAMEWORK.ancestors(key)][-1]
    found = [family for family in FAMILIES if root in family.concepts]
    if len(found) != 1:
        raise LookupError(f"the concept {root!r} stands on {len(found)} pages, not one: see FAMILIES")
    return found[0]


def concept(key: str) -> str:
    """A link to a concept, by its name."""
    return f"[{FRAMEWORK[key].name}]({family_of(key).page}.md#{key})"


def concepts(keys: Iterable[str]) -> str:
    """Links to several."""
    return ", ".join(concept(key) for key in keys)


def proposition(key: str) -> str:
    """A link to a proposition, by its key."""
    return f"[{key}](propositions.md#{key})"


def cited(sources: Iterable[Citation]) -> str:
    """Links to sources, each with its page."""
    return "; ".join(f"[{source.key}](sources.md#{source.key}) {source.locator}".rstrip() for source in sources)


def standing(value: Standing | str, sources: Iterable[Citation] = ()) -> str:
    """A standing, and the sources behind it, as one phrase."""
    return "; ".join(filter(None, (f"**{Standing(value).value}**", cited(sources))))


def name(qualified: str) -> str:
    """A link to the reference entry of a public name."""
    return f"[`{qualified.removeprefix('expertsys.')}`][{qualified}]"


def check_all_placed() -> None:
    """Refuse a framework with a concept that no page shows."""
    for key in FRAMEWORK:
        family_of(key)
