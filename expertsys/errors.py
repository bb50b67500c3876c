"""What the library raises: every error names the place, the value and the remedy."""

from expertsys._core.errors import DataError, DegenerateWarning, LossWarning, MissingDependencyError, Remark

__all__ = ["DataError", "DegenerateWarning", "LossWarning", "MissingDependencyError", "Remark"]
