"""The Study: what a researcher brings, checked once and immutable from then on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal

import attrs
import pandas as pd

from expertsys._core.errors import DataError, Remark
from expertsys.study import demands, linking, tables
from expertsys.study.assigning import assigned
from expertsys.study.codebook import Codebook
from expertsys.study.provenance import Provenance
from expertsys.study.selecting import left_out, selected
from expertsys.study.spans import excerpts
from expertsys.study.units import Rule, unitise
from expertsys.study.unmapped import Unmapped

if TYPE_CHECKING:
    from expertsys.study.privacy import Pseudonymised

SEEN = "who saw what"
ASSUMED = "assumed: a coder saw every document in which they coded anything"


@attrs.frozen(init=False, eq=False, repr=False)
class Study:
    """Codings by one or more coders, with all that is known of their cases, documents and participants.

    Immutable: a change gives a new study, and the tables that it hands out are copies. A table that is not given is
    filled from the others: a document that codings name exists. Cells that are blank are missing.

    Parameters
    ----------
    codings : dataframe
        One row per application of a code: ``unit, coder, code, case, document, start, end, text, memo, round,
        date``, of which ``coder`` and ``code`` must be there, and in each row a ``unit`` or a ``document``. Positions
        count Unicode code points; ``end`` is exclusive.
    codebook : Codebook or None
        Filled from the codings where it is not given.
    cases, documents, participants, coders : dataframe or None
        One row each, index (or column) of the same name in the singular; further columns are attributes.
        Documents have ``case, participant, kind, date, text``, participants ``role, site, case``.
    units : dataframe or None
        The units that could be coded: index ``unit``, columns ``document, case, start, end``. A unit without a document
        is its own.
    assignments : dataframe or None
        Who saw what: ``coder, document``. Where it is not given, a coder is taken to have seen every document in which
        they coded anything, and results say so.
    situations : dataframe or None
        One row per occasion on which system and practice meet.
    summaries : dataframe or None
        The analyst's own words on a case under a code or concept, one cell of a framework matrix: ``case, code, text``.
    provenance : Provenance or None
        Files, choices and remarks.
    title : str
        Printed in reports.
    unmapped : Unmapped or None
        What the project that was read holds beyond this, to be written back.

    Raises
    ------
    DataError
        With every fault found, each located.

    Examples
    --------
    >>> import pandas as pd
    >>> codings = pd.DataFrame(
    ...     {"unit": ["u1", "u1", "u2"], "coder": ["ann", "ben", "ann"], "code": ["policy", "policy", "judgement"]}
    ... )
    >>> study = Study(codings)
    >>> study.codebook.names
    ('policy', 'judgement')
    >>> study.select(coders=["ann"]).codings["unit"].tolist()
    ['u1', 'u2']
    """

    _codings: pd.DataFrame
    codebook: Codebook
    _units: pd.DataFrame
    _cases: pd.DataFrame
    _documents: pd.DataFrame
    _participants: pd.DataFrame
    _coders: pd.DataFrame
    _assignments: pd.DataFrame
    _situations: pd.DataFrame
    _summaries: pd.DataFrame
    provenance: Provenance
    title: str
    unmapped: Unmapped | None

    def __init__(
        self,
        codings: Any,
        *,
        codebook: Codebook | None = None,
        units: Any = None,
        cases: Any = None,
        documents: Any = None,
        participants: Any = None,
        coders: Any = None,
        assignments: Any = None,
        situations: Any = None,
        summaries: Any = None,
        provenance: Provenance | None = None,
        title: str = "",
        unmapped: Unmapped | None = None,
    ) -> None:
        given = {
            "units": units,
            "cases": cases,
            "documents": documents,
            "participants": participants,
            "coders": coders,
            "situations": situations,
            "summaries": summaries,
        }
        specs = {table.name: table for table in tables.ALL}
        parts = {
            name: tables.empty(specs[name]) if frame is None else tables.normalise(specs[name], frame)
            for name, frame in given.items()
        }
        parts["codings"] = tables.normalise(tables.CODINGS, codings)
        provenance = provenance or Provenance()
        linking.link(parts)
        if assignments is None:
            seen = parts["codings"][["coder", "document"]].drop_duplicates()
            provenance = provenance.choosing(SEEN, ASSUMED)
        else:
            seen = tables.normalise(tables.ASSIGNMENTS, assignments).drop_duplicates()
            if provenance.choice(SEEN) is None:
                provenance = provenance.choosing(SEEN, "given")
        parts["assignments"] = tables.normalise(tables.ASSIGNMENTS, seen)
        linking.complete(parts)
        linking.refuse_faults(parts)
        book = Codebook.of(parts["codings"]["code"].unique()) if codebook is None else codebook
        frames = {f"_{name}": frame for name, frame in parts.items()}
        plain = {"codebook": book, "provenance": provenance, "title": title, "unmapped": unmapped}
        for name, value in {**frames, **plain}.items():
            object.__setattr__(self, name, value)

    @property
    def codings(self) -> pd.DataFrame:
        """One row per application of a code."""
        return self._codings.copy(deep=False)

    @property
    def units(self) -> pd.DataFrame:
        """The units that could be coded, index ``unit``; empty where a study of spans has not been unitised."""
        return self._units.copy(deep=False)

    @property
    def cases(self) -> pd.DataFrame:
        """Index ``case``; attributes as columns."""
        return self._cases.copy(deep=False)

    @property
    def documents(self) -> pd.DataFrame:
        """Index ``document``; ``case, participant, kind, date, text`` and attributes as columns."""
        return self._documents.copy(deep=False)

    @property
    def participants(self) -> pd.DataFrame:
        """Index ``participant``; ``role, site, case`` and attributes as columns."""
        return self._participants.copy(deep=False)

    @property
    def coders(self) -> pd.DataFrame:
        """Index ``coder``; attributes as columns."""
        return self._coders.copy(deep=False)

    @property
    def assignments(self) -> pd.DataFrame:
        """Who saw what: ``coder, document``."""
        return self._assignments.copy(deep=False)

    @property
    def situations(self) -> pd.DataFrame:
        """One row per occasion on which system and practice meet; may be empty."""
        return self._situations.copy(deep=False)

    @property
    def summaries(self) -> pd.DataFrame:
        """The analyst's own words on a case under a code or concept: ``case, code, text``; may be empty."""
        return self._summaries.copy(deep=False)

    @property
    def codes(self) -> tuple[str, ...]:
        """Names of all codes: the codebook's, then those that were applied without being in it."""
        return tuple(dict.fromkeys((*self.codebook.names, *self._codings["code"].unique())))

    @property
    def rounds(self) -> tuple[str, ...]:
        """The rounds of coding, in order of appearance; empty where none are named."""
        return tuple(self._codings["round"].dropna().unique())

    @property
    def seen(self) -> pd.DataFrame:
        """Who saw which unit: ``unit, coder, case``, one row for each.

        By the assignments; whoever coded a unit has seen it in any case.
        """
        located = self._units.reset_index()[["unit", "document", "case"]]
        assigned = located.merge(self._assignments, on="document")[["unit", "coder"]]
        coded = self._codings[["unit", "coder"]].dropna()
        pairs = pd.concat([assigned, coded]).drop_duplicates(ignore_index=True)
        return pairs.assign(case=pairs["unit"].map(self._units["case"]).astype("str"))

    @property
    def assumed_seen(self) -> bool:
        """Whether who saw what was assumed from the codings."""
        return self.provenance.choice(SEEN) == ASSUMED

    def excerpts(self) -> pd.Series[str]:
        """The text behind each coding: its own, else the stretch of its document, else the document's; may be missing.

        It is interview material: show it only to those who may see it.
        """
        return excerpts(self._codings, self._documents["text"])

    @staticmethod
    def require(value: object, purpose: str) -> None:
        """Refuse what is no study, with the way to make one."""
        if not isinstance(value, Study):
            raise DataError(
                f"{purpose} takes a Study, not {type(value).__name__}",
                place=purpose,
                remedy="Read it first: study = es.read(...).",
            )

    def require_units(self, purpose: str, *, instead: str = "") -> None:
        """Refuse a study of spans that has no units yet, naming the choices, and what needs no units (`instead`)."""
        demands.require_units(self, purpose, instead=instead)

    def require_one_round(self, purpose: str) -> None:
        """Refuse a study that holds several rounds of coding, naming them."""
        demands.require_one_round(self, purpose)

    def select(
        self,
        *,
        cases: Iterable[str] | None = None,
        documents: Iterable[str] | None = None,
        participants: Iterable[str] | None = None,
        coders: Iterable[str] | None = None,
        codes: Iterable[str] | None = None,
        rounds: Iterable[str | None] | None = None,
    ) -> Study:
        """The part of the study with these cases, documents, participants, coders, codes or rounds.

        Choosing codes or rounds drops codings, not the fact that a coder saw a unit; choosing codes keeps the rest of
        the codebook out too. The round None is that of codings without one. A coder without a coding in the chosen
        rounds took no part and drops out; who coded nothing at all is taken to have read in the first round. An unknown
        name is an error that says which exist. `unmapped` is left out, for it may speak of what was not selected.
        """
        chosen = {
            "case": cases,
            "document": documents,
            "participant": participants,
            "coder": coders,
            "code": codes,
            "round": rounds,
        }
        parts, book, told = selected(self, self._parts(), chosen)
        if not told:
            return self
        provenance = self.provenance.choosing("selected", told)
        if self.unmapped is not None:
            provenance = provenance.noting(left_out("select"))
        return Study(**parts, codebook=book, provenance=provenance, title=self.title)

    def unitise(self, *, by: Rule, size: int | None = None) -> Study:
        """A study whose units are stretches of its documents, made by one rule and recorded in the provenance.

        Parameters
        ----------
        by : {"document", "paragraph", "sentence", "window", "overlap"}
            Whole documents; non-empty lines; sentences; stretches of `size` characters; or runs of coded text that
            overlap, whoever coded them (text that no one coded is then no unit, which flatters agreement).
            Paragraphs, sentences and windows need the documents' texts.
        size : int, optional
            Characters in a window.

        Returns
        -------
        Study
            A coding that reaches over several units stands in each of them.
        """
        codings, made, told = unitise(self._codings, self._documents, by=by, size=size)
        parts = {"codings": codings, "units": made}
        provenance = self.provenance.choosing("unit of coding", told)
        return self._changed(**parts, provenance=provenance)

    def with_assignments(self, seen: Any | Mapping[str, Iterable[str]] | Literal["coded", "all"]) -> Study:
        """A study that knows who saw what.

        Parameters
        ----------
        seen : dataframe, mapping, "coded" or "all"
            Columns ``coder, document``; or coder to the documents that they saw; ``"coded"``: every document in which
            they coded anything; ``"all"``: every coder saw every document.
        """
        table, told = assigned(seen, list(self._coders.index), list(self._documents.index), ASSUMED)
        return self._changed(assignments=table, provenance=self.provenance.choosing(SEEN, told))

    def with_summaries(self, summaries: Any | Mapping[tuple[str, str], str]) -> Study:
        """A study with these summaries in place of its own.

        Parameters
        ----------
        summaries : dataframe or mapping
            Columns ``case, code, text``; or ``(case, code)`` to the text. `code` is the name of a code or the key of a
            concept. To add some: ``pd.concat([study.summaries, more])``.
        """
        table = linking.summaries_of(summaries) if isinstance(summaries, Mapping) else summaries
        return self._changed(summaries=table)

    def with_codebook(self, codebook: Codebook) -> Study:
        """The same codings under another codebook, for instance one whose codes point to concepts."""
        return self._changed(codebook=codebook)

    def noting(self, *notes: Remark) -> Study:
        """The same with more remarks in its provenance."""
        return self._changed(provenance=self.provenance.noting(*notes))

    def pseudonymise(self, key: str | bytes, *, terms: Iterable[str] | Mapping[str, str] = ()) -> Pseudonymised:
        """A study without the names of people and places, and apart from it the table that leads back.

        Parameters
        ----------
        key : str or bytes
            A secret of at least eight characters. The same key gives the same pseudonyms (HMAC-SHA-256 of the name),
            so that two studies of one project stay comparable; without it nobody can make them again.
        terms : iterable of str, or mapping
            Words and names within texts, memos and attributes, whatever their capitals, or each with its replacement.
            Positions of codings follow where a text changes its length; a position within a replaced word moves to
            the word's edge.

        Returns
        -------
        Pseudonymised
            ``.study`` and ``.mapping``. Names of coders, participants, documents, cases and units are replaced
            everywhere, also in remarks; ``unmapped`` is left out. Names within texts are replaced only where they are
            given as terms: no list of names is complete, so read the result before you share it.

        Examples
        --------
        >>> import pandas as pd
        >>> study = Study(
        ...     pd.DataFrame({"document": ["d"], "coder": ["Ann"], "code": ["fear"], "start": [0], "end": [11]}),
        ...     documents=pd.DataFrame({"document": ["d"], "text": ["Dr Smith is here"]}),
        ... )
        >>> made = study.pseudonymise("a long secret", terms={"Dr Smith": "the doctor"}).study
        >>> made.documents["text"].iloc[0], made.excerpts().iloc[0]
        ('the doctor is here', 'the doctor is')
        """
        from expertsys.study.privacy import pseudonymise

        return pseudonymise(self, key, terms)

    def without_texts(self) -> Study:
        """The same without what people said: no texts of documents and codings, no `unmapped`; memos stay."""
        from expertsys.study.privacy import without_texts

        return without_texts(self)

    def with_title(self, title: str) -> Study:
        """The same under another title."""
        return self._changed(title=title)

    def _changed(self, **changes: Any) -> Study:
        plain = {"codebook": self.codebook, "provenance": self.provenance, "title": self.title}
        return Study(**{**self._parts(), **plain, "unmapped": self.unmapped, **changes})

    def _parts(self) -> dict[str, pd.DataFrame]:
        return {table.name: getattr(self, f"_{table.name}") for table in tables.ALL}

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Study):
            return NotImplemented
        plain = ("codebook", "provenance", "title", "unmapped")
        names = [f"_{table.name}" for table in tables.ALL]
        return all(getattr(self, name) == getattr(other, name) for name in plain) and all(
            tables.same(getattr(self, name), getattr(other, name)) for name in names
        )

    __hash__ = None  # type: ignore[assignment]  # tables are compared by content, which has no cheap hash

    def __repr__(self) -> str:
        from expertsys.study.summary import summarise

        return summarise(self)
