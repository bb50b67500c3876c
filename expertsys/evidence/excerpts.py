"""Excerpts of a study with the concepts that their codes point to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import attrs
import pandas as pd

from expertsys._core.errors import DataError, check_choice
from expertsys.study import Study

if TYPE_CHECKING:
    from expertsys.theory import Framework

By = Literal["any", "all"]

_CODED_BY = {"any": "at least one coder", "all": "every coder who saw it"}


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
        ``codes`` (tuple of str) and ``concepts`` (frozenset of keys, with the concepts above them).
    coded_by : str
        Whose codes count, in words.
    """

    table: pd.DataFrame
    coded_by: str

    @classmethod
    def of(cls, study: Study, framework: Framework, *, coders: By = "any") -> Excerpts:
        """Every excerpt with at least one code.

        Parameters
        ----------
        study : Study
            With one round of coding.
        framework : Framework
            What the codes' concepts are resolved against; a code whose key it lacks counts as a code without concept.
        coders : {"any", "all"}
            A code counts where at least one coder applied it, or where every coder who saw the unit did.
        """
        check_choice("coders", coders, tuple(_CODED_BY))
        Study.require(study, "evidence")
        study.require_one_round("evidence")
        codings = study.codings
        codings["excerpt"] = named(codings)
        pairs = codings.drop_duplicates(["excerpt", "coder", "code"])
        if coders == "all":
            if codings["unit"].isna().any():
                raise DataError(
                    "who saw a stretch of text cannot be told without units",
                    place="coders",
                    remedy="Choose units first: study.unitise(by=...); or coders='any'.",
                )
            seen = study.seen.groupby("unit")["coder"].nunique()
            times = pairs.groupby(["excerpt", "code"])["coder"].transform("nunique")
            pairs = pairs[times == pairs["excerpt"].map(seen)]
        concepts = {
            code.name: framework.closure([code.concept])
            for code in study.codebook
            if code.concept is not None and code.concept in framework
        }
        codes: dict[str, dict[str, None]] = {}
        for excerpt, code in zip(pairs["excerpt"], pairs["code"], strict=True):
            codes.setdefault(excerpt, {})[code] = None
        table = pairs.groupby("excerpt", sort=False)[["case", "document"]].first().reindex(list(codes))
        nothing: frozenset[str] = frozenset()
        carried = [nothing.union(*(concepts.get(name, nothing) for name in names)) for names in codes.values()]
        table["codes"] = pd.Series([tuple(names) for names in codes.values()], index=table.index, dtype=object)
        table["concepts"] = pd.Series(carried, index=table.index, dtype=object)
        table["participant"] = table["document"].map(study.documents["participant"])
        for name in ("role", "site"):
            table[name] = table["participant"].map(study.participants[name])
        columns = ["case", "document", "participant", "role", "site", "codes", "concepts"]
        return cls(table[columns].rename_axis(index="excerpt", columns="column"), _CODED_BY[coders])

    def carrying(self, *concepts: str) -> pd.Series[bool]:
        """Which excerpts carry any of these concepts, or one below them."""
        wanted = frozenset(concepts)
        return self.table["concepts"].map(lambda carried: not wanted.isdisjoint(carried)).astype(bool)
