"""Every key that the library uses resolves, and the entries are well formed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import expertsys
from expertsys._core import references
from expertsys.agreement import Ratings, cohen_kappa, fleiss_kappa, gwet_ac, krippendorff_alpha, percent_agreement
from expertsys.errors import DataError


@pytest.mark.parametrize("key", references.ALL)
def test_entries(key: str) -> None:
    entry = references.reference(key)
    assert entry.key == key
    assert re.search(r"(19|20)\d\d", entry.citation)
    assert entry.citation.endswith(".")
    assert not entry.doi or re.fullmatch(r"10\.\d{4,}/\S+", entry.doi)
    assert str(entry) == (f"{entry.citation} doi:{entry.doi}" if entry.doi else entry.citation)


def test_no_key_and_no_doi_twice() -> None:
    assert len(references.ALL) == len(references.METHODS) + len(references.FRAMEWORK)
    dois = [entry.doi for entry in references.ALL.values() if entry.doi]
    assert len(dois) == len(set(dois))


def test_coefficients_resolve_their_sources() -> None:
    ratings = Ratings.from_array([[1, 2], [1, 1]], coders="columns")
    for found in (
        krippendorff_alpha(ratings, level="nominal"),
        *(function(ratings) for function in (cohen_kappa, fleiss_kappa, gwet_ac, percent_agreement)),
    ):
        assert found.sources
        own = ("wilson1927", "brown2001", "korn1998") if found.name == "percent agreement" else ("efron1993",)
        assert len(found.cite()) == len({*found.sources, *own})


def test_every_key_in_the_code_resolves() -> None:
    """Text of the form of a key (letters, a year, letters) that stands alone in quotes, in code and in records."""
    root = Path(expertsys.__file__).parent
    form = re.compile(r"""["']([a-z]{3,}(?:19|20)\d\d[a-z]*)["']""")
    used = {
        (key, path.name)
        for path in (*root.rglob("*.py"), *root.rglob("*.toml"))
        if path.parent.name != "datasets" and "datasets" not in path.parts
        for key in form.findall(path.read_text(encoding="utf-8"))
    }
    assert used
    assert sorted((key, name) for key, name in used if key not in references.ALL) == []


def test_cite_keeps_the_order_and_drops_repetitions() -> None:
    assert references.cite(["efron1993", "cohen1960", "efron1993"]) == (
        str(references.reference("efron1993")),
        str(references.reference("cohen1960")),
    )


def test_an_unknown_key() -> None:
    told = r"no reference 'bowkerstarr1999'; there are: .*Did you mean 'bowkerstar1999'\?"
    with pytest.raises(DataError, match=told):
        references.reference("bowkerstarr1999")
