"""What a study says and the format has no place for, gathered while writing and told in one warning."""

from __future__ import annotations

import warnings
from collections import Counter

import attrs

from expertsys._core.errors import LossWarning, counted


@attrs.define
class Losses:
    """Counts of what could not be written."""

    counts: Counter[tuple[str, str]] = attrs.field(factory=Counter)

    def add(self, noun: str, what: str, number: int = 1) -> None:
        """Count what is lost, such as ``("coding", "with a round")``."""
        if number:
            self.counts[noun, what] += number

    def warn(self, place: str, form: str) -> None:
        """Tell all of it in one warning, if there is any."""
        if self.counts:
            told = "; ".join(f"{counted(number, noun)} {what}".strip() for (noun, what), number in self.counts.items())
            text = f"{place}: {form} has no place for {told}. Save the study as .zip as well, to keep all of it."
            warnings.warn(text, LossWarning, stacklevel=4)
