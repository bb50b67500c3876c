"""Codes and the codebook that holds them."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import attrs

from expertsys._core.errors import DataError, Remark, counted, quoted, unknown

if TYPE_CHECKING:
    import pandas as pd

    from expertsys.theory import Framework


def _name(_: object, field: attrs.Attribute[str], value: object) -> None:
    if not isinstance(value, str) or not value.strip() or value != value.strip():
        raise DataError(
            f"a code's {field.name} must be text without blanks around it, not {quoted(value)}",
            place=f"Code.{field.name}",
        )


def _concept(_: object, field: attrs.Attribute[Any], value: object) -> None:
    if value is not None and (not isinstance(value, str) or not value.strip()):
        raise DataError(
            f"a code points to one concept, by its key; got {quoted(value)}",
            place=f"Code.{field.name}",
            remedy="Give the key of the narrowest concept (those above it count too), or split the code into one code "
            "for each concept.",
        )


@attrs.frozen
class Code:
    """One code of a codebook.

    Parameters
    ----------
    name : str
        How codings refer to it; unique within a codebook.
    guid : str or None
        Identifier from the coding tool.
    parent : str or None
        Name of the code that it is a sub-code of.
    definition, inclusion, exclusion, example : str
        What it means, when to apply it, when not, and an example.
    colour : str
        As the coding tool writes it, such as ``"#1f77b4"``.
    concept : str or None
        Key of the one concept that it stands for, such as ``"emptying-out"`` or ``"focus-of-resistance.policy"``;
        resolved against the framework that is passed, see `expertsys.evidence.coverage`. A sub-code without a concept
        has that of the code above it, see `Codebook.concept_of`.
    codable : bool
        Whether it can be applied; False for what only holds other codes, such as a category of QualCoder.

    Examples
    --------
    >>> Code("fields before faces", concept="emptying-out").concept
    'emptying-out'
    """

    name: str = attrs.field(validator=_name)
    guid: str | None = None
    parent: str | None = attrs.field(default=None, validator=attrs.validators.optional(_name))
    definition: str = ""
    inclusion: str = ""
    exclusion: str = ""
    example: str = ""
    colour: str = ""
    concept: str | None = attrs.field(default=None, validator=_concept)
    codable: bool = True


_COLUMNS = tuple(field.name for field in attrs.fields(Code))


def _circling(by_name: Mapping[str, Code]) -> set[str]:
    """The codes above which they stand themselves; each is passed once."""
    passed: set[str] = set()
    circling: set[str] = set()
    for start in by_name:
        path: list[str] = []
        at: str | None = start
        while at is not None and at in by_name and at not in passed:
            passed.add(at)
            path.append(at)
            at = by_name[at].parent
        if at in path:
            circling.update(path[path.index(at) :])
    return circling


def _codes(codes: Iterable[Code]) -> tuple[Code, ...]:
    return tuple(codes)


@attrs.frozen(repr=False)
class Codebook:
    """The codes of a study, in their order.

    Parameters
    ----------
    codes : iterable of Code
        Names are unique; a parent is a code of the same codebook; no code is its own ancestor.
    name, version : str
        As the team calls them; printed in reports.

    Raises
    ------
    DataError
        For repeated names, unknown parents and circles, all at once.

    Examples
    --------
    >>> book = Codebook([Code("resistance"), Code("policy", parent="resistance")], version="2")
    >>> book["policy"].parent
    'resistance'
    >>> [code.name for code in book.children("resistance")]
    ['policy']
    """

    codes: tuple[Code, ...] = attrs.field(default=(), converter=_codes)
    name: str = ""
    version: str = ""
    _by_name: dict[str, Code] = attrs.field(init=False, eq=False, hash=False)

    def __attrs_post_init__(self) -> None:
        by_name = {code.name: code for code in self.codes}
        object.__setattr__(self, "_by_name", by_name)
        faults: list[Remark] = []
        seen: set[str] = set()
        circling = _circling(by_name)
        for row, code in enumerate(self.codes, start=1):
            place, name = f"codebook, code {row}", quoted(code.name)
            if code.name in seen:
                faults.append(Remark("error", place, f"the name {name} is already taken.", "Give each a path."))
            seen.add(code.name)
            if code.parent is not None and code.parent not in by_name:
                what = f"{name} has the unknown parent {quoted(code.parent)}."
                faults.append(Remark("error", place, what, "Add it."))
            elif code.name in circling:
                faults.append(Remark("error", place, f"{name} is its own ancestor.", "Correct its parent."))
        if faults:
            raise DataError(f"the codebook has {counted(len(faults), 'fault')}", place=self.name, faults=faults)

    def __len__(self) -> int:
        return len(self.codes)

    def __iter__(self) -> Iterator[Code]:
        return iter(self.codes)

    def __contains__(self, name: object) -> bool:
        return name in self._by_name

    def __getitem__(self, name: str) -> Code:
        try:
            return self._by_name[name]
        except KeyError:
            raise unknown("code", name, self.names) from None

    @property
    def names(self) -> tuple[str, ...]:
        """The codes' names, in order."""
        return tuple(self._by_name)

    def children(self, name: str) -> tuple[Code, ...]:
        """The codes directly below one."""
        return tuple(code for code in self.codes if code.parent == self[name].name)

    def ancestors(self, name: str) -> tuple[str, ...]:
        """The names above a code, nearest first."""
        names: list[str] = []
        parent = self[name].parent
        while parent is not None:
            names.append(parent)
            parent = self._by_name[parent].parent
        return tuple(names)

    def with_subcodes(self, name: str) -> tuple[str, ...]:
        """A code and every code below it, however deep, in the codebook's order."""
        top = self[name].name
        return tuple(code.name for code in self.codes if top == code.name or top in self.ancestors(code.name))

    def _tree(self) -> Iterator[tuple[int, Code]]:
        """Each code with its depth, counted from 1, followed by those below it."""
        below: dict[str | None, list[Code]] = {}
        for code in self.codes[::-1]:
            below.setdefault(code.parent, []).append(code)
        waiting = [(1, code) for code in below.get(None, [])]
        while waiting:
            depth, code = waiting.pop()
            yield depth, code
            waiting += [(depth + 1, inner) for inner in below.get(code.name, [])]

    def concept_of(self, name: str) -> str | None:
        """The concept that a code stands for: its own, else that of the nearest code above it that has one.

        Examples
        --------
        >>> book = Codebook([Code("lost", concept="emptying-out"), Code("no box", parent="lost"), Code("humour")])
        >>> book.concept_of("no box"), book.concept_of("humour")
        ('emptying-out', None)
        """
        line = (name, *self.ancestors(name))
        return next((self[each].concept for each in line if self[each].concept is not None), None)

    @property
    def concepts(self) -> dict[str, str]:
        """Code to the concept that it stands for (`concept_of`), for every code that has one."""
        found = ((name, self.concept_of(name)) for name in self.names)
        return {name: concept for name, concept in found if concept is not None}

    def with_concepts(self, concepts: Mapping[str, str | None]) -> Codebook:
        """A new codebook in which the named codes point to concepts.

        Parameters
        ----------
        concepts : mapping
            Code's name to concept's key; None takes the concept away.
        """
        for name in concepts:
            self[name]
        codes = (attrs.evolve(code, concept=concepts.get(code.name, code.concept)) for code in self.codes)
        return attrs.evolve(self, codes=codes)

    @classmethod
    def of(cls, names: Iterable[str], *, separator: str | None = None) -> Codebook:
        """A codebook of bare names; with a separator, ``parent->child`` becomes a sub-code of ``parent``.

        Examples
        --------
        >>> Codebook.of(["fear->exam"], separator="->").names
        ('fear', 'fear->exam')
        """
        codes: dict[str, Code] = {}
        for name in names:
            parts = [part.strip() for part in name.split(separator)] if separator else [name]
            levels = range(1, len(parts)) if separator and all(parts) else range(0)
            parent = None
            for depth in levels:
                above = (separator or "").join(parts[:depth])
                codes.setdefault(above, Code(above, parent=parent))
                parent = above
            codes.setdefault(name, Code(name, parent=parent))
        return cls(codes.values())

    @classmethod
    def template(cls, framework: Framework | None = None) -> Codebook:
        """A codebook of a framework's concepts, ready to code with.

        Parameters
        ----------
        framework : Framework, optional
            By default `expertsys.theory.FRAMEWORK`. Definitions are its wordings; instructions for coders and the
            examples, which are invented and say so, are proposed by this library.

        Examples
        --------
        >>> Codebook.template()["Emptying out"].concept
        'emptying-out'
        """
        from expertsys.theory import FRAMEWORK

        chosen = FRAMEWORK if framework is None else framework
        rows: Iterator[dict[str, Any]] = (
            {key: value for key, value in row.items() if value} for row in chosen.codebook_rows()
        )
        return cls((Code(**row) for row in rows), name=chosen.name)

    def to_frame(self) -> pd.DataFrame:
        """One row per code (index ``code``), one column per field of `Code`."""
        import pandas as pd

        rows = [attrs.astuple(code) for code in self.codes]
        return (
            pd.DataFrame(rows, columns=list(_COLUMNS)).astype("str").rename(columns={"name": "code"}).set_index("code")
        )

    @classmethod
    def from_frame(cls, frame: Any, *, name: str = "", version: str = "") -> Codebook:
        """A codebook from any dataframe with a column ``code`` (or ``name``) and any of the fields of `Code`.

        Blank cells are missing; columns that are no field of `Code` are refused by name.
        """
        import pandas as pd

        from expertsys._core.frames import as_text, check_columns, to_pandas

        table = to_pandas(frame)
        if table.index.name in ("code", "name"):
            table = table.reset_index()
        table = table.rename(columns={"code": "name"})
        check_columns(list(map(str, table.columns)), {"code": "name"}, place="codebook")
        for column in table.columns:
            if column not in _COLUMNS:
                raise unknown("codebook column", column, _COLUMNS, place="codebook")
        cells = pd.DataFrame({column: as_text(table[column]) for column in table.columns}, dtype=object)
        codes = []
        for row, record in enumerate(cells.to_dict("records")):
            fields: dict[str, Any] = {str(key): cell for key, cell in record.items() if isinstance(cell, str)}
            if not fields:
                continue
            if "name" not in fields:
                raise DataError("a code without a name", place=f"codebook, row {row + 1}", remedy="Fill the cell.")
            if "codable" in fields:
                fields["codable"] = fields["codable"].strip().casefold() not in ("false", "no", "0")
            codes.append(Code(**fields))
        return cls(codes, name=name, version=version)

    def __repr__(self) -> str:
        mapped = sum(code.concept is not None for code in self.codes)
        title = " ".join(part for part in (self.name, f"version {self.version}" if self.version else "") if part)
        lines = [f"Codebook{f' {title}' if title else ''}: {len(self)} codes, {mapped} of them point to a concept"]
        for depth, code in itertools.islice(self._tree(), 20):
            lines.append(f"{'  ' * depth}{code.name}" + (f"  -> {code.concept}" if code.concept else ""))
        if len(self) > 20:
            lines.append(f"  ... and {len(self) - 20} more")
        return "\n".join(lines)
