"""How completely an expert system is described: documented, absent, or unknown, part by part."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from expertsys._core.errors import unknown
from expertsys.theory.parts import ABSENT, CAPABILITIES, Technology
from expertsys.theory.standing import Term

if TYPE_CHECKING:
    from expertsys.theory.expert_system import ExpertSystem


class Status(Term):
    """What is known of one part of a system.

    Attributes
    ----------
    DOCUMENTED
        A source describes it.
    ABSENT
        It is documented that there is none.
    UNKNOWN
        Nothing is known; this is not the same as absent.

    Examples
    --------
    >>> Status.UNKNOWN.value
    'unknown'
    """

    DOCUMENTED = "documented"
    ABSENT = "absent"
    UNKNOWN = "unknown"


@attrs.frozen(repr=False)
class Completeness:
    """What is known of the components and capabilities of which the study says that an expert system consists.

    Standing: proposed, as a way to report proposition P2. P2 is a definition: a system is described by it, never
    tested.

    Parameters
    ----------
    system : str
        Key of the system.
    components : tuple of (str, Status)
        Infrastructure, rules, technology.
    capabilities : tuple of (str, Status)
        Store, code, classify, aggregate.

    Examples
    --------
    >>> from expertsys.theory import summary_care_record
    >>> found = summary_care_record().completeness()
    >>> found["store"]
    <Status.DOCUMENTED: 'documented'>
    >>> found
    Completeness of 'summary-care-record': cannot be told
      documented: technology, store
      unknown: infrastructure, rules, code, classify, aggregate
    """

    system: str
    components: tuple[tuple[str, Status], ...]
    capabilities: tuple[tuple[str, Status], ...]

    def __getitem__(self, name: str) -> Status:
        parts = dict((*self.components, *self.capabilities))
        if name not in parts:
            raise unknown("component or capability", name, list(parts), place=f"completeness of {self.system}")
        return parts[name]

    def having(self, status: Status | str) -> tuple[str, ...]:
        """The components and capabilities that have a status."""
        wanted = Status(status)
        return tuple(name for name, found in (*self.components, *self.capabilities) if found is wanted)

    @property
    def complete(self) -> bool | None:
        """True if all are documented, False if one is absent, None if one is unknown and none absent."""
        if self.having(Status.ABSENT):
            return False
        return None if self.having(Status.UNKNOWN) else True

    def __repr__(self) -> str:
        verdict = {True: "all documented", False: "not complete", None: "cannot be told"}[self.complete]
        lines = [f"Completeness of {self.system!r}: {verdict}"]
        lines += [f"  {status}: {', '.join(self.having(status))}" for status in Status if self.having(status)]
        return "\n".join(lines)


def _status(part: object) -> Status:
    if part is None:
        return Status.UNKNOWN
    return Status.ABSENT if part is ABSENT or part is False or part == () else Status.DOCUMENTED


def assess(system: ExpertSystem) -> Completeness:
    """The completeness of a system's description; without a technology no capability is there either."""
    components = tuple((name, _status(getattr(system, name))) for name in ("infrastructure", "rules", "technology"))
    technology = system.technology
    known = technology.capabilities if isinstance(technology, Technology) else dict.fromkeys(CAPABILITIES, technology)
    return Completeness(system.key, components, tuple((name, _status(part)) for name, part in known.items()))
