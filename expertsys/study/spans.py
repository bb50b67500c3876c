"""The text behind codings."""

from __future__ import annotations

import pandas as pd


def excerpts(codings: pd.DataFrame, texts: pd.Series[str]) -> pd.Series[str]:
    """The text of each coding: its own, else the stretch of its document, else the document's."""
    by_name = texts.to_dict()
    rows = zip(codings["text"], codings["document"], codings["start"], codings["end"], strict=True)
    found = []
    for own, document, start, end in rows:
        full = by_name.get(document)
        if not isinstance(own, str) and isinstance(full, str) and not pd.isna(start):
            full = full[start:end]
        found.append(own if isinstance(own, str) else full)
    return pd.Series(found, index=codings.index, name="excerpt", dtype="str")
