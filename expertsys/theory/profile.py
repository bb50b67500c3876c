"""An expert system in words: everything that its description says, each part with its sources."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import attrs

from expertsys.theory.parts import ABSENT
from expertsys.theory.scheme import Classification
from expertsys.theory.standing import Citation

if TYPE_CHECKING:
    from expertsys.theory.expert_system import ExpertSystem

_PARTS = ("mandate", "infrastructure", "technology")


def profile(system: ExpertSystem, *, width: int = 100) -> str:
    """The description as text, unknowns named as such."""
    lines = [f"{system.name} ({system.key})"]
    if system.purpose:
        lines.append(f"{system.purpose}{_cited(system.sources.get('purpose', ()))}")
    for name in _PARTS:
        lines += ["", *_part(name.capitalize(), getattr(system, name))]
    lines += ["", *_scheme(system)]
    for title, facts in (("Documented use", system.documented_use), ("Other facts", system.facts)):
        lines += ["", title if facts else f"{title}: none given", *(f"  {fact}" for fact in facts)]
    lines += ["", "Findings" if system.findings else "Findings: none given"]
    for finding in system.findings:
        setting = f" ({finding.setting})" if finding.setting else ""
        lines.append(f"  {finding.wording}{setting}{_cited(finding.sources)}")
    if system.note:
        lines += ["", f"Note: {system.note}"]
    return "\n".join(_wrapped(line, width) for line in lines)


def _part(title: str, part: Any) -> Iterator[str]:
    if part is None or part is ABSENT:
        yield f"{title}: {'unknown' if part is None else 'absent'}"
        return
    yield title
    missing = []
    for field in attrs.fields(type(part)):
        value = getattr(part, field.name)
        name = field.name.replace("_", " ")
        if value is None:
            missing.append(name)
        elif field.name != "sources":
            yield f"  {name}: {_value(value)}{_cited(part.sources.get(field.name, ()))}"
    if missing:
        yield f"  unknown: {', '.join(missing)}"


def _scheme(system: ExpertSystem) -> Iterator[str]:
    if system.rules is None:
        yield "Rules: unknown"
    else:
        yield "Rules" if system.rules else "Rules: none"
        for rule in system.rules:
            yield f"  {f'{rule.id}: ' if rule.id else ''}when {rule.when or 'unknown'}, then {rule.action}"
    if isinstance(system.classification, Classification):
        yield "Classification"
        for category in system.classification.categories:
            when = "what fits nowhere else" if category.residual else category.when or "condition unknown"
            yield f"  {category.name}: {when}"
    else:
        yield f"Classification: {'unknown' if system.classification is None else 'absent'}"


def _value(value: object) -> str:
    if isinstance(value, tuple):
        return "; ".join(str(item) for item in value) or "none"
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _cited(sources: tuple[Citation, ...]) -> str:
    return f" [{'; '.join(map(str, sources))}]" if sources else ""


def _wrapped(line: str, width: int) -> str:
    indent = line[: len(line) - len(line.lstrip())]
    options: dict[str, Any] = {"break_long_words": False, "break_on_hyphens": False}
    return textwrap.fill(line, width, subsequent_indent=indent + "  ", **options) if line else line
