"""Two small studies: one of units in two rounds, one of spans in documents."""

from __future__ import annotations

from typing import Any

import pandas as pd

from expertsys.study import Study

CODINGS = pd.DataFrame(
    {
        "unit": ["u1", "u1", "u2", "u3"],
        "coder": ["ann", "ben", "ann", "ben"],
        "code": ["policy", "policy", "judgement", "policy"],
        "case": ["north", "north", "south", "south"],
        "round": ["1", "1", "2", "2"],
    }
)
DOCUMENTS = pd.DataFrame(
    {
        "document": ["d1", "d2", "d3"],
        "case": ["north", "north", "south"],
        "participant": ["p1", "p2", "p2"],
        "text": ["I fear it.", "Trust 😀 it.", None],
        "pages": [1, 2, 3],
    }
)
SPANS = pd.DataFrame(
    {
        "document": ["d1", "d1", "d2", "d3"],
        "coder": ["ann", "ben", "ann", "ben"],
        "code": ["fear", "fear", "trust", "trust"],
        "start": [2, 2, 6, None],
        "end": [6, 9, 7, None],
    }
)


def spans(**more: Any) -> Study:
    return Study(SPANS, documents=DOCUMENTS, **more)
