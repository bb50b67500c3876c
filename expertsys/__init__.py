"""Analyse how professionals live with mandated technology.

Three lines lead from the file that a coding tool exports to a result for a paper:

>>> import expertsys as es
>>> study = es.datasets.load("synthetic-three-systems").study()
>>> es.reliability(study).index.name
'code'

Sub-packages load when they are first used, so that importing the library stays cheap.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from expertsys._core.version import __version__

if TYPE_CHECKING:
    from expertsys import (
        agreement,
        comparison,
        datasets,
        enactment,
        errors,
        evidence,
        io,
        plot,
        qca,
        reporting,
        study,
        theory,
    )
    from expertsys.agreement import reliability
    from expertsys.comparison.case_matrix import case_matrix
    from expertsys.comparison.contrast import contrast
    from expertsys.comparison.cooccurrence import cooccurrence
    from expertsys.comparison.framework_matrix import framework_matrix
    from expertsys.io import read, write
    from expertsys.reporting import report
    from expertsys.study import Code, Codebook, Study, check, merge

_ROOMS = (
    "agreement",
    "comparison",
    "datasets",
    "enactment",
    "errors",
    "evidence",
    "io",
    "plot",
    "qca",
    "reporting",
    "study",
    "theory",
)
_NAMES = {
    "Code": "study",
    "Codebook": "study",
    "Study": "study",
    "case_matrix": "comparison",
    "check": "study",
    "contrast": "comparison",
    "cooccurrence": "comparison",
    "framework_matrix": "comparison",
    "merge": "study",
    "read": "io",
    "reliability": "agreement",
    "report": "reporting",
    "write": "io",
}

__all__ = [
    "Code",
    "Codebook",
    "Study",
    "__version__",
    "agreement",
    "case_matrix",
    "check",
    "comparison",
    "contrast",
    "cooccurrence",
    "datasets",
    "enactment",
    "errors",
    "evidence",
    "framework_matrix",
    "io",
    "merge",
    "plot",
    "qca",
    "read",
    "reliability",
    "report",
    "reporting",
    "study",
    "theory",
    "write",
]


def __getattr__(name: str) -> Any:
    if name in _ROOMS:
        return importlib.import_module(f"{__name__}.{name}")
    if name in _NAMES:
        value = getattr(importlib.import_module(f"{__name__}.{_NAMES[name]}"), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
