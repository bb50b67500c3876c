"""Who saw what, from the forms in which it may be said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from expertsys._core.errors import DataError, unknown
from expertsys._core.frames import is_frame


def assigned(seen: Any, coders: Sequence[str], documents: Sequence[str], assumed: str) -> tuple[Any, str]:
    """The table of who saw what (None where it is to be taken from the codings), and the choice in words."""
    if isinstance(seen, str):
        if seen not in ("coded", "all"):
            raise unknown("rule of who saw what", seen, ["coded", "all"], place="with_assignments")
        if seen == "coded":
            return None, assumed
        pairs = [(coder, document) for coder in coders for document in documents]
        return pd.DataFrame(pairs, columns=["coder", "document"]), "every coder saw every document"
    if isinstance(seen, Mapping):
        listed = {coder: [names] if isinstance(names, str) else names for coder, names in seen.items()}
        pairs = [(coder, document) for coder, names in listed.items() for document in names]
        return pd.DataFrame(pairs, columns=["coder", "document"]), "given"
    if is_frame(seen):
        return seen, "given"
    raise DataError(
        f"seen must be a dataframe, a mapping, 'coded' or 'all', not {type(seen).__name__}",
        place="with_assignments",
    )
