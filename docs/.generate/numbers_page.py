"""The page of numbers that the tests match: what a source prints, and what the library gives."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from qca_numbers import qca_section

from expertsys import agreement
from expertsys.agreement import Coefficient, Ratings

ORACLES = Path(__file__).parents[2] / "tests" / "agreement" / "oracles"
MADE = "<!-- Made by `python docs/.generate` from the files in tests/agreement/oracles and tests/qca/oracles. -->"

CALLS: dict[str, tuple[str, Callable[..., Coefficient]]] = {
    "percent_agreement": ("percent agreement", agreement.percent_agreement),
    "krippendorff_alpha": ("Krippendorff's alpha", agreement.krippendorff_alpha),
    "scott_pi": ("Scott's pi", agreement.scott_pi),
    "cohen_kappa": ("Cohen's kappa", agreement.cohen_kappa),
    "fleiss_kappa": ("Fleiss' kappa", agreement.fleiss_kappa),
    "conger_kappa": ("Conger's kappa", agreement.conger_kappa),
    "hubert_kappa": ("Hubert's kappa", agreement.conger_kappa),
    "gwet_ac": ("Gwet's AC", agreement.gwet_ac),
    "brennan_prediger": ("Brennan–Prediger", agreement.brennan_prediger),
    "bangdiwala_b": ("Bangdiwala's B", agreement.bangdiwala_b),
    "light_kappa": ("Light's kappa", agreement.light_kappa),
    "bennett_s": ("Bennett's S", agreement.brennan_prediger),
    "randolph_kappa": ("Randolph's kappa", agreement.brennan_prediger),
}
#: Figures that are a part of a coefficient: of which, which, and what they are called.
PARTS: dict[str, tuple[str, str, str]] = {
    "D_o": ("krippendorff_alpha", "observed", "alpha: observed disagreement"),
    "D_e": ("krippendorff_alpha", "expected", "alpha: expected disagreement"),
    "pe_cohen": ("cohen_kappa", "expected", "Cohen's kappa: chance agreement"),
    "pe_fleiss_kappa": ("fleiss_kappa", "expected", "Fleiss' kappa: chance agreement"),
    "pe_gwet_ac": ("gwet_ac", "expected", "Gwet's AC: chance agreement"),
}
#: Why a figure is not the printed one to the last digit.
APART = {
    ("krippendorff2018_p306", "krippendorff_alpha"): "cut there, not rounded",
    ("fleiss1971_psychiatric", "pe_fleiss_kappa"): "made there from shares rounded to three digits",
    ("fleiss1971_psychiatric", "category"): "made there from rounded parts",
    ("warrens2010_omalley", "fleiss_kappa"): "the last digit there is rounded up from .83235",
    ("gwet_cont3x3abstractors", "cohen_kappa_se"): "the variance there divides by n, here by n − 1",
    ("gwet_cont3x3abstractors", "gwet_ac_se"): "the variance there divides by n, here by n − 1",
    ("gwet_cont3x3abstractors", "percent_agreement_se"): "the variance there divides by n, here by n − 1",
}
APART |= {
    ("warrens2010_omalley", "randolph_kappa"): "made there from rounded parts",
    ("warrens2010_omalley", "light_kappa"): "made there from rounded parts",
}
_TABLE = "the variance there divides by n, here by n − 1"
APART |= {
    (example, f"{name}_se_table"): _TABLE
    for example, name in (
        ("agresti1992_p202", "cohen_kappa"),
        ("gwet_cont3x3abstractors", "scott_pi"),
        ("gwet_cont3x3abstractors", "brennan_prediger"),
    )
}
IRRCAC = {"pa": "percent_agreement", "ac": "gwet_ac", "fleiss": "fleiss_kappa", "conger": "conger_kappa"}
IRRCAC |= {"bp": "brennan_prediger", "kripp": "krippendorff_alpha"}
#: Units without any rating count in its standard errors there.
UNRATED = "rand1_2coders_2cat"
#: icr 0.6.6 truncates a total to a whole number while it sums.
TRUNCATED = "irr_video"


def numbers_page() -> str:
    """The page."""
    published, weighted, by_category = (_load(name) for name in ("published", "weighted", "categories"))
    further, scores, spans = (_load(name) for name in ("further", "scores", "spans"))
    parts = [
        "# Numbers that we match",
        "Nobody should have to take a statistic on trust. Every figure below stands in a file of the tests, with its "
        "source; this page is made from these files, and the tests hold the library to them: published ones to the "
        "digits that are printed, R's coefficients to 1e-8 and its standard errors to 1e-6.",
        "How sure a figure is: **A** published and restated by a second party, **B** asserted by the tests of another "
        "package, **C** recalled and confirmed numerically, **D** computed by one other implementation only. "
        "“Here” has two digits more than the source prints.",
        "## Worked examples",
        _table(("source", "sure", "coefficient", "printed", "here", ""), _examples(published)),
        "## Under other names, with standard errors and limits",
        _table(("source", "sure", "coefficient", "printed", "here", ""), _further(further)),
        "## Worked examples with weights",
        _table(("source", "sure", "coefficient", "printed", "here", ""), _weighted(weighted)),
        "## Category by category",
        _table(
            ("source", "sure", "coefficient", "category", "printed", "here", ""), _categories(by_category, published)
        ),
        "## Sets of codes",
        _table(("source", "sure", "distance", "printed", "here"), _sets(published)),
        "## Scores",
        _table(("source", "sure", "coefficient", "printed", "here", ""), _scores(scores)),
        "The six forms of the ICC by R's irr 0.84.1, on complete rows:",
        _table(("data", "coefficient", "R", "here"), _irr_scores(scores)),
        "## Spans",
        "Krippendorff's alpha_U, 2004.",
        _table(("source", "code", "figure", "printed", "here", ""), _spans(spans)),
        "## R",
        "irrCAC 1.0 with its rounding removed, on its own data, those of the packages irr and krippendorffsalpha, and "
        "generated ones (R 4.2.2). Coefficient and standard error, unweighted:",
        _table(("data", "coefficient", "R", "here", "R, standard error", "here, standard error"), _irrcac(weighted)),
        "The same data under the weights linear, quadratic, ordinal, radical, ratio, circular and bipolar, and alpha "
        "at its levels by icr 0.6.6: how many coefficients, and whether the largest difference is within 1e-8.",
        _table(("data", "irrCAC with weights", "icr"), _summary(weighted)),
        f"icr truncates a total to a whole number while it sums and is off on `{TRUNCATED}`; irr 0.84.1's "
        "`kripp.alpha` is off on complete data of three or more coders. Neither is matched there. irrCAC counts units "
        f"that nobody rated in the standard errors of `{UNRATED}`.",
        *qca_section(),
        MADE,
    ]
    return "\n\n".join(parts) + "\n"


def write_numbers(folder: Path) -> Path:
    """Write the page into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "numbers.md"
    path.write_text(numbers_page(), encoding="utf-8", newline="\n")
    return path


def _load(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((ORACLES / f"{name}.json").read_text(encoding="utf-8"))
    return content


def _table(head: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])


def _units(entry: dict[str, Any]) -> list[list[Any]]:
    if "data" in entry:
        return list(entry["data"])
    return [row for row, times in zip(entry["rows"], entry["times"], strict=True) for _ in range(times)]


def _found(figure: str, ratings: Ratings, **options: Any) -> tuple[str, float]:
    """What a figure is called, and its value here."""
    base = figure.removesuffix("_se")
    key, field, called = PARTS.get(figure, (base, "estimate" if base == figure else "standard_error", ""))
    name, call = CALLS[key]
    if key == "krippendorff_alpha":
        options = options or {"level": "nominal"}
    else:
        options.pop("level", None), options.pop("distance", None)
    if key == "bangdiwala_b":
        options = {}
    told = called or (name if base == figure else f"{name}: standard error")
    return told, float(getattr(call(ratings, **options), field))


def _here(value: float, printed: str, example: str, figure: str) -> tuple[str, str]:
    """The value with two digits more, and what to say where it is not the printed one."""
    digits = len(printed.partition(".")[2])
    if abs(value - float(printed)) <= 0.5000001 * 10.0**-digits:
        return _digits(value, digits + 2), ""
    if (example, figure) not in APART:
        raise SystemExit(f"{example}, {figure}: {printed} there and {value} here")
    return _digits(value, digits + 2), APART[example, figure]


def _digits(value: float, digits: int) -> str:
    told = f"{value:.{min(digits, 8)}f}"
    return told.replace("-", "−") if float(told) else told.replace("-", "")


def _examples(published: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    for entry in published["examples"]:
        ratings = Ratings.from_array(_units(entry), coders="columns")
        level = {"level": entry["level"]} if "distance" not in entry else {"distance": _own(entry["distance"])}
        for figure, printed in entry["printed"].items():
            if figure in ("D_o", "D_e") and entry["level"] == "ordinal":
                continue
            told, value = _found(figure, ratings, **level)
            if "alpha" in told and entry["level"] != "nominal":
                told = f"{told} ({entry['level']})"
            here, note = _here(value, printed, entry["name"], figure)
            yield entry["source"], entry["strength"], told, printed.replace("-", "−"), here, note


def _further(further: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    words = {
        "": "",
        "se_table": ": standard error",
        "se": ": standard error",
        "low": ": lower end",
        "high": ": upper end",
    }
    for entry in further["examples"]:
        ratings = Ratings.from_array(entry["data"], coders="columns", categories=entry.get("categories"))
        for figure, printed in entry["printed"].items():
            if figure.endswith("_own"):
                continue  # the same example stands among those with weights or a distance
            part = next((part for part in words if part and figure.endswith(f"_{part}")), "")
            name, call = CALLS[figure.removesuffix(f"_{part}") if part else figure]
            found = call(ratings, level="nominal") if call is agreement.krippendorff_alpha else call(ratings)
            ends = found.interval(method="analytic")
            values = {"": found.estimate, "low": ends.low, "high": ends.high}
            here, note = _here(
                min(values.get(part, found.standard_error), 1.0)
                if part == "high"
                else values.get(part, found.standard_error),
                printed,
                entry["name"],
                figure,
            )
            note = "not cut at 1 here" if part == "high" and ends.high > 1 else note
            here = _digits(ends.high, 5) if part == "high" else here
            yield entry["source"], entry["strength"], name + words[part], printed.replace("-", "−"), here, note


def _scores(scores: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    for entry in scores["published"]:
        ratings = Ratings.from_array(entry["data"], coders="columns")
        for figure, printed in entry["printed"].items():
            end, _, form = figure.rpartition(" ")
            if form == "kendall_w":
                told, value = "Kendall's W", agreement.kendall_w(ratings).estimate
            else:
                found = agreement.icc(ratings, form=form)
                ends = found.interval(method="analytic")
                value = {"low": ends.low, "high": ends.high}.get(end, found.estimate)
                told = form + {"low": ": lower end", "high": ": upper end"}.get(end, "")
            here, note = _here(value, printed, entry["name"], figure)
            yield entry["source"], entry["strength"], told, printed.replace("-", "−"), here, note


def _irr_scores(scores: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    for entry in scores["datasets"]:
        if "irr_icc" in entry:
            complete = [row for row in entry["data"] if None not in row]
            ratings = Ratings.from_array(complete, coders="columns")
            for form, (theirs, *_) in entry["irr_icc"].items():
                ours = agreement.icc(ratings, form=form).estimate
                _within(ours, theirs, 1e-8, f"{entry['name']}, {form}")
                yield f"`{entry['name']}`", form, _digits(theirs, 8), _digits(ours, 8)


def _spans(spans: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    import pandas as pd

    for entry in spans["published"]:
        rows = [("d", *mark) for mark in entry["marks"]]
        frame = pd.DataFrame(rows, columns=["document", "coder", "code", "start", "end"])
        seen = {coder: ["d"] for coder in frame["coder"].unique()}
        marked = agreement.Spans.from_frame(frame, lengths={"d": entry["length"]}, seen=seen)
        for code, printed in entry["printed"].items():
            found = agreement.span_alpha(marked, kind="U2004", code=code)
            values = {"observed": found.observed, "expected": found.expected, "alpha": found.estimate}
            for figure, value in printed.items():
                here, note = _here(values[figure], value, entry["name"], figure)
                yield entry["source"], code, figure, value.replace("-", "−"), here, note


def _own(pairs: list[list[Any]]) -> Callable[[Any, Any], float]:
    table = {frozenset(pair): far for *pair, far in pairs}
    return lambda one, other: table.get(frozenset({one, other}), 0)


def _weighted(weighted: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    for entry in weighted["published"]:
        if not entry["data"]:
            continue
        weights = entry["weights"].replace("gwet_", "")
        categories = [1, 2, 3, 4, 5, 6] if entry["name"].startswith("irr_anxiety") else None
        ratings = Ratings.from_array(entry["data"], coders="columns", categories=categories)
        for figure, printed in entry["printed"].items():
            if figure.startswith("agree"):
                tolerance = int("tol1" in figure)
                told = "percent agreement of all coders" + f", within {tolerance}" * tolerance
                value = 100 * agreement.percent_agreement(ratings, of="all", tolerance=tolerance).estimate
            else:
                told, value = _found(figure, ratings, weights=weights)
                told += "" if weights == "identity" else f" ({weights})"
            here, note = _here(value, printed, entry["name"], figure)
            yield entry["source"], entry["strength"], told, printed.replace("-", "−"), here, note


def _categories(by_category: dict[str, Any], published: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    examples = {entry["name"]: entry for entry in published["examples"]}
    for entry in by_category["published"]:
        ratings = Ratings.from_array(_units(examples[entry["example"]]), coders="columns")
        found = agreement.categories(ratings, coefficient=entry["coefficient"], method="analytic")["estimate"]
        found.index = found.index.map(str)
        for category, printed in entry["printed"].items():
            name = CALLS[entry["coefficient"]][0]
            value, note = _here(found[category], f"{printed:g}", entry["example"], "category")
            yield entry["source"], entry["strength"], name, category, f"{printed:g}".replace("-", "−"), value, note


def _sets(published: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    for entry in published["sets"]:
        rows = [[frozenset(cell) for cell in row] for row in entry["rows"]]
        for distance, printed in entry["printed"].items():
            found = agreement.krippendorff_alpha(Ratings.from_array(rows, coders="columns"), distance=distance)
            here, _ = _here(found.estimate, printed, entry["name"], distance)
            yield entry["source"], entry["strength"], "Jaccard" if distance == "jaccard" else "MASI", printed, here


def _irrcac(weighted: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    for name, entry in weighted["datasets"].items():
        ratings = Ratings.from_array(entry["data"], coders="columns")
        for key, figure in IRRCAC.items():
            if key in entry["irrCAC"]["unweighted"]:
                estimate, error = entry["irrCAC"]["unweighted"][key][:2]
                called, call = CALLS[figure]
                ours = call(ratings, weights="identity")
                _within(ours.estimate, estimate, 1e-8, f"{name}, {key}")
                errors = ("", "")
                if error is not None and name != UNRATED:
                    _within(ours.standard_error, error, 1e-6, f"{name}, standard error of {key}")
                    errors = (_digits(error, 6), _digits(ours.standard_error, 6))
                yield f"`{name}`", called, _digits(estimate, 8), _digits(ours.estimate, 8), *errors


def _summary(weighted: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    for name, entry in weighted["datasets"].items():
        ratings = Ratings.from_array(entry["data"], coders="columns")
        number = 0
        for weights, figures in entry["irrCAC"].items():
            for key in figures if weights != "unweighted" else ():
                if key in IRRCAC:
                    ours = CALLS[IRRCAC[key]][1](ratings, weights=weights).estimate
                    _within(ours, figures[key][0], 1e-8, f"{name}, {key}, {weights}")
                    number += 1
        levels = 0
        for level, theirs in entry["icr"].items() if name != TRUNCATED else ():
            found = sorted({value for row in entry["data"] for value in row if value is not None})
            ordered = Ratings.from_array(entry["data"], coders="columns", categories=found)
            _within(agreement.krippendorff_alpha(ordered, level=level).estimate, theirs, 1e-8, f"{name}, {level}")
            levels += 1
        yield f"`{name}`", f"{number}, all within", f"{levels}, all within" if levels else "wrong there"


def _within(ours: float, theirs: float, reach: float, what: str) -> None:
    if not abs(ours - theirs) <= reach:
        raise SystemExit(f"{what}: {theirs} in R and {ours} here")
