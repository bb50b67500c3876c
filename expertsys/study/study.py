"""The Study: what a researcher brings, checked once and immutable from then on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal

import attrs
import pandas as pd

from expertsys._core.errors import DataError, Remark
from expertsys._core.frames import is_frame, to_pandas
from expertsys.study import demands, linking, readings, tables
from expertsys.study.clusters import Level, cluster_level, clusters_at
from expertsys.study.codebook import Codebook
from expertsys.study.provenance import Provenance
from expertsys.study.readings import SEEN, Readings
from expertsys.study.selecting import left_out, selected
from expertsys.study.spans import excerpts
from expertsys.study.units import Cutter, Least, Rule, unitise
from expertsys.study.unmapped import Unmapped

if TYPE_CHECKING:
    from expertsys.study.privacy import Pseudonymised


@attrs.frozen(init=False, eq=False, repr=False)
class Study:
    """Codings by one or more coders, with all that is known of their cases, documents and participants.

    Immutable: a change gives a new study, and the tables that it hands out are copies. A table that is not given is
    filled from the others: a document that codings name exists. Cells that are blank are missing.

    Parameters
    ----------
    codings : dataframe
        One row per application of a code: ``unit, coder, code, case, document, start, end, text, memo, round,
        date, mark``, of which ``coder`` and ``code`` must be there, and in each row a ``unit`` or a ``document``.
        Positions count Unicode code points; ``end`` is exclusive. ``mark`` names the pieces of one discontinuous mark.
    codebook : Codebook or None
        Filled from the codings where it is not given.
    cases, documents, participants, coders : dataframe or None
        One row each, index (or column) of the same name in the singular; further columns are attributes.
        Documents have ``case, participant, kind, date, text``, participants ``role, site, case``.
    units : dataframe or None
        The units that could be coded: index ``unit``, columns ``document, case, participant, start, end``; further
        columns are attributes. A unit without a document is its own; one without a participant has its document's.
    document_parts : dataframe or None
        Stretches of documents that belong to a case or participant of their own, as in a group interview: ``document,
        start, end, case, participant``. `unitise` gives each unit those of the part that holds most of it; a part
        without case and participant makes no units.
    assignments : dataframe or None
        Who read what: ``coder``, with ``unit`` or ``document``, and ``round``. A row with a unit says that the coder
        read it; one with a document only, that they read every unit of it. Without a round it counts in each round in
        which the document was coded and the coder coded anything. Where no table is given, a coder is assumed to have
        read every unit of each document in which they coded anything, and results say so.
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
    _document_parts: pd.DataFrame
    _participants: pd.DataFrame
    _coders: pd.DataFrame
    _assignments: pd.DataFrame
    _situations: pd.DataFrame
    _summaries: pd.DataFrame
    provenance: Provenance
    title: str
    unmapped: Unmapped | None
    _cache: dict[str, Any]

    def __init__(
        self,
        codings: Any,
        *,
        codebook: Codebook | None = None,
        units: Any = None,
        cases: Any = None,
        documents: Any = None,
        document_parts: Any = None,
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
            "document_parts": document_parts,
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
        if assignments is not None:
            parts["assignments"] = tables.normalise(tables.ASSIGNMENTS, assignments)
            if provenance.choice(SEEN) is None:
                provenance = provenance.choosing(SEEN, readings.GIVEN)
        else:
            parts["assignments"] = tables.empty(tables.ASSIGNMENTS)
            provenance = provenance.choosing(SEEN, readings.ASSUMED)
        linking.link(parts)
        if assignments is None:
            known = tables.normalise(tables.ASSIGNMENTS, readings.assumed(parts["codings"]))
        else:
            known = readings.completed(parts["assignments"], parts["units"], parts["codings"])
        parts["assignments"] = known.rename_axis(index="assignment", columns="column")
        linking.complete(parts)
        linking.refuse_faults(parts)
        book = Codebook.of(parts["codings"]["code"].unique()) if codebook is None else codebook
        frames = {f"_{name}": frame for name, frame in parts.items()}
        plain = {"codebook": book, "provenance": provenance, "title": title, "unmapped": unmapped, "_cache": {}}
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
    def document_parts(self) -> pd.DataFrame:
        """Stretches of documents with a case or participant of their own; may be empty.

        Columns ``document, start, end, case, participant``.
        """
        return self._document_parts.copy(deep=False)

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
        """Who read what, as given or assumed: ``coder, unit, document, round``; `seen` gives it unit by unit."""
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
        return tuple(pd.concat([self._codings["round"], self._assignments["round"]]).dropna().unique())

    @property
    def readings(self) -> Readings:
        """Every reading, as numbers of units, coders and rounds: what `seen` shows by name."""
        return Readings.from_tables(self._parts(), self.rounds)

    @property
    def seen(self) -> pd.DataFrame:
        """Who read which unit in which round: ``unit, coder, round, case``, one row for each reading.

        By the assignments; whoever coded a unit has read it in any case.
        """
        return self.readings.to_frame(self._units, self._coders.index)

    @property
    def assumed_seen(self) -> bool:
        """Whether who read what was assumed, at least for some coders."""
        return "assumed" in (self.provenance.choice(SEEN) or "")

    @property
    def reading_note(self) -> str:
        """What each figure that rests on readings must say; empty where readings were given and nothing is doubtful.

        How they were assumed; a coder who coded far fewer of the units so counted than another; units that nobody coded
        and that are missing; a consensus that stands among the coders. With one coder, that only coded units are known.
        """
        if "note" not in self._cache:
            self._cache["note"] = readings.note(self.provenance.choice(SEEN) or "", self.readings, self._parts())
        note: str = self._cache["note"]
        return note

    def clusters(self, level: Level) -> pd.Series[str]:
        """The cluster of each unit: its document, its participant (else its document), its case, or itself.

        Parameters
        ----------
        level : {"unit", "document", "participant", "case"}
            A unit that has none at this level is a cluster of its own.

        Returns
        -------
        pandas.Series
            Index ``unit``.
        """
        return clusters_at(self, level)

    def cluster_level(self, groups: pd.Series[Any] | None = None) -> Level:
        """The level by which inference goes unless told otherwise: units of one cluster are not independent.

        It is the coarser of participant and document that holds several units; with `groups`, the coarsest whose
        clusters each lie within one group; ``"unit"`` where each unit stands alone.

        Parameters
        ----------
        groups : pandas.Series, optional
            What is compared: the group of each unit, index ``unit``.

        Examples
        --------
        >>> import pandas as pd
        >>> codings = pd.DataFrame({"unit": ["a", "b"], "document": "d", "coder": "ann", "code": "trust"})
        >>> Study(codings).cluster_level()
        'document'
        """
        return cluster_level(self, groups)

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

        Choosing codes drops codings, not the fact that a coder read a unit, and leaves the other codes out of the
        codebook. Choosing rounds keeps the readings of these rounds; a coder without one drops out. The round None is
        that of codings without one. An unknown name is an error that says which exist. `unmapped` is left out, for it
        may speak of what was not selected.
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

    def unitise(
        self,
        *,
        by: Rule | Cutter,
        size: int | None = None,
        pattern: str | re.Pattern[str] | None = None,
        least: Least = "word",
    ) -> Study:
        r"""A study whose units are stretches of its documents, made by one rule and recorded in the provenance.

        Parameters
        ----------
        by : {"document", "paragraph", "sentence", "turn", "window", "overlap", "pattern"} or callable
            Whole documents; paragraphs, which are non-empty lines (lines wrapped at the end of a page's width are
            joined); sentences; speaker turns, from a line that begins with a speaker's name and a colon to the next;
            stretches of `size` characters; runs of coded text that overlap, whoever coded them (text that no one coded
            is then no unit, which flatters agreement); stretches that each begin at a match of `pattern`; or a function
            from a text to pairs of start and end. All but documents and runs need the documents' texts.
        size : int, optional
            Characters in a window.
        pattern : str or re.Pattern, optional
            For ``by="pattern"``; ``^`` is the start of a line. Its named groups become columns of the units, and
            ``(?P<speaker>...)`` gives them the participant of that name.
        least : {"word", "character"} or float
            How much of a unit a coding must hold to count there: a whole word (a coding that holds none counts where
            most of it lies); a character; or a share of the unit's characters, which a coder's codings with the same
            code hold together (codings that reach the share nowhere are left out, and counted in the provenance).

        Returns
        -------
        Study
            A coding that reaches over several units stands in each of them. Units in `document_parts` have the case
            and participant of the part that holds most of them; units of turns the participant whose name is the
            speaker's, and all speakers a column ``speaker``.

        Raises
        ------
        DataError
            For codings that reach no unit, and documents without text, speaker or match, each named.

        Examples
        --------
        >>> import pandas as pd
        >>> codings = pd.DataFrame({"document": ["d"], "coder": ["ann"], "code": ["fear"], "start": [4], "end": [14]})
        >>> texts = pd.DataFrame({"document": ["d"], "text": ["Mo: I'm afraid.\nJo: Me too.\nMo: Of it.\nJo: Yes."]})
        >>> people = pd.DataFrame({"participant": ["Mo", "Jo"]})
        >>> turns = Study(codings, documents=texts, participants=people).unitise(by="turn")
        >>> turns.units["participant"].tolist(), turns.codings["unit"].tolist()
        (['Mo', 'Jo', 'Mo', 'Jo'], ['d [0:15]'])
        """
        codings, made, told = unitise(
            self._codings,
            self._documents,
            by=by,
            size=size,
            pattern=pattern,
            least=least,
            parts=self._document_parts,
            participants=self._participants.index,
        )
        read = readings.on_new_units(self._assignments, self._units, made)
        parts = {"codings": codings, "units": made, "assignments": read}
        provenance = self.provenance.choosing("unit of coding", told)
        return self._changed(**parts, provenance=provenance)

    def with_assignments(
        self,
        assignments: Any | Mapping[str, Iterable[str]] | Literal["coded", "all"],
        *,
        coder: str | Iterable[str] | None = None,
    ) -> Study:
        """A study that knows who read what.

        Parameters
        ----------
        assignments : dataframe, mapping, result of `double_code`, "coded" or "all"
            Columns ``coder``, ``unit`` or ``document``, and ``round`` where there are rounds; or coder to the documents
            or units that they read. Of the result of `expertsys.agreement.double_code`, the units drawn. ``"coded"``:
            every unit of each document in which a coder coded anything; ``"all"``: every coder read every document.
        coder : str or iterable of str, optional
            Whose readings a table without a column ``coder`` gives.

        Returns
        -------
        Study
            What is known or assumed of coders who are not named stays. Units that the table names without the document
            or case that the study puts before their names are recognised. Units that nobody coded are added: those
            read, and, of the result of `double_code`, all from which it drew.

        Examples
        --------
        >>> import pandas as pd
        >>> codings = pd.DataFrame({"unit": ["a", "b", "b"], "coder": ["ann", "ann", "ben"], "code": "x"})
        >>> study = Study(codings.assign(document="d")).with_assignments(pd.DataFrame({"unit": ["b"]}), coder="ben")
        >>> study.seen["coder"].value_counts().to_dict()
        {'ann': 2, 'ben': 1}
        """
        assignments = to_pandas(assignments) if is_frame(assignments) else assignments
        table, choice = readings.assigned(assignments, coder, self._parts())
        units = readings.with_population(self._units, assignments)
        if choice.startswith("given for "):
            choice += f"; otherwise {self.provenance.choice(SEEN)}"
        return self._changed(assignments=table, units=units, provenance=self.provenance.choosing(SEEN, choice))

    def with_attributes(
        self,
        *,
        cases: Any = None,
        documents: Any = None,
        participants: Any = None,
        coders: Any = None,
        units: Any = None,
    ) -> Study:
        """A study with more columns for its cases, documents, participants, coders or units; all else stays.

        Parameters
        ----------
        cases, documents, participants, coders, units : dataframe, optional
            Index (or column) of the same name in the singular, and attributes. A cell that is not blank takes the place
            of what the study had there.

        Raises
        ------
        DataError
            For a name that the study does not have.

        Examples
        --------
        >>> import pandas as pd
        >>> codings = pd.DataFrame({"unit": ["a", "b"], "case": ["north", "south"], "coder": "ann", "code": "trust"})
        >>> study = Study(codings).with_attributes(cases=pd.DataFrame({"case": ["north", "south"], "size": [12, 40]}))
        >>> study.cases["size"].to_dict()
        {'north': 12, 'south': 40}
        """
        given = {"cases": cases, "documents": documents, "participants": participants, "coders": coders, "units": units}
        parts = self._parts()
        changes = {
            name: linking.overlaid(name, parts[name], frame) for name, frame in given.items() if frame is not None
        }
        return self._changed(**changes) if changes else self

    def with_situations(self, situations: Any) -> Study:
        """A study with this table of situations in place of its own; all else stays.

        Parameters
        ----------
        situations : dataframe
            One row per situation; the columns are those that `expertsys.enactment` reads.

        Examples
        --------
        >>> import pandas as pd
        >>> study = Study(pd.DataFrame({"unit": ["a"], "case": ["north"], "coder": "ann", "code": "trust"}))
        >>> log = pd.DataFrame({"case": ["north"], "prescribed": ["list"], "taken": ["call"]})
        >>> len(study.with_situations(log).situations)
        1
        """
        return self._changed(situations=situations)

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
