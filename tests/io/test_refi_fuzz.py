"""Whole projects, odd in every way, come back as they were."""

from __future__ import annotations

import tempfile
import warnings
from pathlib import Path

import attrs
import pytest
import strategies  # noqa: F401  (chooses hypothesis's profile)
from hypothesis import given, settings
from refifiles import differing, invalid, projects

from expertsys.io import read, write
from expertsys.study import Codebook, Study


def with_guids(study: Study, like: Study) -> Study:
    """The study with the identifiers that the file gave to codes which had none."""
    codes = [
        attrs.evolve(code, guid=other.guid if code.guid is None else code.guid)
        for code, other in zip(study.codebook, like.codebook, strict=True)
    ]
    return study.with_codebook(Codebook(codes))


def hold(study: Study) -> None:
    """It comes back as it was, is valid, and the second file is the first byte for byte."""
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what is lost is another test's matter: nothing of what is compared here
        first = write(study, Path(folder) / "a.qdpx")
        back = read(first)
        again = write(back, Path(folder) / "b.qdpx")
        assert invalid(first) == []
        assert differing(with_guids(study, back), back, "unmapped") == []
        assert differing(read(again), back) == []
        assert first.read_bytes() == again.read_bytes()


@pytest.mark.slow
@settings(max_examples=10)
@given(study=projects())
def test_a_project_comes_back_as_it_was(study: Study) -> None:
    hold(study)


@pytest.mark.slow
@settings(max_examples=80)
@given(study=projects())
def test_many_projects_come_back_as_they_were(study: Study) -> None:
    hold(study)
