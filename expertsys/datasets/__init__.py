"""Bundled data: published examples of agreement, a public series, and a synthetic study that says that it is one."""

from expertsys.datasets.catalogue import load, names, table
from expertsys.datasets.dataset import Dataset, PublishedValue
from expertsys.datasets.synthetic import synthetic_parameters, synthetic_study, synthetic_truth

__all__ = [
    "Dataset",
    "PublishedValue",
    "load",
    "names",
    "synthetic_parameters",
    "synthetic_study",
    "synthetic_truth",
    "table",
]
