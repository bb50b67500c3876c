"""Modest measures of what happens where the system meets local practice, proposed by this library.

They prompt interpretation; they test no one's theory by themselves.
"""

from expertsys.enactment.chance import Null
from expertsys.enactment.contingency import ContingencySensitivity, contingency_sensitivity
from expertsys.enactment.distance import ActionAtADistance, action_at_a_distance
from expertsys.enactment.emptying import EmptyingOut, emptying_out
from expertsys.enactment.heterogeneity import Heterogeneity, heterogeneity
from expertsys.enactment.occasions import systems_of
from expertsys.enactment.simulate import KINDS, SYSTEM, simulate
from expertsys.enactment.studied import from_study

__all__ = [
    "KINDS",
    "SYSTEM",
    "ActionAtADistance",
    "ContingencySensitivity",
    "EmptyingOut",
    "Heterogeneity",
    "Null",
    "action_at_a_distance",
    "contingency_sensitivity",
    "emptying_out",
    "from_study",
    "heterogeneity",
    "simulate",
    "systems_of",
]
