"""Where on a benchmark scale a coefficient may lie: shares of replicates, and Gwet's cumulative probability."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import attrs
import numpy as np

from expertsys._core import references
from expertsys._core.errors import check_between, check_choice
from expertsys._core.results import TableResult, number, percent
from expertsys.agreement.ratings.profiles import Floats

if TYPE_CHECKING:
    import pandas as pd

Scale = Literal["landis-koch", "altman", "fleiss", "krippendorff"]

#: From the lowest: where each band begins, and its name.
_BANDS: dict[Scale, tuple[tuple[float, str], ...]] = {
    "landis-koch": (
        (-1.0, "poor"),
        (0.0, "slight"),
        (0.2, "fair"),
        (0.4, "moderate"),
        (0.6, "substantial"),
        (0.8, "almost perfect"),
    ),
    "altman": ((-1.0, "poor"), (0.2, "fair"), (0.4, "moderate"), (0.6, "good"), (0.8, "very good")),
    "fleiss": ((-1.0, "poor"), (0.4, "intermediate to good"), (0.75, "excellent")),
    "krippendorff": ((-1.0, "no conclusions"), (0.667, "tentative conclusions"), (0.8, "firm conclusions")),
}
_SOURCES: dict[Scale, str] = {
    "landis-koch": "landis1977",
    "altman": "altman1991",
    "fleiss": "fleiss2003",
    "krippendorff": "krippendorff2019",
}
_AUTHORS: dict[Scale, str] = {
    "landis-koch": "Landis and Koch",
    "altman": "Altman",
    "fleiss": "Fleiss",
    "krippendorff": "Krippendorff",
}


@attrs.frozen(eq=False, repr=False)
class Benchmark(TableResult):
    """A coefficient on a benchmark scale.

    Attributes
    ----------
    coefficient : str
        Which one, as the literature calls it.
    estimate : float
        Of it.
    scale : str
        Whose bands.
    band : str
        The band by Gwet's rule: the highest whose cumulative probability exceeds `certainty`; empty where the standard
        error is undefined.
    certainty : float
        Of the rule.
    note : str
        What a reader must know; empty where there is nothing.
    """

    coefficient: str
    estimate: float
    scale: Scale
    band: str
    certainty: float
    note: str
    _table: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """One row per band, from the highest; index ``band``, columns ``low, high, share, probability, cumulative``."""
        return self._table.copy()

    def methods_text(self) -> str:
        """A paragraph for a methods section, with the figures."""
        whose = f"the scale of {_AUTHORS[self.scale]}"
        if not self.band:
            return f"{self.coefficient} could not be placed on {whose}: {self.note}."
        cumulative, share = (self._table[column].to_dict()[self.band] for column in ("cumulative", "share"))
        return (
            f"On {whose}, {self.coefficient} ({number(self.estimate)}) was placed in the band {self.band!r} or above "
            f"by Gwet's rule (cumulative probability {number(cumulative)}, to exceed {number(self.certainty)}); "
            f"of the bootstrap replicates, {percent(round(share, 3))} lay in that band itself."
        )

    def cite(self) -> tuple[str, ...]:
        """The references behind the scale and the rule."""
        return references.cite((_SOURCES[self.scale], "gwet2021", "efron1993"))

    def _title(self) -> str:
        placed = f": {self.band} by Gwet's rule ({percent(self.certainty)})" if self.band else ""
        note = f"\n  note: {self.note}" if self.note else ""
        return f"{self.coefficient} {number(self.estimate)} on the scale of {_AUTHORS[self.scale]}{placed}{note}"


def placed(
    name: str, estimate: float, error: float, drawn: Floats, *, scale: Scale, certainty: float, note: str
) -> Benchmark:
    """The bands of a scale with the shares of replicates in them and Gwet's probabilities."""
    import pandas as pd

    check_choice("scale", scale, list(_BANDS))
    check_between("certainty", certainty, 0, 1)
    low = np.array([start for start, _ in _BANDS[scale]])
    high = np.append(low[1:], 1.0)
    known = drawn[~np.isnan(drawn)]
    place = np.searchsorted(low[1:], known, side="right")
    share = np.bincount(place, minlength=len(low)) / len(known) if len(known) else np.full(len(low), np.nan)
    probability = _membership(estimate, error, low, high)
    table = pd.DataFrame(
        {"low": low, "high": high, "share": share, "probability": probability},
        index=pd.Index([band for _, band in _BANDS[scale]], name="band"),
    )[::-1]
    table["cumulative"] = table["probability"].cumsum()
    reached = table.index[table["cumulative"] > certainty]
    told = note
    if not len(reached):
        told = "; ".join(part for part in (note, "no standard error, so no rule") if part)
    band = str(reached[0]) if len(reached) else ""
    return Benchmark(name, estimate, scale, band, certainty, told, table.rename_axis(columns="column"))


def _membership(estimate: float, error: float, low: Floats, high: Floats) -> Floats:
    """Normal probabilities of the bands, cut to −1 to 1 (Gwet 2021, ch. 6); without error, all in one band."""
    from scipy.special import ndtr

    if np.isnan(error) or np.isnan(estimate):
        return np.full(len(low), np.nan)
    if error < 1e-12:
        found = np.zeros(len(low))
        found[np.searchsorted(low[1:], estimate, side="right")] = 1.0
        return found
    within = ndtr((estimate - low) / error) - ndtr((estimate - high) / error)
    return np.asarray(within / (ndtr((estimate + 1) / error) - ndtr((estimate - 1) / error)))
