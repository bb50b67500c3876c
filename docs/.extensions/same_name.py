"""For the API pages: a function named as its module stands in its room, as it does when Python runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import griffe


def _modules(module: griffe.Module) -> Iterator[griffe.Module]:
    yield module
    for inner in list(module.modules.values()):
        if not inner.is_alias:
            yield from _modules(inner)


class SameName(griffe.Extension):
    """Puts exported members in the place of the submodules that hide them."""

    def on_package(self, *, pkg: griffe.Module, **_: Any) -> None:
        modules = list(_modules(pkg))
        for member in [member for module in modules for member in module.members.values()]:
            if isinstance(member, griffe.Alias):  # resolved now, while every submodule is still in its place
                with suppress(griffe.AliasResolutionError, griffe.CyclicAliasError):
                    member.resolve_target()
        for module in modules:
            for name in module.exports or ():
                hiding = module.members.get(str(name))
                hidden = hiding.members.get(str(name)) if isinstance(hiding, griffe.Module) else None
                if hidden is not None and not isinstance(hidden, griffe.Module):
                    module.members[str(name)] = griffe.Alias(str(name), hidden, parent=module)
