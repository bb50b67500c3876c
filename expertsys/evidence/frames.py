"""Which excerpts support which framing of non-use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import pandas as pd

from expertsys._core.errors import counted
from expertsys._core.results import TableResult
from expertsys.evidence.excerpts import Coders, Excerpts, concepts_of_codes
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
        Frame's key to the codes with which an excerpt could support it: a codebook derived from one theory wins by
        construction.
    excerpts : pandas.DataFrame
        One row per excerpt that supports a frame: index ``excerpt``; ``case, document, participant``; ``frames`` and
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
    _references: tuple[str, ...]

    standing = "proposed"

    def to_frame(self) -> pd.DataFrame:
        """Index ``frame, case``; numbers of excerpts.

        ``supports`` the frame; ``alone``, and no other; ``both``, it and a rival; ``against``, a rival only, so that
        the excerpt contradicts the frame; ``coders_differ``, of those in ``both``, excerpts on which the coders' codes
        support no frame in common.
        """
        return self._table.copy(deep=False)

    def against(self, frame: str) -> pd.DataFrame:
        """The excerpts that contradict a frame: they support a rival, and not it."""
        rows = [bool(frames) and frame not in frames for frames in self.excerpts["frames"]]
        return self.excerpts[pd.Series(rows, index=self.excerpts.index, dtype=bool)]

    def methods_text(self) -> str:
        """A paragraph for a methods section."""
        had = "; ".join(f"{frame}: {counted(len(codes), 'code')}" for frame, codes in self.available.items())
        return (
            f"Excerpts were sorted by the explanatory frame that their codes support ({had}). A codebook derived "
            f"from one theory favours it by construction; the numbers are no score. {self.note} The measure is "
            "proposed by expertsys."
        )

    def cite(self) -> tuple[str, ...]:
        """The works that the framework cites for its frames."""
        return self._references

    def _title(self) -> str:
        return f"Excerpts by explanatory frame (sorted, not scored). {self.methods_text()}"


def frame_evidence(study: Study, *, coders: Coders = "any", framework: Framework = FRAMEWORK) -> FrameEvidence:
    """Sort excerpts by the explanatory frame that they support, per case; no score.

    Parameters
    ----------
    study : Study
        With one round of coding, whose codes point to concepts; a sub-code without a concept has that of the code above
        it.
    coders : {"any", "all"}
        A code counts where at least one coder applied it, or where every coder who read the unit did. An excerpt that
        one coder's codes count for a frame and another's for a rival is shown under either rule.
    framework : Framework
        Its frames, and the concepts that support each.

    Returns
    -------
    FrameEvidence
        Frames without evidence are listed with 0.

    Examples
    --------
    >>> from expertsys.datasets import load
    >>> evidence = frame_evidence(load("synthetic-three-systems").study())
    >>> evidence.available["behaviourist"]
    ('stubborn colleagues',)
    """
    excerpts = Excerpts.from_study(study, framework, coders=coders)
    table = excerpts.table
    frames = [frame.key for frame in framework.frames]
    supported = {excerpt: framework.frames_of(keys) for excerpt, keys in table["concepts"].items()}
    by_coder: dict[str, list[tuple[str, ...]]] = {}
    for excerpt, keys in zip(excerpts.by_coder["excerpt"], excerpts.by_coder["concepts"], strict=True):
        if each := framework.frames_of(keys):
            by_coder.setdefault(excerpt, []).append(each)
    differing = [excerpt for excerpt, lists in by_coder.items() if not set(lists[0]).intersection(*lists[1:])]
    for excerpt in differing:  # coders support rival frames: both are shown, whichever codes count
        supported[excerpt] = tuple(key for key in frames if any(key in each for each in by_coder[excerpt]))
    table["frames"] = pd.Series(supported, dtype=object)
    voiced = {voice for frame in framework.frames for voice in frame.voices}
    table["voices"] = [tuple(sorted(voiced & concepts)) for concepts in table["concepts"]]
    sorted_excerpts = table[table["frames"].map(len) > 0].fillna({"case": NO_CASE})
    cases = [*study.cases.index, *([NO_CASE] if (sorted_excerpts["case"] == NO_CASE).any() else [])] or [NO_CASE]
    several = sorted_excerpts["frames"].map(len) > 1
    split = pd.Series(sorted_excerpts.index.isin(differing), index=sorted_excerpts.index)
    rows = []
    for frame in frames:
        supports = sorted_excerpts["frames"].map(lambda keys, frame=frame: frame in keys).astype(bool)
        for case in cases:
            here = sorted_excerpts["case"] == case
            numbers = (supports, supports & ~several, supports & several, ~supports, supports & split)
            rows.append((frame, case, *(int((which & here).sum()) for which in numbers)))
    columns = ["frame", "case", "supports", "alone", "both", "against", "coders_differ"]
    counts = pd.DataFrame(rows, columns=columns).set_index(["frame", "case"]).rename_axis(columns="column")
    concepts = concepts_of_codes(study, framework)
    available = {
        frame: tuple(code for code, keys in concepts.items() if frame in framework.frames_of(keys)) for frame in frames
    }
    shown = sorted_excerpts[["case", "document", "participant", "frames", "voices", "codes"]]
    groups = study.units["case"] if len(study.units) else pd.Series(dtype="str")
    note = " ".join(filter(None, [excerpts.note, excerpts.coders_differ(groups)]))
    keys = dict.fromkeys(citation.key for frame in framework.frames for citation in frame.sources)
    return FrameEvidence(available, shown, note, counts, tuple(str(framework.source(key)) for key in keys))
