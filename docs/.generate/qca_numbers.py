"""What of Qualitative Comparative Analysis is compared with R, and where the two differ."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

ORACLES = Path(__file__).parents[2] / "tests" / "qca" / "oracles"


def qca_section() -> list[str]:
    """The paragraphs and tables of the section."""
    r, random, ranges = (_load(name) for name in ("r", "random", "ranges"))
    settings = [setting for table in random["tables"] for setting in table["settings"]]
    intermediate = [entry for setting in settings for entry in setting["intermediate"]]
    lost = sum("every_expectation" in entry for entry in intermediate)
    searched = sum(len(dataset["entries"]) for dataset in ranges["datasets"])
    rows = [
        ("what", "compared", "here"),
        ("---", "---", "---"),
        (
            "published and constructed data, QCA 3.23 and 3.25.1, SetMethods 4.1: truth tables, all solutions with "
            "their models, fits, cases and assumptions, necessity, enhanced standard analysis",
            f"{len(r['cases'])} analyses",
            "equal to 1e-6",
        ),
        ("random tables, QCA 3.25.1: rows", f"{len(random['tables'])} tables, {len(settings)} settings", "equal"),
        ("random tables: conservative solutions", f"{len(settings)}", "equal"),
        ("random tables: parsimonious solutions", f"{sum('parsimonious' in one for one in settings)}", "equal"),
        (
            "random tables: intermediate solutions, with single and conjunctural expectations",
            f"{len(intermediate) - lost}",
            "equal",
        ),
        (
            "random tables: several expectations of which one is a conjunction",
            f"{lost}",
            "R applies the last conjunction only; the counterfactuals equal those of a brute force that applies all",
        ),
        (
            "SCHLF, EMMF and LIPF, SetMethods 4.1: ranges of cut-offs and anchors",
            f"{searched}",
            "within R's step; its bound is the last step, here the change point",
        ),
    ]
    return [
        "## Qualitative Comparative Analysis",
        "The tests hold these to R (4.2.2):",
        "\n".join("| " + " | ".join(row) + " |" for row in rows),
        "Beside them 900 random tables and the three published analyses, about 328,000 figures, were compared once. "
        "They agree but for errors of R: QCA 3.25.1 marks contradictions on the wrong rows with two cut-offs and "
        "`n.cut` above 1, and where a case is at 0.5; `admisc::negate` is wrong for some expressions over levels; "
        "`superSubset` omits expressions that reach the cut-offs. The comparison also showed what was wrong here, and "
        "is corrected: conjunctural expectations, indirect calibration, levels of 128 and more. Where conditions do "
        'not apply ("-"), 15 of 56 solutions differ; here they equal a brute force. See '
        "[Coming from another program](../coming-from.md#r-qca-and-setmethods-fsqca).",
    ]


def _load(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((ORACLES / f"{name}.json").read_text(encoding="utf-8"))
    return content
