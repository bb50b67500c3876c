"""Optional packages: imported where they are used, with the install line where they are absent."""

from __future__ import annotations

import importlib
from typing import Any

from expertsys._core.errors import MissingDependencyError


def require(module: str, *, feature: str, extra: str) -> Any:  # a module has no more exact type here
    """Import `module`, or say which feature needs it and how to install it."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise MissingDependencyError(
            f"{feature} needs the package {module.partition('.')[0]!r}. Install it with: "
            f'python -m pip install "expertsys[{extra}]"'
        ) from error
