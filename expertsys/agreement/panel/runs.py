"""Runs of one model: by what names they are known, and why they are no panel."""

from __future__ import annotations

import re
from collections.abc import Sequence

from expertsys._core.errors import DataError, listing, unknown

_NUMBERED = re.compile(
    r"(?P<stem>.*?)[\s_\-.#(]*(?:run|seed|sample|try|iteration|pass)?[\s_\-.#(]*(?P<number>\d+)\)?$", re.IGNORECASE
)
#: Words that name machines.
_MACHINES = re.compile(
    r"gpt|llm|claude|gemini|gemma|llama|mistral|mixtral|qwen|deepseek|phi-|bert|model|machine|bot\b|classifier|"
    r"algorithm|\bai\b|openai|copilot|\brun\b|\bseed\b",
    re.IGNORECASE,
)


def stem(name: str) -> str | None:
    """What is left of a name without the number of the run; None where it has none."""
    match = _NUMBERED.fullmatch(name.strip())
    return None if match is None or not match["stem"].strip() else match["stem"].strip(" _-.#(").casefold()


def is_machine(name: str) -> bool:
    """Whether a name is usual for a model or another machine."""
    return _MACHINES.search(name.replace("_", " ")) is not None


def model_runs(coders: Sequence[str]) -> dict[str, list[str]]:
    """Coders who look like runs of one model, by what their names have in common."""
    found: dict[str, list[str]] = {}
    for name in coders:
        common = stem(name)
        if common is not None and is_machine(name):
            found.setdefault(common, []).append(name)
    return {common: names for common, names in found.items() if len(names) > 1}


def runs_of_one_model(coders: Sequence[str]) -> str:
    """A note where runs of one model count as coders beside others; empty where there are none."""
    told = [listing(names, 4) for names in model_runs(coders).values() if len(names) < len(coders)]
    if not told:
        return ""
    return (
        f"{' and '.join(told)} look like runs of one model and count as coders here: a model agrees with itself, so "
        "leave all but one out (study.select(coders=[...])), or compare them with people: against_panel(runs=[...])"
    )


def chosen(
    coders: Sequence[str],
    coder: str | None,
    runs: Sequence[str] | None,
    panel: Sequence[str] | None,
    purpose: str,
) -> tuple[list[str], list[str], str]:
    """Who is compared (one coder, or the runs of one), with which panel, and a note where that was guessed.

    Raises
    ------
    DataError
        For unknown coders, a coder on both sides, or where it cannot be known who is on the panel.
    """
    if (coder is None) == (not runs):
        raise DataError(
            "say either coder= or runs=", place=purpose, remedy="runs=['model-1', 'model-2'] are the runs of one model."
        )
    compared = [coder] if coder is not None else list(dict.fromkeys(runs or ()))
    for name in compared:
        if name not in coders:
            raise unknown("coder", name, coders, place=f"{purpose}({'coder' if runs is None else 'runs'}=...)")
    others = [name for name in coders if name not in compared]
    if panel is not None:
        members = list(dict.fromkeys(panel))
        for name in members:
            if name not in coders:
                raise unknown("coder", name, coders, place=f"{purpose}(panel=...)")
            if name in compared:
                raise DataError(
                    f"{name!r} is compared with the panel and cannot be a member of it", place=f"{purpose}(panel=...)"
                )
        return compared, members, ""
    common = {stem(name) for name in compared} - {None}
    twins = [name for name in others if stem(name) in common]
    rest = [name for name in others if name not in twins]
    if twins and rest and all(is_machine(name) for name in compared):
        note = (
            f"{listing(twins, 4)} look like further runs of the same model and are left out of the panel; to say "
            f"otherwise, give panel=[...], and runs=[...] for the runs of one model"
        )
        others = rest
    else:
        note = ""
    doubtful = [*model_runs(others).values()]
    if doubtful and len(doubtful[0]) < len(others):
        raise DataError(
            f"{listing(doubtful[0], 4)} look like runs of one model, which is one coder and no panel",
            place=purpose,
            remedy="Say who is on the panel: panel=[...].",
        )
    if twins and rest and not note:
        raise DataError(
            f"{listing([*compared, *twins], 4)} have names of one kind, and {listing(rest, 4)} another: who is on the "
            "panel cannot be known",
            place=purpose,
            remedy="Say it: panel=[...]; for the runs of one model also runs=[...].",
        )
    return compared, others, note
