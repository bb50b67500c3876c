"""What is odd in a study: listed, each with its place; nothing is repaired."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pandas as pd

from expertsys._core.errors import DataError, Remark, counted, listing, quoted
from expertsys._core.missing import is_no_code
from expertsys._core.names import spellings
from expertsys.study.provenance import remarks_frame
from expertsys.study.study import Study
from expertsys.theory.evidence_rules import CASE_FEATURES, feature_name, feature_value

#: Of more codes, or coders who read less than others, than this, one remark is made for all.
MOST_NAMED = 6
_DRAWN = ("picture", "PDF", "audio", "video")

_READ = (
    "If they read the rest and found nothing to code, agreement is overstated. Say who saw what: "
    "read(..., seen={'coder': ['document', ...]}), or seen='all' if everyone read everything."
)


def check(study: Study) -> pd.DataFrame:
    """List what is odd in a study, each with its place and what to do about it.

    Looks for: names of coders, codes and cases that differ only by case, blanks or accents' encoding; codes applied but
    not in the codebook, and codes in it never applied; codes applied once; the same coding twice; units that only one
    coder saw, or none; coders who saw nothing; coders who read only part of what the others read, where that was
    assumed and not said. What the reader tolerated is listed too.

    Parameters
    ----------
    study : Study
        Left as it is.

    Returns
    -------
    pandas.DataFrame
        Columns ``severity, place, what, remedy``, warnings first; empty when nothing is odd.

    Examples
    --------
    >>> import pandas as pd
    >>> from expertsys.study import Study
    >>> codings = pd.DataFrame({"unit": ["u1", "u1"], "coder": ["Ann", "ann "], "code": ["policy", "policy"]})
    >>> check(Study(codings)).loc[0, "what"]
    "'Ann' and 'ann' differ only by case or blanks."
    """
    Study.require(study, "check")
    told = {note.place for note in study.provenance.notes}
    found = [remark for remark in _look(study) if not (remark.remedy == _READ and remark.place in told)]
    found += study.provenance.notes
    rank = {"error": 0, "warning": 1, "note": 2}
    return remarks_frame(sorted(dict.fromkeys(found), key=lambda remark: rank[remark.severity]))


def _look(study: Study) -> Iterator[Remark]:
    for kind, names in (("coder", study.coders.index), ("code", study.codes), ("case", study.cases.index)):
        yield from _look_alikes(kind, names)
    yield from _codes(study)
    yield from _repeated(study)
    yield from _coverage(study)
    yield from _vocabularies(study)


def _vocabularies(study: Study) -> Iterator[Remark]:
    """Find values that propositions cannot read: modes of use, and attributes of cases."""
    values = {("situations", "mode"): study.situations.get("mode", pd.Series(dtype="str"))}
    columns = {feature_name(str(column)): column for column in study.cases.columns}
    values |= {("cases", name): study.cases[columns[name]] for name in CASE_FEATURES if name in columns}
    for (table, feature), cells in values.items():
        for value in cells.dropna().unique():
            if is_no_code(value):
                continue
            place = f"{table}, {feature} {quoted(value)}"
            try:
                read = feature_value(feature, value)
            except DataError as error:
                fault = error.faults[0]
                yield Remark("warning", place, fault.what, fault.remedy)
                continue
            if read != value:
                yield Remark("note", place, f"is read as {read!r}.", "")


def _look_alikes(kind: str, names: Iterable[str]) -> Iterator[Remark]:
    for group in spellings(map(str, names)):
        yield Remark(
            "warning",
            f"{kind}s",
            f"{' and '.join(map(repr, group))} differ only by case or blanks.",
            f"If they are one {kind}, name it alike.",
        )


def _codes(study: Study) -> Iterator[Remark]:
    applied = study.codings["code"].value_counts()
    parents = {code.parent for code in study.codebook}
    strange = [name for name in study.codes if name not in study.codebook]
    unused = [code.name for code in study.codebook if code.name not in applied and code.name not in parents]
    once = [name for name in study.codes if name in study.codebook and applied.get(name, 0) == 1]
    if len(strange) > MOST_NAMED:
        what = f"{len(strange):,} are applied and not in the codebook: {listing(strange, 5)}."
        yield Remark("warning", "codes", what, "Add them, or recode.")
    else:
        for name in strange:
            what = f"is applied {applied[name]:,} times and is not in the codebook."
            yield Remark("warning", f"code {name!r}", what, "Add it, or recode.")
    if len(unused) > MOST_NAMED:
        what = f"{len(unused):,} of {len(study.codebook):,} are never applied: {listing(unused, 5)}."
        yield Remark("note", "codebook", what, "Those that are: study.codings['code'].value_counts().")
    else:
        for name in unused:
            yield Remark("note", f"code {name!r}", "is in the codebook and never applied.", "")
    if len(once) > MOST_NAMED:
        what = f"{len(once):,} are applied once: {listing(once, 5)}."
        yield Remark("note", "codes", what, "All with their numbers: study.codings['code'].value_counts().")
    else:
        rows = study.codings[study.codings["code"].isin(once)].set_index("code")
        for name in once:
            unit, document, coder = rows.loc[name, ["unit", "document", "coder"]]
            where = unit if isinstance(unit, str) else document
            yield Remark("note", f"code {name!r}", f"is applied once, by {coder!r} on {where!r}.", "")


def _repeated(study: Study) -> Iterator[Remark]:
    keys = ["unit", "document", "coder", "code", "start", "end", "round"]
    nowhere = study.codings["start"].isna() & study.codings["unit"].isna()
    drawn = study.codings["document"].map(study.documents["kind"]).isin(_DRAWN)  # areas and times have no position
    codings = study.codings[~(nowhere & drawn)]
    twice = codings[codings.duplicated(keys)]
    for (coder, code), group in twice.groupby(["coder", "code"], sort=True):
        where = group["unit"].fillna(group["document"])
        yield Remark(
            "warning",
            f"coder {coder!r}, code {code!r}",
            f"is applied more than once to the same place: {listing(where, 5)}.",
            "Counts of codings count it each time; agreement counts it once.",
        )


def _coverage(study: Study) -> Iterator[Remark]:
    """Who saw which units; of spans, which have none yet, which documents."""
    noun, every, seen = "unit", study.units.index, study.seen
    if study.units.empty:
        noun, every = "document", study.documents.index
        located = study.assignments.assign(unit=study.assignments["document"])
        seen = located.assign(case=located["unit"].map(study.documents["case"]).astype("str"))
    if seen.empty:
        return
    coders_per_unit = seen.groupby("unit")["coder"].nunique()
    per_coder = seen.groupby("coder")["unit"].nunique()
    for name in study.coders.index:
        if name not in per_coder:
            yield Remark("warning", f"coder {name!r}", f"saw no {noun}.", "Check the assignments.")
    unseen = every.difference(coders_per_unit.index)
    if len(unseen):
        yield Remark(
            "note",
            f"{noun}s",
            f"{len(unseen):,} of {len(every):,} {noun}s carry no code and no one is known to have seen them: "
            f"{listing(unseen, 5)}.",
            "If coders read them and found nothing to code, say who: read(..., seen={'coder': ['document', ...]}), or "
            "seen='all' if everyone read everything.",
        )
    alone = coders_per_unit.index[coders_per_unit == 1]
    if len(alone) and len(study.coders) > 1:
        yield Remark(
            "note",
            f"{noun}s",
            f"{len(alone):,} of {len(coders_per_unit):,} {noun}s were seen by one coder only: {listing(alone, 5)}.",
            "Agreement is computed on the others."
            + (" Who read them was assumed, as the note of each figure says." if study.assumed_seen else ""),
        )
    if study.assumed_seen and len(per_coder) > 1:
        yield from _partial(seen, noun)


def _partial(seen: pd.DataFrame, noun: str) -> Iterator[Remark]:
    """Find coders with less than others in a case: they saw a subset, or read the rest and found nothing."""
    counts = seen.assign(case=seen["case"].fillna("")).groupby(["case", "coder"])["unit"].nunique()
    for case, group in counts.groupby(level="case"):
        times = group.droplevel("case")
        most = int(times.max())
        fewer = times[times < 0.9 * most]
        where = f"case {case!r}" if case else "coders"
        if len(fewer) > MOST_NAMED:
            what = f"{len(fewer):,} of {len(times):,} coders coded fewer {noun}s ({int(fewer.min()):,} to "
            what += f"{int(fewer.max()):,}) than another did ({most:,}); the rest is taken as not seen by them."
            yield Remark("note", where, what, _READ)
            continue
        for coder, number in fewer.items():
            what = f"coded {counted(int(number), noun)} where another coded {most:,}; the rest is taken as not seen by "
            what += "this coder."
            yield Remark("warning", f"case {case!r}, coder {coder!r}" if case else f"coder {coder!r}", what, _READ)
