"""What a codebook says about the theory, and what it leaves out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import attrs
import pandas as pd

from expertsys._core import references
from expertsys._core.errors import check_choice, listing
from expertsys._core.results import TableResult
from expertsys.evidence.excerpts import attribute, mapping_note
from expertsys.theory import FRAMEWORK, Framework

if TYPE_CHECKING:
    from expertsys.study import Study


ATTRIBUTES = ("case", "kind", "participant", "role", "site")


@attrs.frozen(eq=False, repr=False)
class Coverage(TableResult):
    """Concepts with and without codes and evidence, and codes that map to nothing.

    Proposed by this library: it describes a codebook and its use, not whether the theory holds.

    Attributes
    ----------
    unmapped : tuple of str
        Codes that point to no concept.
    unresolved : dict
        Codes that point to a key that the framework does not have, with that key.
    framework : Framework
        The one that keys were resolved against.
    note : str
        What a reader must know; empty where there is nothing.
    """

    unmapped: tuple[str, ...]
    unresolved: dict[str, str]
    framework: Framework
    note: str
    _table: pd.DataFrame
    _codings: pd.DataFrame

    standing = "proposed"

    def to_frame(self) -> pd.DataFrame:
        """One row per concept of the framework, in its order (index ``concept``).

        Columns: ``name``; ``standing`` of the concept; ``codes`` that point to it; ``codings`` with one of them;
        ``units`` coded so by anyone; ``cases`` in which; ``below``: codings of the concepts below it. Counts are whole
        numbers.
        """
        return self._table.copy(deep=False)

    def by(self, attribute: Literal["case", "kind", "participant", "role", "site"]) -> pd.DataFrame:
        """Codings of each concept that has a code, by case, kind of source, participant, role or site.

        Index ``concept``. What has no such attribute stands in the column ``(unknown)``. Whole numbers.
        """
        check_choice("attribute", attribute, ATTRIBUTES)
        counts = pd.crosstab(self._codings["concept"], self._codings[attribute].fillna("(unknown)"))
        coded = self._table.index[self._table["codes"] != ""]
        return counts.reindex(coded, fill_value=0).rename_axis(index="concept", columns=attribute)

    @property
    def without_code(self) -> tuple[str, ...]:
        """Keys of the concepts to which no code points, neither to them nor to one below them."""
        coded = set(self._table.index[self._table["codes"] != ""])
        above = {parent for key in coded for parent in self.framework.ancestors(key)}
        return tuple(key for key in self._table.index if key not in coded and key not in above)

    @property
    def without_evidence(self) -> tuple[str, ...]:
        """Keys of the concepts that have a code, and no coding with it nor below them."""
        table = self._table
        empty = table.index[(table["codes"] != "") & (table["codings"] + table["below"] == 0)]
        return tuple(empty)

    def methods_text(self) -> str:
        """A sentence for a methods section."""
        table = self._table
        coded, used = int((table["codes"] != "").sum()), int((table["codings"] > 0).sum())
        return (
            f"Of {len(table)} concepts of the framework, {coded} are the target of a code and {used} of these have "
            f"codings; {len(self.unmapped)} codes point to no concept."
        )

    def cite(self) -> tuple[str, ...]:
        """The study that the framework renders."""
        return references.cite(("greenhalgh2014hsdr",))

    def _title(self) -> str:
        lines = [self.methods_text()]
        if self.unmapped:
            lines.append(f"Codes without a concept: {listing(self.unmapped)}")
        if self.note:
            lines.append(self.note)
        return "\n".join(lines)


def coverage(study: Study, *, framework: Framework = FRAMEWORK) -> Coverage:
    """Which concepts of the theory have codes and evidence, which have none, and which codes map to nothing.

    Parameters
    ----------
    study : Study
        Whose codes point to concepts by key: in the codebook's column ``concept``, or with
        ``study.with_codebook(study.codebook.with_concepts({...}))``.
    framework : Framework
        Whose keys they are.

    Returns
    -------
    Coverage
        A key that the framework does not have is no error: it is in `unresolved`, and the note names the nearest. A
        sub-code without a concept has that of the code above it, and the note names it.

    Examples
    --------
    >>> import pandas as pd
    >>> from expertsys.study import Code, Codebook, Study
    >>> book = Codebook([Code("tick box", concept="emptying-out"), Code("weather")])
    >>> codings = pd.DataFrame({"unit": ["u1"], "coder": ["ann"], "code": ["tick box"]})
    >>> found = coverage(Study(codings, codebook=book))
    >>> found.to_frame().loc["emptying-out", "codings"]
    np.int64(1)
    >>> found.unmapped
    ('weather',)
    """
    concepts = study.codebook.concepts
    unresolved = {
        code.name: code.concept for code in study.codebook if code.concept and not framework.resolves(code.concept)
    }
    known = {name: key for name, key in concepts.items() if framework.resolves(key)}
    keys = list(dict.fromkeys([*framework, *(key for key in known.values() if ":" in key)]))
    codings = study.codings.assign(concept=study.codings["code"].map(known).astype("str")).dropna(subset=["concept"])
    by_concept = codings.groupby("concept")
    counts = by_concept.size().reindex(keys, fill_value=0)
    units = codings.dropna(subset=["unit"]).groupby("concept")["unit"].nunique().reindex(keys, fill_value=0)
    cases = (
        codings.dropna(subset=["case"]).groupby("concept")["case"].agg(lambda names: ", ".join(dict.fromkeys(names)))
    )
    below = dict.fromkeys(keys, 0)
    for key, times in counts.items():
        for above in framework.ancestors(str(key)):
            below[above] += int(times)
    table = pd.DataFrame(
        {
            "name": [framework[key].name for key in keys],
            "standing": [str(framework[key].standing.value) for key in keys],
            "codes": [", ".join(name for name, target in known.items() if target == key) for key in keys],
            "codings": counts.to_numpy(),
            "units": units.to_numpy(),
            "cases": [str(cases.get(key, "")) for key in keys],
            "below": list(below.values()),
        },
        index=pd.Index(keys, name="concept"),
    )
    unmapped = tuple(name for name in study.codes if name not in concepts)
    note = mapping_note(study, framework)
    codings["kind"] = codings["document"].map(study.documents["kind"])
    codings["participant"] = attribute(study, codings, "participant")
    for name in ("role", "site"):
        codings[name] = attribute(study, codings, name)
    placed = codings[["concept", *ATTRIBUTES]]
    return Coverage(unmapped, unresolved, framework, note, table.rename_axis(columns="column"), placed)
