"""What a coefficient shows of itself, whatever it was computed from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from expertsys._core.results import Result

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


class Estimate(Result):
    """Base of coefficients: a name, an estimate with its parts and its standard error, and what was counted."""

    __slots__ = ()
    _COUNTED: ClassVar[tuple[str, ...]]

    if TYPE_CHECKING:
        name: str
        estimate: float
        observed: float
        expected: float
        level: str
        note: str

    @property
    def standard_error(self) -> float:
        """Analytic standard error; NaN where there is none."""
        raise TypeError(f"{type(self).__name__} must say its standard error")

    def to_frame(self) -> pd.DataFrame:
        """One row, index ``coefficient``: the estimate, its parts, its analytic standard error and the counts."""
        import pandas as pd

        row = {
            "estimate": self.estimate,
            "observed": self.observed,
            "expected": self.expected,
            "standard_error": self.standard_error,
            **{field: getattr(self, field) for field in self._COUNTED},
            "level": self.level,
            "note": self.note,
        }
        return pd.DataFrame([row], index=pd.Index([self.name], name="coefficient")).rename_axis(columns="column")

    def plot(self, ax: Axes | None = None) -> Axes:
        """The bootstrap's estimates with the point estimate and the interval; where there is none, why."""
        from expertsys.plot import bootstrap_distribution

        coefficient: Any = self
        return bootstrap_distribution(coefficient, ax=ax)

    def _title(self) -> str:
        return f"{self.name} ({self.level})" if self.level else self.name

    def _rows(self) -> Sequence[tuple[str, object]]:
        parts = () if np.isnan(self.observed) else (("observed", self.observed), ("expected", self.expected))
        return (
            ("estimate", self.estimate),
            *parts,
            ("standard error", self.standard_error),
            *((field.removeprefix("n_"), getattr(self, field)) for field in self._COUNTED),
            ("note", self.note),
        )
