"""From a coded study to a table of cases × conditions, with the way back from every score to its excerpts."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import attrs
import numpy as np
import pandas as pd

from expertsys._core import references
from expertsys._core.errors import DataError, DegenerateWarning, check_choice, counted, listing, unknown
from expertsys._core.frames import case_column, check_cases, to_pandas
from expertsys._core.names import folded
from expertsys._core.results import TableResult, number
from expertsys.comparison import case_matrix
from expertsys.comparison.applied import RULES, Coders, Subcodes, applications, has_units, readers_of, uneven
from expertsys.comparison.grouping import read_documents, read_units
from expertsys.qca.calibrate import FEW, Method, calibrate, check_scale
from expertsys.qca.fit import at_middle
from expertsys.qca.table import conditions_of, joined, shared_sources
from expertsys.study import Code, Codebook, Study
from expertsys.theory import FRAMEWORK, Framework

Counting = Literal["units", "documents", "codings", "characters"]
Show = Literal["count", "share", "presence"]

#: Columns in which a table of figures usually says how many observations each rests on.
_SIZES = ("n", "n_situations", "n_units", "situations", "units")


def _names(names: str | Iterable[str]) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names)


def _numbers(anchors: Sequence[float] | None) -> tuple[float, ...] | None:
    return None if anchors is None else tuple(float(anchor) for anchor in anchors)


@attrs.frozen
class FromCodes:
    """A condition made from how much of a case was coded so.

    Parameters
    ----------
    codes : str or iterable of str
        Names of codes, or keys of concepts, which stand for the codes that point to them. What carries several of them
        counts once.
    anchors : sequence of float, optional
        Of `calibrate`: for "direct", out, crossover and full, as shares or counts. None only for presence, which is a
        crisp set as it stands.
    counting, show, coders : str
        As in `expertsys.case_matrix`: by default a share takes the mean of the readers where some units had more of
        them than others, and any coder elsewhere.
    method : str
        Of `calibrate`.
    subcodes : {"include", "exclude"}
        Whether a passage coded with a sub-code counts for the code above it, and one coded with a narrower concept for
        the broader one. The output names the sub-codes that are included or excluded.

    Examples
    --------
    >>> FromCodes("works around it", anchors=(0, 0.1, 0.3)).codes
    ('works around it',)
    """

    codes: tuple[str, ...] = attrs.field(converter=_names)
    anchors: tuple[float, ...] | None = attrs.field(default=None, converter=_numbers)
    counting: Counting = attrs.field(default="units", kw_only=True)
    show: Show = attrs.field(default="share", kw_only=True)
    coders: Coders | None = attrs.field(default=None, kw_only=True)
    method: Method = attrs.field(default="direct", kw_only=True)
    subcodes: Subcodes = attrs.field(default="include", kw_only=True)

    def __attrs_post_init__(self) -> None:
        check_choice("subcodes", self.subcodes, ("include", "exclude"))
        if not self.codes:
            raise DataError("names no code", place="FromCodes", remedy="Give at least one code or concept.")
        if self.show != "presence" and self.anchors is None:
            raise DataError(
                "says nothing of when a case is in the set",
                place=f"FromCodes {listing(self.codes)}",
                remedy="Give anchors=(out, crossover, full), from what is known of the cases; or show='presence'.",
            )

    def description(self, below: Sequence[str] = (), coders: Coders | None = None) -> str:
        """How the scores were made, in words: with which sub-codes in or out, and by which rule for several coders."""
        what = {"share": f"share of {self.counting}", "count": f"number of {self.counting}", "presence": "presence"}
        given = listing(self.codes)
        if below:
            given += f" (sub-codes {self.subcodes}d: {listing(below, 4)})"
        text = f"{what[self.show]} with {given} by {RULES[coders or self.coders or 'any']}"
        return text + (f", {_calibrated(self.method, self.anchors)}" if self.anchors is not None else ", crisp")


@attrs.frozen
class FromAttribute:
    """A condition made from what is known of each case: a column of the study's cases.

    Parameters
    ----------
    attribute : str
        The column.
    scores : mapping, optional
        From each of its values to a score in [0, 1]: ``{"national": 1, "local": 0}``.
    anchors : sequence of float, optional
        Of `calibrate`, for a column of numbers. One of the two must be given.
    method : str
        Of `calibrate`.

    Examples
    --------
    >>> FromAttribute("mandate_level", scores={"national": 1, "local": 0}).attribute
    'mandate_level'
    """

    attribute: str
    scores: Mapping[Any, float] | None = attrs.field(default=None, kw_only=True)
    anchors: tuple[float, ...] | None = attrs.field(default=None, converter=_numbers, kw_only=True)
    method: Method = attrs.field(default="direct", kw_only=True)

    def __attrs_post_init__(self) -> None:
        if (self.scores is None) == (self.anchors is None):
            raise DataError(
                "takes either scores or anchors",
                place=f"FromAttribute {self.attribute!r}",
                remedy="Give scores={value: score} for categories, anchors=(out, crossover, full) for numbers.",
            )

    def description(self) -> str:
        """How the scores were made, in words."""
        if self.scores is not None:
            scores = ", ".join(f"{value} = {score:g}" for value, score in self.scores.items())
            return f"attribute {self.attribute!r}: {scores}"
        return f"attribute {self.attribute!r}, {_calibrated(self.method, self.anchors)}"


def _figures(figures: Any) -> pd.DataFrame:
    table = figures.to_frame() if isinstance(figures, pd.Series) else to_pandas(figures)
    cases = case_column(table.columns)
    return table if cases is None else table.set_index(cases)


@attrs.frozen(eq=False)
class FromFigures:
    """A condition made from a figure of each case that was computed elsewhere, such as fidelity by site.

    Parameters
    ----------
    figures : dataframe, Series or result with a table
        Index, or column ``case``: the cases, all of them cases of the study.
    column : str
        The column with the figure.
    anchors : sequence of float
        Of `calibrate`.
    n : str, optional
        The column that says how many observations each figure rests on; by default ``n``, ``n_situations``,
        ``n_units``, ``situations`` or ``units``, where the table has one of these.
    method : str
        Of `calibrate`.

    Notes
    -----
    Where the table has columns ``low`` and ``high``, as those of the measures of `expertsys.enactment` have, the
    interval of each figure is calibrated as the figure is: `Membership.support` holds the score at either end. What
    these measures note of their figures is in ``attrs["note"]`` of their tables, and `Membership.note` repeats it.

    Examples
    --------
    >>> table = pd.DataFrame({"fidelity": [1.0, 0.8], "n_situations": [3, 40]}, index=["North", "South"])
    >>> FromFigures(table, "fidelity", anchors=(0.5, 0.7, 0.9)).n
    'n_situations'
    """

    figures: pd.DataFrame = attrs.field(converter=_figures)
    column: str
    anchors: tuple[float, ...] | None = attrs.field(converter=_numbers, kw_only=True)
    n: str | None = attrs.field(default=None, kw_only=True)
    method: Method = attrs.field(default="direct", kw_only=True)

    def __attrs_post_init__(self) -> None:
        columns = [str(name) for name in self.figures.columns]
        for name in (self.column, self.n or self.column):
            if name not in columns:
                raise unknown("column", name, columns, place="FromFigures")
        if self.figures.index.duplicated().any():
            case = self.figures.index[self.figures.index.duplicated()][0]
            raise DataError(
                f"each case must have one figure; {case!r} has several",
                place="FromFigures",
                remedy="Summarise the table by case first.",
            )
        if self.n is None:
            object.__setattr__(self, "n", next((name for name in _SIZES if name in columns), None))

    def description(self) -> str:
        """How the scores were made, in words."""
        return f"{self.column} of each case, {_calibrated(self.method, self.anchors)}"


Source = FromCodes | FromAttribute | FromFigures


def _calibrated(method: str, anchors: tuple[float, ...] | None) -> str:
    return f"calibrated ({method}) at {', '.join(f'{anchor:g}' for anchor in anchors or ())}"


@attrs.frozen(eq=False, repr=False)
class Membership(TableResult):
    """Cases × conditions, and where each score comes from; see `membership`.

    Attributes
    ----------
    table : pandas.DataFrame
        Index ``case``, a column of scores for each condition: what `truth_table` and `necessity` take. Its ``attrs``
        say which sources conditions share and which scores rest on few observations, so that these functions can say
        it too.
    raw : pandas.DataFrame
        The values before calibration.
    conditions : dict
        Each condition's `FromCodes`, `FromAttribute` or `FromFigures`.
    codes : dict
        For each condition from codes, the codes that were counted.
    support : pandas.DataFrame
        What each score rests on. Index ``case, condition``; ``value`` before calibration; ``score``; ``n``
        observations of a kind, ``of``; ``low`` and ``high``, the score at the ends of the value's interval, where it
        has one.
    note : str
        What a reader must know; empty where there is nothing.
    """

    table: pd.DataFrame
    raw: pd.DataFrame
    conditions: dict[str, Source]
    codes: dict[str, tuple[str, ...]]
    support: pd.DataFrame
    note: str
    _below: dict[str, tuple[str, ...]]
    _rules: dict[str, Coders]
    _evidence: dict[str, pd.DataFrame]
    _excerpts: pd.Series[str]

    def to_frame(self) -> pd.DataFrame:
        """The scores."""
        return self.table.copy(deep=False)

    def trace(self, case: str, condition: str, *, quotations: bool = False) -> pd.DataFrame:
        """What is behind one score: the codings that were counted, or the attribute's value.

        Parameters
        ----------
        case, condition : str
            Which score.
        quotations : bool
            Whether to quote the excerpts. They are interview material: left out unless asked for.

        Returns
        -------
        pandas.DataFrame
            For a condition from codes, one row per coding, of sub-codes too where these count: index its row in
            ``study.codings``; ``unit, document, start, end, coder, code, memo`` and, where asked for, ``excerpt``. For
            one from an attribute: ``attribute, value``. For one from figures: the case's row of the table.
        """
        if condition not in self.table:
            raise unknown("condition", condition, list(self.table.columns), place="trace")
        if case not in self.table.index:
            raise unknown("case", case, list(self.table.index), place="trace")
        spec = self.conditions[condition]
        if isinstance(spec, FromAttribute):
            value = self.raw.loc[case, condition]
            return pd.DataFrame({"attribute": [spec.attribute], "value": [value]}).rename_axis(columns="column")
        if isinstance(spec, FromFigures):
            return spec.figures[spec.figures.index.map(str) == case].rename_axis(columns="column")
        rows = self._evidence[condition]
        own = rows[rows["case"] == case].drop(columns="case")
        return own.assign(excerpt=self._excerpts.reindex(own.index)) if quotations else own

    def description(self, condition: str) -> str:
        """How the scores of one condition were made, in words."""
        spec = self.conditions[condition]
        if isinstance(spec, FromCodes):
            return spec.description(self._below[condition], self._rules[condition])
        return spec.description()

    def methods_text(self) -> str:
        """A paragraph for a methods section."""
        each = "; ".join(f"{name}: {self.description(name)}" for name in self.conditions)
        return (
            f"Membership of {len(self.table)} cases in {len(self.table.columns)} sets was made from the coded study. "
            f"{each}." + (f" {self.note}" if self.note else "")
        )

    def cite(self) -> tuple[str, ...]:
        """The reference behind calibration."""
        return references.cite(("ragin2008",))

    _decimals = 3

    def _title(self) -> str:
        lines = [f"  {name}: {self.description(name)}" for name in self.conditions]
        return "\n".join(["Membership scores of cases", *lines, *([self.note] if self.note else [])])


def membership(study: Study, *, conditions: Mapping[str, Source], framework: Framework = FRAMEWORK) -> Membership:
    """Make a calibrated table of cases × conditions from a coded study, keeping the way back to its excerpts.

    Parameters
    ----------
    study : Study
        With cases and one round of coding.
    conditions : mapping
        Name of each set, the outcome among them, to where its scores come from: `FromCodes`, `FromAttribute` or
        `FromFigures`.
    framework : Framework
        What keys of concepts are resolved against.

    Returns
    -------
    Membership
        A case of which nothing was read, or whose attribute or figure is missing, has NaN, whether shares, counts or
        presence are asked for, and the note names it: drop it before `truth_table`, which refuses missing scores. The
        note also names scores that rest on fewer than five observations, and conditions that are made from the same
        codes.

    Raises
    ------
    DataError
        For a code, concept, attribute or value that does not exist, a study without cases, or scores outside [0, 1].

    Notes
    -----
    Anchors come from what is known of the cases, not from the shares that happen to occur. A share of excerpts says how
    much was said, not how strong it is: raters' judgements of whole cases belong into an attribute.

    Examples
    --------
    >>> from expertsys.datasets import load
    >>> study = load("synthetic-three-systems").study()
    >>> made = membership(
    ...     study,
    ...     conditions={
    ...         "little_say": FromAttribute("local_ownership", scores={"little": 1, "some": 0.33}),
    ...         "bypassed": FromCodes("works around it", anchors=(0.05, 0.12, 0.3)),
    ...     },
    ... )
    >>> made.table.round(2).loc["Record"].to_dict()
    {'little_say': 1.0, 'bypassed': 0.3}
    >>> len(made.trace("Record", "bypassed"))
    34

    Thirty-four codings stand behind a score below the crossover: the system is more out of the set than in it.
    """
    Study.require(study, "membership")
    study.require_one_round("membership")
    if not len(study.cases):
        raise DataError("there are no cases", place="study.cases", remedy="Name the column: es.read(..., case='...').")
    check_cases(study.cases.index, "study.cases")
    conditions_of(list(conditions), None, place="membership")
    raw, scores, evidence, codes, below, rests = {}, {}, {}, {}, {}, {}
    rules: dict[str, Coders] = {}
    for name, spec in conditions.items():
        if isinstance(spec, FromCodes):
            codes[name], below[name] = _codes_of(study, spec, framework)
            raw[name], rests[name], rules[name] = _counted(study, spec, codes[name])
            evidence[name] = _behind(study, rules[name], codes[name])
            if spec.show == "share":
                check_scale(raw[name], spec.anchors, f"condition {name!r}")
            scores[name] = raw[name] if spec.anchors is None else _score(raw[name], spec.method, spec.anchors, name)
        elif isinstance(spec, FromAttribute):
            raw[name], scores[name] = _attribute(study, spec, name)
        elif isinstance(spec, FromFigures):
            raw[name], scores[name], rests[name] = _from_figures(study, spec, name)
        else:
            raise DataError(
                f"{name!r} is a {type(spec).__name__}",
                place="conditions",
                remedy="Use FromCodes, FromAttribute or FromFigures.",
            )
    table = pd.DataFrame(scores, index=study.cases.index).astype("float64").rename_axis(columns="condition")
    values = pd.DataFrame(raw, index=study.cases.index).rename_axis(columns="condition")
    support = _support(table, values, rests)
    missing = [f"{case} in {name}" for name in table for case in table.index[table[name].isna()]]
    half = [f"{case} in {name}" for name in table for case in table.index[table[name] == 0.5]]
    few, open_ = _few(support), _either_side(support)
    sources = _sources(conditions, codes)
    notes = [f"Unknown: {', '.join(missing)}." if missing else ""]
    notes.append(f"Exactly 0.5, so in no configuration: {', '.join(half)}." if half else "")
    notes.append(f"Uncertain, for they rest on few observations: {joined(_joined(few), 8)}." if few else "")
    notes.append(f"On either side of 0.5 within the interval of the figure: {joined(open_, 8)}." if open_ else "")
    notes += [
        f"{first} and {second} are both made from {what}: how they relate says nothing of the cases."
        for first, second, what in shared_sources(sources, list(conditions))
    ]
    notes += [
        f"{name} ({spec.column}): {figures_note}."
        for name, spec in conditions.items()
        if isinstance(spec, FromFigures) and (figures_note := spec.figures.attrs.get("note"))
    ]
    notes.append(_unequal(study, [name for name, rule in rules.items() if rule != "mean"]))
    notes.append(study.reading_note if codes else "")
    table.attrs = {"sources": sources, "few": few}
    return Membership(
        table, values, dict(conditions), codes, support, " ".join(filter(None, notes)), below, rules, evidence,
        study.excerpts(),
    )  # fmt: skip


def _codes_of(study: Study, spec: FromCodes, framework: Framework) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The codes that a condition counts, and those among the sub-codes that it includes or excludes."""
    own: dict[str, None] = {}
    below: dict[str, None] = {}
    for name in spec.codes:
        if name in study.codes:
            own[name] = None
            below |= dict.fromkeys(study.codebook.with_subcodes(name))
            continue
        exact = [code.name for code in study.codebook if code.concept == name]
        narrower = [
            code.name
            for code in study.codebook
            if code.concept is not None
            and code.concept != name
            and code.concept in framework
            and name in framework.closure([code.concept])
        ]
        if not exact and (not narrower or spec.subcodes == "exclude"):
            raise unknown(
                "code or coded concept",
                name,
                _known(study),
                place="FromCodes",
                remedy="Say subcodes='include'." if narrower else "es.evidence.coverage shows both.",
            )
        own |= dict.fromkeys(exact)
        below |= dict.fromkeys(narrower)
        inherited = [inner for code in (*exact, *narrower) for inner in study.codebook.with_subcodes(code)]
        below |= dict.fromkeys(inner for inner in inherited if study.codebook[inner].concept is None)
    rest = tuple(name for name in below if name not in own)
    return ((*own, *rest) if spec.subcodes == "include" else tuple(own)), rest


def _known(study: Study) -> list[str]:
    return [*study.codes, *dict.fromkeys(code.concept for code in study.codebook if code.concept is not None)]


_ONE = "(condition)"
#: What a score rests on: observations, what they are, and the value at either end of its interval.
_Rests = tuple["pd.Series[Any]", str, "pd.Series[Any] | None", "pd.Series[Any] | None"]


def _counted(study: Study, spec: FromCodes, codes: tuple[str, ...]) -> tuple[pd.Series[Any], _Rests, Coders]:
    """The case matrix of all these codes taken as one; unknown for a case of which nothing was read."""
    check_choice("show", spec.show, ("count", "share", "presence"))
    book = Codebook(Code(name, concept=_ONE) for name in codes)
    cases = study.cases.index
    by_coding = spec.counting == "codings" and spec.show == "share"
    matrix = case_matrix(
        study.with_codebook(book),
        of="concepts",
        counting=spec.counting,
        show="count" if by_coding else spec.show,
        coders=spec.coders,
    )
    by_unit = has_units(study) and spec.counting != "documents"
    read, kind = (read_units(study), "unit") if by_unit else (read_documents(study), "document")
    n = read.groupby("case")[kind].nunique().reindex(cases).fillna(0).astype("float64")
    table = matrix.to_frame().reindex(cases)
    value = table[_ONE].astype("float64") if _ONE in table else pd.Series(0.0, index=cases)
    if by_coding:  # of all codings of the case, not of those of this condition
        value = value / applications(study, coders=matrix.coders).groupby("case").size().reindex(cases)
    return value.where(n > 0), (n, kind, None, None), matrix.coders


def _behind(study: Study, rule: Coders, codes: tuple[str, ...]) -> pd.DataFrame:
    rows = applications(study, coders=rule)
    rows = rows[rows["code"].isin(codes)]
    return rows[["case", "unit", "document", "start", "end", "coder", "code", "memo"]]


def _attribute(study: Study, spec: FromAttribute, name: str) -> tuple[pd.Series[Any], pd.Series[Any]]:
    cases = study.cases
    if spec.attribute not in cases:
        raise unknown("attribute of cases", spec.attribute, list(cases.columns), place=f"condition {name!r}")
    column = cases[spec.attribute]
    if spec.scores is None:
        if not pd.api.types.is_numeric_dtype(column):
            raise DataError(
                f"{spec.attribute!r} holds no numbers",
                place=f"condition {name!r}",
                remedy="Give scores={value: score}.",
            )
        raw = column.astype("float64")
        check_scale(raw, spec.anchors, f"condition {name!r}")
        return raw, _score(raw, spec.method, spec.anchors or (), name)
    given = {str(value): float(score) for value, score in spec.scores.items()}
    wrong = [value for value, score in given.items() if not 0 <= score <= 1]
    if wrong:
        raise DataError(
            f"the scores of {listing(wrong)} are outside [0, 1]", place=f"condition {name!r}", remedy="Correct them."
        )
    texts = column.astype(object).map(str, na_action="ignore").astype(object)
    strange = [value for value in dict.fromkeys(texts.dropna()) if value not in given]
    if strange:
        raise DataError(
            f"{spec.attribute!r} is {listing(strange)} somewhere, which has no score",
            place=f"condition {name!r}",
            remedy=f"Add it to scores; there are some for {listing(given)}.",
        )
    found = texts.map(given).astype("float64")
    return column, pd.Series(at_middle(np.asarray(found, dtype=np.float64)), index=found.index)


def _from_figures(study: Study, spec: FromFigures, name: str) -> tuple[pd.Series[Any], pd.Series[Any], _Rests]:
    figures = spec.figures.set_axis(spec.figures.index.map(str), axis=0)
    cases = study.cases.index
    strange = [case for case in figures.index if case not in cases]
    if strange:
        by_fold = {folded(case): case for case in cases}
        alike = [f"{case!r} {by_fold[folded(case)]!r}" for case in strange if folded(case) in by_fold]
        hint = f"Spell {' and '.join(alike)}. " if alike else ""
        rest = [case for case in strange if folded(case) not in by_fold]
        more = f"drop(index={rest!r})" if len(rest) <= 5 else "loc[list(study.cases.index)]"
        raise DataError(
            f"every case of the figures must be a case of the study; {listing(strange)} "
            f"{'is' if len(strange) == 1 else 'are'} not. The study has {listing(cases)}",
            place=f"condition {name!r}",
            remedy=hint + (f"Leave out the rows that are not cases: figures.{more}." if rest else ""),
        )
    columns = {key: key for key in ("low", "high") if key in figures.columns} | {"value": spec.column}
    if spec.n is not None:
        columns["n"] = spec.n
    texts = [column for column in columns.values() if not pd.api.types.is_numeric_dtype(figures[column])]
    if texts:
        raise DataError(f"column {texts[0]!r} must hold numbers", place=f"condition {name!r}", remedy="Recode it.")
    own = {key: figures[column].astype("float64").reindex(cases) for key, column in columns.items()}
    anchors = spec.anchors or ()
    check_scale(own["value"], anchors, f"condition {name!r}")
    low, high = (_score(own[key], spec.method, anchors, name) if key in own else None for key in ("low", "high"))
    n = own.get("n", pd.Series(np.nan, index=cases))
    noun = (spec.n or "").removeprefix("n_").removesuffix("s") or "observation"
    return (
        own["value"],
        _score(own["value"], spec.method, anchors, name),
        (n, "observation" if noun == "n" else noun, low, high),
    )


def _unequal(study: Study, names: Sequence[str]) -> str:
    """Where cases differ in how many coders read a unit, "at least one coder" finds more in those with more."""
    read, kind = (read_units(study), "unit") if has_units(study) else (read_documents(study), "document")
    told = uneven(read, kind, ["case"], readers_of(read, kind)) if names else ""
    if not told:
        return ""
    return (
        f"Cases differ in how many coders read them ({told}), on which {' and '.join(names)} depend: shares with "
        "coders='mean' do not."
    )


def _support(table: pd.DataFrame, values: pd.DataFrame, rests: Mapping[str, _Rests]) -> pd.DataFrame:
    """What each score rests on; a falling set has its ends in rising order too."""
    parts = []
    for name in table:
        n, kind, low, high = rests.get(str(name), (np.nan, "", None, None))
        ends = pd.DataFrame(
            {"low": np.nan if low is None else low, "high": np.nan if high is None else high}, table.index
        )
        part = pd.DataFrame(
            {"value": values[name].astype(object), "score": table[name], "n": n, "of": kind}, index=table.index
        )
        parts.append(part.assign(condition=str(name), low=ends.min(axis=1), high=ends.max(axis=1)))
    found = pd.concat(parts).set_index("condition", append=True)
    found["n"] = np.floor(found["n"].astype("float64")).astype("Int64")
    return found.rename_axis(index=["case", "condition"], columns="column")


def _few(support: pd.DataFrame) -> dict[str, dict[str, str]]:
    """Condition to case to what its score rests on, where that is little."""
    rows = support[(support["n"] < FEW).fillna(False) & support["score"].notna()]
    found: dict[str, dict[str, str]] = {}
    for (case, condition), row in zip(rows.index.tolist(), rows.to_dict("records"), strict=True):
        text = counted(int(row["n"]), str(row["of"]))
        if not np.isnan(row["low"]):
            score, low, high = (number(float(row[end]), 2) for end in ("score", "low", "high"))
            text += f": {score}, over the interval {low} to {high}"
        found.setdefault(str(condition), {})[str(case)] = text
    return found


def _joined(few: Mapping[str, Mapping[str, str]]) -> list[str]:
    return [f"{case} in {name} ({text})" for name, cases in few.items() for case, text in cases.items()]


def _either_side(support: pd.DataFrame) -> list[str]:
    rows = support[(support["low"] < 0.5) & (support["high"] > 0.5)]
    return [f"{case} in {condition}" for case, condition in rows.index]


def _sources(conditions: Mapping[str, Source], codes: Mapping[str, tuple[str, ...]]) -> dict[str, list[str]]:
    """What each condition is made from, as texts that are equal where the source is."""
    found = {}
    for name, spec in conditions.items():
        if isinstance(spec, FromCodes):
            found[name] = [f"the code {code!r}" for code in codes[name]]
        elif isinstance(spec, FromAttribute):
            found[name] = [f"the attribute {spec.attribute!r}"]
        else:
            found[name] = [f"the figure {spec.column!r}"]
    return found


def _score(raw: pd.Series[Any], method: Method, anchors: tuple[float, ...], name: str) -> pd.Series[Any]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DegenerateWarning)  # scores of 0.5 are told in the note
            return calibrate(raw, method=method, anchors=anchors)
    except DataError as error:
        raise DataError(f"condition {name!r}: {error}", place="membership", faults=error.faults) from None
