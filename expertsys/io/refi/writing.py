"""A study into a project file, ``.qdpx``."""

from __future__ import annotations

from pathlib import Path

from expertsys._core.files import replacing
from expertsys._core.version import __version__
from expertsys.io.archive import pack
from expertsys.io.refi.drawing import INNER, draw, whole_units
from expertsys.io.refi.emitting import emit
from expertsys.io.refi.losses import Losses
from expertsys.io.refi.reading import MARK, WHOLE
from expertsys.study import Study


def write(study: Study, path: Path) -> None:
    """Write a project: what was read from one is kept as it stood, wherever the study does not say otherwise."""
    losses = Losses()
    project, files = draw(study, losses)
    origin = project.root.get("origin", "")
    own = f"{__version__}{WHOLE if whole_units(study) else ''}"
    project.root.set("origin", f"{origin}{MARK}{own}" if origin else f"{MARK.lstrip(' /')}{own}")
    with replacing(path) as temporary:
        pack(temporary, {INNER: emit(project), **dict(sorted(files.items()))})
    losses.warn(path.name, "a REFI-QDA project")
