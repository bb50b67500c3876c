"""The data: ratings of any kind, compressed to distinct profiles and their counts."""

from expertsys.agreement.ratings.table import Ratings

__all__ = ["Ratings"]
