"""Negative cases: what contradicts a proposition."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import pandas as pd

from expertsys._core.errors import counted
from expertsys._core.results import TableResult
from expertsys.evidence import excerpts
from expertsys.evidence.excerpts import Coders
from expertsys.evidence.propositions import PropositionEvidence, cited, evaluate_propositions
from expertsys.theory import FRAMEWORK, Framework, Proposition

if TYPE_CHECKING:
    from expertsys.study import Study


_WORDS = {
    "contradicts": ("contradicts it", "contradict it"),
    "mixed": ("both supports and contradicts it", "both support and contradict it"),
    "supports": ("supports it", "support it"),
    "untested": ("would support it, which nothing here could contradict",) * 2,
    "silent": ("is silent", "are silent"),
    "undetermined": ("is undetermined, because information is missing",
                     "are undetermined, because information is missing"),
}  # fmt: skip


@attrs.frozen(eq=False, repr=False)
class NegativeCases(TableResult):
    """Cases, situations and excerpts that contradict a proposition; see `negative_cases`.

    Attributes
    ----------
    proposition : Proposition
        With its wording and standing.
    cases : pandas.DataFrame
        Index ``case``: how many units contradict, are mixed, and support; those with most against first.
    quotations : bool
        Whether texts from the data are in it.
    note : str
        What a reader must know.
    standing : str
        Always ``"proposed"``: the rules that sort the evidence are this library's.
    """

    proposition: Proposition
    cases: pd.DataFrame
    quotations: bool
    note: str
    _table: pd.DataFrame
    _references: tuple[str, ...]

    standing = "proposed"

    def to_frame(self) -> pd.DataFrame:
        """One row per unit that contradicts, or both contradicts and supports.

        Index ``unit, name``; ``case, document``; ``bearing``; ``codes`` on an excerpt; ``coders``, how each coder's own
        codes bear, where they differ; ``rule``, why it counts against; and, where quotations were asked for,
        ``excerpt``.
        """
        return self._table.copy(deep=False)

    def methods_text(self) -> str:
        """A paragraph for a methods section."""
        against = int((self._table["bearing"] == "contradicts").sum())
        mixed = len(self._table) - against
        cases = int((self.cases["contradicts"] > 0).sum())
        return (
            f"Negative cases of {self.proposition.key} ({self.proposition.standing.value}) were sought by rules that "
            f"expertsys proposes: {counted(against, 'unit')} in {cases} of {counted(len(self.cases), 'case')} "
            f"{_WORDS['contradicts'][int(against != 1)]}, and {mixed} {_WORDS['mixed'][int(mixed != 1)]}. {self.note}"
        )

    def cite(self) -> tuple[str, ...]:
        """The references behind the proposition."""
        return self._references

    def __repr__(self) -> str:
        return super().__repr__() if len(self._table) else self._title()

    def _title(self) -> str:
        return (
            f"Negative cases of {self.proposition.key}: {self.proposition.wording}\n"
            f"{counted(len(self._table), 'unit')} that speak against it, or for and against (sorted, not scored). "
            f"{self.note}"
        )


def negative_cases(
    study: Study,
    proposition: str,
    *,
    framework: Framework = FRAMEWORK,
    coders: Coders = "any",
    quotations: bool = False,
    weight: str | None = "weight",
    person: str | None = "person",
    period: str | None = "period",
) -> NegativeCases:
    """The cases, situations and excerpts that contradict a proposition.

    Parameters
    ----------
    study : Study
        With one round of coding, whose codes point to concepts.
    proposition : str
        Its key, such as ``"P5"``.
    framework : Framework
        Whose proposition it is, with its rules of evidence.
    coders : {"any", "all"}
        A code counts where at least one coder applied it, or where every coder who read the unit did.
    quotations : bool
        Whether to quote the excerpts. They are interview material: left out unless asked for.
    weight, person, period : str or None
        Columns of ``study.situations``, as in `evaluate_propositions`.

    Returns
    -------
    NegativeCases
        Empty where nothing contradicts; a definition is never contradicted, and the note says so.

    Raises
    ------
    DataError
        For an unknown proposition, or a study with several rounds.

    Examples
    --------
    >>> from expertsys.datasets import load
    >>> found = negative_cases(load("synthetic-three-systems").study(), "P4")
    >>> found.cases["contradicts"].to_dict()
    {'Booking': 13, 'Templates': 5, 'Record': 5}
    """
    wanted = framework.proposition(proposition)
    sorted_evidence = evaluate_propositions(
        study, framework=framework, coders=coders, weight=weight, person=person, period=period
    )
    rows = sorted_evidence.evidence[sorted_evidence.evidence["proposition"] == proposition]
    against = rows[rows["bearing"].isin(["contradicts", "mixed"])]
    rules = {str(number): rule.wording for number, rule in enumerate(wanted.evidence, start=1)}
    codings = study.codings
    codings["name"] = excerpts.named(codings)
    passage = against["unit"] == "excerpt"
    codes = codings.groupby("name")["code"].agg(lambda names: ", ".join(dict.fromkeys(names)))
    table = pd.DataFrame(
        {
            "unit": against["unit"],
            "name": against["name"],
            "case": against["case"],
            "document": against["document"],
            "bearing": against["bearing"],
            "codes": against["name"].map(codes).where(passage, ""),
            "coders": against["coders"],
            "rule": against["rules"].map(lambda numbers: " ".join(rules[number] for number in numbers.split(", "))),
        }
    )
    if quotations:
        texts = codings.assign(text=study.excerpts()).dropna(subset=["text"]).drop_duplicates("name")
        table["excerpt"] = against["name"].map(texts.set_index("name")["text"]).where(passage)
    counts = pd.crosstab(rows["case"].fillna("(no case)"), rows["bearing"], values=rows["occasions"], aggfunc="sum")
    counts = counts.reindex(columns=["contradicts", "mixed", "supports"]).fillna(0).astype(int)
    cases = [name for name in study.cases.index if name in counts.index]
    others = [name for name in counts.index if name not in cases]
    counts = counts.reindex([*cases, *others]).sort_values("contradicts", ascending=False, kind="stable")
    return NegativeCases(
        wanted,
        counts.rename_axis(index="case", columns="bearing"),
        quotations,
        _note(study, wanted, rows, sorted_evidence),
        table.set_index(["unit", "name"]).rename_axis(columns="column"),
        cited(framework, [proposition]),
    )


def _note(study: Study, proposition: Proposition, rows: pd.DataFrame, evidence: PropositionEvidence) -> str:
    """How many units bear on the proposition, and how; or why none does."""
    if not proposition.evidence:
        return "A definition is neither supported nor contradicted."
    if not study.codebook.concepts and set(rows["bearing"]) <= {"silent", "undetermined"}:
        return "No code points to a concept, so that nothing could support or contradict it: codebook.with_concepts."
    limits = evidence.to_frame().loc[[proposition.key], "could_not_contradict"].reset_index()
    pairs = zip(limits["unit"], limits["could_not_contradict"], strict=True)
    reasons = [f"No {unit} could contradict it: {reason}." for unit, reason in pairs if reason]
    if not len(rows):
        return " ".join(["It bears on none of the units coded here.", *reasons, evidence.note])
    totals = rows.groupby("bearing")["occasions"].sum()
    kinds = [
        f"{int(totals[kind]):,} {words[int(totals[kind] != 1)]}" for kind, words in _WORDS.items() if kind in totals
    ]
    counts = f"Of {counted(int(totals.sum()), 'unit')} to which its rules apply, {', '.join(kinds)}."
    return " ".join([counts, *reasons, evidence.note])
