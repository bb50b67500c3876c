"""Pages on the three systems, with every published fact, and on the sources behind all records."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs
import links
from framework import table

from expertsys.theory import (
    ABSENT,
    FRAMEWORK,
    ExpertSystem,
    Fact,
    Status,
    choose_and_book,
    qof_templates,
    summary_care_record,
)

SYSTEMS = (choose_and_book, qof_templates, summary_care_record)

_SHOWN = {Status.DOCUMENTED: "documented", Status.ABSENT: "absent", Status.UNKNOWN: "unknown"}


def system_page(system: ExpertSystem, function: str) -> Iterator[str]:
    """Everything that is published of one system, and what is not."""
    yield f"# {system.name}"
    cited = links.cited(system.sources.get("purpose", ()))
    yield f"{system.purpose} [{cited}]" if cited else system.purpose
    yield (
        f"`theory.{function}()` gives this description as an "
        f"{links.name('expertsys.theory.ExpertSystem')}. Each statement has its source. What the sources used do not "
        "say is *unknown*: it is left so and never filled in."
    )
    yield "## Is it an expert system in the sense of P2?"
    yield (
        f"{links.proposition('P2')} is a definition, so it is not tested: the table says which of its parts the "
        "sources used describe."
    )
    found = system.completeness()
    parts = [(name, _SHOWN[status]) for name, status in (*found.components, *found.capabilities)]
    yield table(("part", "what the sources used say"), parts)
    for title in ("mandate", "infrastructure", "technology", "classification"):
        yield f"## {title.capitalize()}"
        yield _part(getattr(system, title))
    yield "## Documented use"
    yield _facts(system.documented_use)
    yield "## Findings"
    if system.findings:
        yield "\n".join(
            f"- {finding.wording} {f'({finding.setting}) ' if finding.setting else ''}[{links.cited(finding.sources)}]"
            + (f" Speaks of: {links.concepts(finding.concepts)}." if finding.concepts else "")
            for finding in system.findings
        )
    else:
        yield "None given."
    yield "## Other facts"
    yield _facts(system.facts)
    if system.note:
        yield f"*Note.* {system.note}"


def _part(part: Any) -> str:
    if part is None or part is ABSENT:
        return "Unknown." if part is None else "There is none."
    rows = []
    for field in attrs.fields(type(part)):
        if field.name == "sources":
            continue
        value = getattr(part, field.name)
        cited = links.cited(part.sources.get(field.name, ())) if hasattr(part, "sources") else ""
        if isinstance(value, tuple) and value and all(isinstance(item, Fact) for item in value):
            cited = "; ".join(dict.fromkeys(links.cited(fact.sources) for fact in value))
            value = "; ".join(_fact(fact) for fact in value)
        rows.append((field.name.replace("_", " "), _told(value), cited))
    return table(("what", "published", "source"), rows)


def _told(value: object) -> str:
    if value is None or value == ():
        return "unknown"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return "; ".join(map(str, value))
    return str(value)


def _fact(fact: Fact) -> str:
    return str(fact).removeprefix(f"{fact.name}: ").rpartition(" [")[0]


def _facts(facts: tuple[Fact, ...]) -> str:
    if not facts:
        return "None given."
    rows = [(fact.name, _fact(fact), links.cited(fact.sources)) for fact in facts]
    return table(("what", "published", "source"), rows)


def sources_page() -> Iterator[str]:
    """Every work that the records cite, and what cites it."""
    yield "# Sources"
    yield "Every work that the framework and the three systems rest on, by its key, and what cites it."
    systems = [system() for system in SYSTEMS]
    for source in FRAMEWORK.sources:
        yield f"## {source.key} {{ #{source.key} }}"
        link = f" [doi:{source.doi}](https://doi.org/{source.doi})" if source.doi else ""
        yield f"{source.citation}{link}"
        own = {"Concepts": [], "Propositions": []}  # type: dict[str, list[str]]
        own["Concepts"] = [
            links.concept(each.key)
            for each in FRAMEWORK.concepts
            if source.key in {citation.key for part in (each, *each.parts) for citation in part.sources}
        ]
        own["Propositions"] = [
            links.proposition(each.key)
            for each in FRAMEWORK.propositions
            if source.key in {citation.key for citation in each.sources}
        ]
        own["Systems"] = [f"[{each.name}]({each.key}.md)" for each in systems if source.key in each.source_keys()]
        yield "\n".join(f"- {word}: {', '.join(them)}" for word, them in own.items() if them)
