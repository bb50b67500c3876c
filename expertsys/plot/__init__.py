"""One function per picture, over result objects and tables; each returns matplotlib axes."""

from expertsys.plot.agreement import along, coder_matrix, confusion
from expertsys.plot.differences import contrast
from expertsys.plot.distribution import bootstrap_distribution
from expertsys.plot.enactment import against_chance, emptying, fidelity
from expertsys.plot.forest import forest
from expertsys.plot.heat import cooccurrence, heatmap
from expertsys.plot.panel import panel
from expertsys.plot.planning import power_curve
from expertsys.plot.portrait import portrait
from expertsys.plot.qca import calibration_curve, robustness_map, upset, xy_plot
from expertsys.plot.resistance import resistance
from expertsys.plot.tree import dendrogram, similarity

__all__ = [
    "against_chance",
    "along",
    "bootstrap_distribution",
    "calibration_curve",
    "coder_matrix",
    "confusion",
    "contrast",
    "cooccurrence",
    "dendrogram",
    "emptying",
    "fidelity",
    "forest",
    "heatmap",
    "panel",
    "portrait",
    "power_curve",
    "resistance",
    "robustness_map",
    "similarity",
    "upset",
    "xy_plot",
]
