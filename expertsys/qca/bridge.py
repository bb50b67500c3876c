"""From a coded study to a table of cases × conditions, with the way back from every score to its excerpts."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import attrs
import numpy as np
import pandas as pd

from expertsys._core import references
from expertsys._core.errors import DataError, DegenerateWarning, check_choice, listing, unknown
from expertsys._core.results import TableResult
from expertsys.comparison import case_matrix
from expertsys.comparison.applied import RULES, Coders, applications
from expertsys.qca.calibrate import Method, calibrate
from expertsys.qca.table import conditions_of
from expertsys.study import Code, Codebook, Study
from expertsys.theory import FRAMEWORK, Framework

Counting = Literal["units", "documents", "codings", "characters"]
Show = Literal["count", "share", "presence"]


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
        Names of codes, or keys of concepts, which stand for all codes that point to them or below them. What carries
        several of them counts once.
    anchors : sequence of float, optional
        Of `calibrate`: for "direct", out, crossover and full, as shares or counts. None only for presence, which is a
        crisp set as it stands.
    counting, show, coders : str
        As in `expertsys.case_matrix`.
    method : str
        Of `calibrate`.

    Examples
    --------
    >>> FromCodes("works around it", anchors=(0, 0.1, 0.3)).codes
    ('works around it',)
    """

    codes: tuple[str, ...] = attrs.field(converter=_names)
    anchors: tuple[float, ...] | None = attrs.field(default=None, converter=_numbers)
    counting: Counting = attrs.field(default="units", kw_only=True)
    show: Show = attrs.field(default="share", kw_only=True)
    coders: Coders = attrs.field(default="any", kw_only=True)
    method: Method = attrs.field(default="direct", kw_only=True)

    def __attrs_post_init__(self) -> None:
        if not self.codes:
            raise DataError("names no code", place="FromCodes", remedy="Give at least one code or concept.")
        if self.show != "presence" and self.anchors is None:
            raise DataError(
                "says nothing of when a case is in the set",
                place=f"FromCodes {listing(self.codes)}",
                remedy="Give anchors=(out, crossover, full), from what is known of the cases; or show='presence'.",
            )

    def told(self) -> str:
        """How the scores were made, in words."""
        what = {"share": f"share of {self.counting}", "count": f"number of {self.counting}", "presence": "presence"}
        given = listing(self.codes)
        text = f"{what[self.show]} with {given} by {RULES[self.coders]}"
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

    def told(self) -> str:
        """How the scores were made, in words."""
        if self.scores is not None:
            scores = ", ".join(f"{value} = {score:g}" for value, score in self.scores.items())
            return f"attribute {self.attribute!r}: {scores}"
        return f"attribute {self.attribute!r}, {_calibrated(self.method, self.anchors)}"


def _calibrated(method: str, anchors: tuple[float, ...] | None) -> str:
    return f"calibrated ({method}) at {', '.join(f'{anchor:g}' for anchor in anchors or ())}"


@attrs.frozen(eq=False, repr=False)
class Membership(TableResult):
    """Cases × conditions, and where each score comes from; see `membership`.

    Attributes
    ----------
    table : pandas.DataFrame
        Index ``case``, a column of scores for each condition: what `truth_table` and `necessity` take.
    raw : pandas.DataFrame
        The values before calibration.
    conditions : dict
        Each condition's `FromCodes` or `FromAttribute`.
    note : str
        What a reader must know; empty where there is nothing.
    """

    table: pd.DataFrame
    raw: pd.DataFrame
    conditions: dict[str, FromCodes | FromAttribute]
    note: str
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
            For a condition from codes, one row per coding: index its row in ``study.codings``; ``unit, document, start,
            end, coder, code, memo`` and, where asked for, ``excerpt``. For one from an attribute: ``attribute, value``.
        """
        if condition not in self.table:
            raise unknown("condition", condition, list(self.table.columns), place="trace")
        if case not in self.table.index:
            raise unknown("case", case, list(self.table.index), place="trace")
        spec = self.conditions[condition]
        if isinstance(spec, FromAttribute):
            value = self.raw.loc[case, condition]
            return pd.DataFrame({"attribute": [spec.attribute], "value": [value]}).rename_axis(columns="column")
        rows = self._evidence[condition]
        found = rows[rows["case"] == case].drop(columns="case")
        return found.assign(excerpt=self._excerpts.reindex(found.index)) if quotations else found

    def methods_text(self) -> str:
        """A paragraph for a methods section."""
        told = "; ".join(f"{name}: {spec.told()}" for name, spec in self.conditions.items())
        return (
            f"Membership of {len(self.table)} cases in {len(self.table.columns)} sets was made from the coded study. "
            f"{told}." + (f" {self.note}" if self.note else "")
        )

    def cite(self) -> tuple[str, ...]:
        """The reference behind calibration."""
        return references.cite(("ragin2008",))

    _decimals = 3

    def _title(self) -> str:
        lines = [f"  {name}: {spec.told()}" for name, spec in self.conditions.items()]
        return "\n".join(["Membership scores of cases", *lines, *([self.note] if self.note else [])])


def membership(
    study: Study, *, conditions: Mapping[str, FromCodes | FromAttribute], framework: Framework = FRAMEWORK
) -> Membership:
    """Make a calibrated table of cases × conditions from a coded study, keeping the way back to its excerpts.

    Parameters
    ----------
    study : Study
        With cases and one round of coding.
    conditions : mapping
        Name of each set, the outcome among them, to where its scores come from: `FromCodes` or `FromAttribute`.
    framework : Framework
        What keys of concepts are resolved against.

    Returns
    -------
    Membership
        A case of which nothing was read, or whose attribute is missing, has NaN, and the note names it: drop it before
        `truth_table`, which refuses missing scores.

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
    {'little_say': 1.0, 'bypassed': 0.48}
    >>> len(made.trace("Record", "bypassed"))
    34
    """
    Study.require(study, "membership")
    study.require_one_round("membership")
    if not len(study.cases):
        raise DataError("there are no cases", place="study.cases", remedy="Name the column: es.read(..., case='...').")
    conditions_of(list(conditions), None, place="membership")
    raw, scores, evidence = {}, {}, {}
    for name, spec in conditions.items():
        if isinstance(spec, FromCodes):
            codes = _codes_of(study, spec, framework)
            raw[name] = _counted(study, spec, codes)
            evidence[name] = _behind(study, spec, codes)
            scores[name] = raw[name] if spec.anchors is None else _score(raw[name], spec.method, spec.anchors, name)
        elif isinstance(spec, FromAttribute):
            raw[name], scores[name] = _attribute(study, spec, name)
        else:
            raise DataError(
                f"{name!r} is a {type(spec).__name__}", place="conditions", remedy="Use FromCodes or FromAttribute."
            )
    table = pd.DataFrame(scores, index=study.cases.index).astype("float64").rename_axis(columns="condition")
    missing = [f"{case} in {name}" for name in table for case in table.index[table[name].isna()]]
    half = [f"{case} in {name}" for name in table for case in table.index[table[name] == 0.5]]
    notes = [f"Unknown: {', '.join(missing)}." if missing else ""]
    notes.append(f"Exactly 0.5, so in no configuration: {', '.join(half)}." if half else "")
    values = pd.DataFrame(raw, index=study.cases.index).rename_axis(columns="condition")
    return Membership(table, values, dict(conditions), " ".join(filter(None, notes)), evidence, study.excerpts())


def _codes_of(study: Study, spec: FromCodes, framework: Framework) -> tuple[str, ...]:
    """The codes that a condition counts: those named, and those that point to a named concept or below it."""
    found: list[str] = []
    for name in spec.codes:
        if name in study.codes:
            found.append(name)
            continue
        under = [
            code.name
            for code in study.codebook
            if code.concept is not None
            and (code.concept == name or (code.concept in framework and name in framework.closure([code.concept])))
        ]
        if not under:
            raise unknown(
                "code or coded concept",
                name,
                _known(study),
                place="FromCodes",
                remedy="es.evidence.coverage shows both.",
            )
        found += under
    return tuple(dict.fromkeys(found))


def _known(study: Study) -> list[str]:
    return [*study.codes, *dict.fromkeys(code.concept for code in study.codebook if code.concept is not None)]


_ONE = "(condition)"


def _counted(study: Study, spec: FromCodes, codes: tuple[str, ...]) -> pd.Series[Any]:
    """The case matrix of all these codes taken as one."""
    check_choice("show", spec.show, ("count", "share", "presence"))
    book = Codebook(Code(name, concept=_ONE) for name in codes)
    made = case_matrix(
        study.with_codebook(book), of="concepts", counting=spec.counting, show=spec.show, coders=spec.coders
    )
    table = made.to_frame().reindex(study.cases.index)
    if _ONE in table:
        return table[_ONE].astype("float64")
    nothing = np.where(made.totals.reindex(study.cases.index) > 0, 0.0, np.nan)
    return pd.Series(nothing if spec.show == "share" else 0.0, index=study.cases.index)


def _behind(study: Study, spec: FromCodes, codes: tuple[str, ...]) -> pd.DataFrame:
    rows = applications(study, coders=spec.coders)
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
    return column, texts.map(given).astype("float64")


def _score(raw: pd.Series[Any], method: Method, anchors: tuple[float, ...], name: str) -> pd.Series[Any]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DegenerateWarning)  # scores of 0.5 are told in the note
            return calibrate(raw, method=method, anchors=anchors)
    except DataError as error:
        raise DataError(f"condition {name!r}: {error}", place="membership", faults=error.faults) from None
