"""Excerpts of a study with the concepts that their codes stand for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

import attrs
import numpy as np
import pandas as pd

from expertsys._core.errors import DataError, check_choice, counted, listing, nearest, unknown
from expertsys._core.frames import as_text
from expertsys.study import Study

if TYPE_CHECKING:
    from expertsys.theory import Framework

Coders = Literal["any", "all"]

_RULES = {
    "any": "A code counts where at least one coder applied it.",
    "all": "A code counts where every coder who read the unit applied it.",
    "mean": "Each unit counts as the mean of the coders who read it.",
}
#: Numbers of coders per unit, as means of groups, that differ by more than this are said to differ.
_DIFFERENT = 0.05


def named(codings: pd.DataFrame) -> pd.Series[str]:
    """What the excerpt of each coding is called: its unit, or document and positions where it has none."""
    spans = codings["document"].fillna("") + " [" + codings["start"].astype("str").fillna("") + ":"
    spans = spans + codings["end"].astype("str").fillna("") + "]"
    return codings["unit"].where(codings["unit"].notna(), spans)


@attrs.frozen(eq=False)
class Excerpts:
    """The coded units of a study, or its coded stretches of text where it has no units.

    Parameters
    ----------
    table : pandas.DataFrame
        Index ``excerpt`` (the unit, or document and positions); columns ``case, document, participant, role, site``,
        ``codes`` (tuple of str), ``concepts`` (frozenset of keys, with the concepts above them) and ``n_coders`` (how
        many read it; missing without units).
    by_coder : pandas.DataFrame
        The same excerpts as each coder coded them: columns ``excerpt, coder, concepts``.
    readers : pandas.Series
        Index ``unit``: how many coders read each unit of the study, coded or not; empty without units.
    coders : {"any", "all", "mean"}
        Whose codes count.
    note : str
        What figures that rest on these excerpts must say.
    """

    table: pd.DataFrame
    by_coder: pd.DataFrame
    readers: pd.Series[int]
    coders: str
    note: str
    _study: Study

    @classmethod
    def from_study(
        cls,
        study: Study,
        framework: Framework,
        *,
        coders: str = "any",
        rules: Iterable[str] = ("any", "all"),
    ) -> Excerpts:
        """Every excerpt with at least one code.

        Parameters
        ----------
        study : Study
            With one round of coding.
        framework : Framework
            What the codes' concepts are resolved against. A code whose key it does not have counts as a code without
            concept, and the note names it.
        coders : {"any", "all", "mean"}
            A code counts where at least one coder applied it, or where every coder who read the unit did; for a mean
            over coders, `by_coder` has what is needed and `table` holds the codes of any.
        rules : iterable of str
            Which of these rules the caller takes.
        """
        check_choice("coders", coders, tuple(rules))
        Study.require(study, "evidence")
        study.require_one_round("evidence")
        codings = study.codings
        if coders != "any" and codings["unit"].isna().any():
            raise DataError(
                f"coders={coders!r} needs units, for it asks who read them; the codings are spans of text",
                place="coders",
                remedy="Choose units first: study.unitise(by=...); or pass coders='any'.",
            )
        codings["excerpt"] = named(codings)
        pairs = codings.drop_duplicates(["excerpt", "coder", "code"])
        readers = study.seen.groupby("unit")["coder"].nunique()
        concepts = concepts_of_codes(study, framework)
        by_coder = _gathered(pairs, ["excerpt", "coder"], concepts)
        if coders == "all":
            times = pairs.groupby(["excerpt", "code"])["coder"].transform("nunique")
            agreed = pairs[times == pairs["excerpt"].map(readers)]
        else:
            agreed = pairs
        table = _gathered(agreed, ["excerpt"], concepts).set_index("excerpt")
        first = pairs.groupby("excerpt", sort=False)[["case", "document", "unit"]].first()
        if coders == "all":  # an excerpt on which coders share no code stays, without codes
            table = table.reindex(first.index)
            for column, empty in (("codes", ()), ("concepts", frozenset[str]())):
                cells = [cell if isinstance(cell, type(empty)) else empty for cell in table[column]]
                table[column] = pd.Series(cells, index=table.index, dtype=object)
        first = first.reindex(table.index)
        table = pd.concat([first[["case", "document"]], table], axis=1)
        table["participant"] = attribute(study, first, "participant")
        for name in ("role", "site"):
            table[name] = attribute(study, first.assign(participant=table["participant"]), name)
        table["n_coders"] = first["unit"].map(readers)
        columns = ["case", "document", "participant", "role", "site", "codes", "concepts", "n_coders"]
        table = table[columns].rename_axis(index="excerpt", columns="column")
        note = " ".join(filter(None, [_RULES[coders], mapping_note(study, framework)]))
        if coders != "any" and study.reading_note:
            note = f"{note} {study.reading_note}"
        return cls(table, by_coder, readers, coders, note, study)

    def carrying(self, concepts: Iterable[str]) -> pd.Series[bool]:
        """Which excerpts carry any of these concepts, or one below them."""
        wanted = frozenset(concepts)
        return self.table["concepts"].map(lambda carried: not wanted.isdisjoint(carried)).astype(bool)

    def attribute(self, name: str) -> pd.Series[str]:
        """An attribute of the excerpts: their case, participant, role or site, or any column that the study has."""
        if name in ("case", "document", "participant", "role", "site"):
            return self.table[name].astype("str")
        return attribute(self._study, self.table.assign(unit=self.table.index), name)

    def coders_differ(self, group: pd.Series[str]) -> str:
        """A sentence where groups were read by different numbers of coders; empty where they were not.

        Parameters
        ----------
        group : pandas.Series
            Index ``unit``: the group of each unit of the study.
        """
        means = self.readers.groupby(group.reindex(self.readers.index)).mean()
        if len(means) < 2 or means.max() - means.min() <= _DIFFERENT:
            return ""
        low, high = means.idxmin(), means.idxmax()
        return (
            f"The number of coders who read a unit differs: {means.max():.2g} on average in {high!r}, "
            f"{means.min():.2g} in {low!r}."
        )


def concepts_of_codes(study: Study, framework: Framework) -> dict[str, frozenset[str]]:
    """Code to the keys that it stands for, with the concepts above them; codes without a known concept are left out."""
    return {code: framework.closure([key]) for code, key in study.codebook.concepts.items() if framework.resolves(key)}


def attribute(study: Study, rows: pd.DataFrame, name: str) -> pd.Series[str]:
    """An attribute of each row: of its unit, else of its participant, its document or its case.

    Parameters
    ----------
    study : Study
        Whose tables are searched.
    rows : pandas.DataFrame
        Columns ``unit, document, case`` and, unless that is what is asked for, ``participant``.
    name : str
        A column of `study.units`, `study.participants`, `study.documents` or `study.cases`.
    """
    tables = {"unit": study.units, "participant": study.participants, "document": study.documents, "case": study.cases}
    keys = {key: table for key, table in tables.items() if name in table and key in rows}
    if not keys:
        available = dict.fromkeys(column for table in tables.values() for column in table.columns)
        raise unknown("attribute", name, [*available], place="study")
    values = pd.Series(np.nan, index=rows.index, dtype="str")
    for key, table in keys.items():
        values = values.fillna(pd.Series(as_text(rows[key].map(table[name])).to_numpy(), index=rows.index, dtype="str"))
    return values.astype("str")


def _gathered(pairs: pd.DataFrame, keys: list[str], concepts: dict[str, frozenset[str]]) -> pd.DataFrame:
    """One row per excerpt, or excerpt and coder: the codes and what they stand for."""
    codes: dict[tuple[str, ...], dict[str, None]] = {}
    for *key, code in zip(*(pairs[name] for name in keys), pairs["code"], strict=True):
        codes.setdefault(tuple(key), {})[code] = None
    nothing: frozenset[str] = frozenset()
    table = pd.DataFrame(list(codes), columns=keys)
    table["codes"] = pd.Series([tuple(names) for names in codes.values()], dtype=object)
    carried = [nothing.union(*(concepts.get(name, nothing) for name in names)) for names in codes.values()]
    table["concepts"] = pd.Series(carried, dtype=object)
    return table


def mapping_note(study: Study, framework: Framework) -> str:
    """Which sub-codes have the concept of a code above them, and which keys the framework does not have."""
    sentences = []
    concepts = study.codebook.concepts
    inherited = [code.name for code in study.codebook if code.concept is None and code.name in concepts]
    if inherited:
        which = "the concept of the code above" + (" it" if len(inherited) == 1 else " them")
        sentences.append(
            f"{counted(len(inherited), 'sub-code')} without a concept "
            f"{'has' if len(inherited) == 1 else 'have'} {which}: {listing(inherited, 5)}."
        )
    absent = {
        code.name: code.concept for code in study.codebook if code.concept and not framework.resolves(code.concept)
    }
    if absent:
        some = [
            f"{name!r} points to {key!r}" + (f" (perhaps {guess!r})" if (guess := nearest(key, framework)) else "")
            for name, key in list(absent.items())[:5]
        ]
        rest = f" and {len(absent) - 5} more" if len(absent) > 5 else ""
        sentences.append(f"Not in the framework: {'; '.join(some)}{rest}.")
    return " ".join(sentences)
