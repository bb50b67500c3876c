"""Which excerpts speak for which framing of non-use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import pandas as pd

from expertsys._core import references
from expertsys._core.results import TableResult
from expertsys.evidence.excerpts import By, Excerpts
from expertsys.theory import FRAMEWORK, Framework

if TYPE_CHECKING:
    from expertsys.study import Study

NO_CASE = "(no case)"


@attrs.frozen(eq=False, repr=False)
class FrameEvidence(TableResult):
    """Evidence sorted by explanatory frame; see `frame_evidence`.

    Attributes
    ----------
    available : dict
        Frame's key to the codes with which an excerpt could speak for it: a codebook derived from one theory wins by
        construction.
    excerpts : pandas.DataFrame
        One row per excerpt that speaks for a frame: index ``excerpt``; ``case, document, participant``; ``frames`` and
        ``voices`` (keys, tuples); ``codes``.
    note : str
        What a reader must know.
    standing : str
        Always ``"proposed"``.
    """

    available: dict[str, tuple[str, ...]]
    excerpts: pd.DataFrame
    note: str
    _table: pd.DataFrame

    standing = "proposed"

    def to_frame(self) -> pd.DataFrame:
        """Index ``frame, case``; numbers of excerpts.

        ``speaks`` for the frame; ``alone``, for no other; ``both``, for it and a rival; ``against``, for a rival
        only, so that it contradicts the frame.
        """
        return self._table.copy(deep=False)

    def against(self, frame: str) -> pd.DataFrame:
        """The excerpts that contradict a frame: they speak for a rival, and not for it."""
        rows = [bool(frames) and frame not in frames for frames in self.excerpts["frames"]]
        return self.excerpts[pd.Series(rows, index=self.excerpts.index, dtype=bool)]

    def methods_text(self) -> str:
        """A paragraph for a methods section."""
        had = "; ".join(f"{frame}: {len(codes)} codes" for frame, codes in self.available.items())
        return (
            f"Excerpts were sorted by the explanatory frame that their codes speak for ({had}). A codebook derived "
            f"from one theory favours it by construction; the numbers are no score. {self.note} The measure is "
            "proposed by expertsys."
        )

    def cite(self) -> tuple[str, ...]:
        """The works that set the frames against each other."""
        return references.cite(("greenhalgh2014hsdr", "greenhalgh2014cab"))

    def _title(self) -> str:
        return f"Excerpts by explanatory frame (sorted, not scored). {self.methods_text()}"


def frame_evidence(study: Study, *, coders: By = "any", framework: Framework = FRAMEWORK) -> FrameEvidence:
    """Sort excerpts by the explanatory frame that they speak for, per case; no score.

    Parameters
    ----------
    study : Study
        With one round of coding, whose codes point to concepts.
    coders : {"any", "all"}
        A code counts where at least one coder applied it, or where every coder who saw the unit did.
    framework : Framework
        Its frames, and the concepts that speak for each.

    Returns
    -------
    FrameEvidence
        Frames without evidence are listed with 0.

    Examples
    --------
    >>> from expertsys.datasets import load
    >>> found = frame_evidence(load("synthetic-three-systems").study())
    >>> found.available["behaviourist"]
    ('stubborn colleagues',)
    """
    made = Excerpts.of(study, framework, coders=coders)
    table = made.table
    frames = [frame.key for frame in framework.frames]
    table["frames"] = [framework.frames_of(concepts) for concepts in table["concepts"]]
    voiced = {voice for frame in framework.frames for voice in frame.voices}
    table["voices"] = [tuple(sorted(voiced & concepts)) for concepts in table["concepts"]]
    speaking = table[table["frames"].map(len) > 0].fillna({"case": NO_CASE})
    cases = [*study.cases.index, *([NO_CASE] if (speaking["case"] == NO_CASE).any() else [])] or [NO_CASE]
    rows = []
    for frame in frames:
        own = speaking["frames"].map(lambda keys, frame=frame: frame in keys).astype(bool)
        lone = speaking["frames"].map(len) == 1
        for case in cases:
            here = speaking["case"] == case
            numbers = (own & here, own & lone & here, own & ~lone & here, ~own & here)
            rows.append((frame, case, *(int(which.sum()) for which in numbers)))
    columns = ["frame", "case", "speaks", "alone", "both", "against"]
    counts = pd.DataFrame(rows, columns=columns).set_index(["frame", "case"]).rename_axis(columns="column")
    available = {
        frame: tuple(
            code.name
            for code in study.codebook
            if code.concept is not None and code.concept in framework and frame in framework.frames_of([code.concept])
        )
        for frame in frames
    }
    shown = speaking[["case", "document", "participant", "frames", "voices", "codes"]]
    return FrameEvidence(available, shown, f"A code counts where {made.coded_by} applied it.", counts)
