"""Studies that came from elsewhere, or were changed, as projects: valid, told what is lost, and nothing else lost."""

from __future__ import annotations

import warnings
import zipfile
from pathlib import Path

import attrs
import pandas as pd
import pytest
from refifiles import CODEBOOK_SCHEMA, SAMPLES, differing, invalid

import expertsys as es
from expertsys.errors import DataError, LossWarning
from expertsys.io import read, survives, write
from expertsys.io.registry import ASPECTS, Kept
from expertsys.study import Code, Codebook, Study


def sample() -> Study:
    return read(SAMPLES / "qualcoder_synthetic_lf.qdpx")


def test_a_table_becomes_a_project(tmp_path: Path) -> None:
    table = tmp_path / "codings.csv"
    table.write_text(
        "unit,coder,code,case,text,site\nu1,ann,fear->exam,Elm,One,N\nu1,ben,fear,Elm,One,N\nu2,ann,trust,Oak,Two,S\n"
    )
    study = read(table)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        path = write(study, tmp_path / "p.qdpx")
    assert invalid(path) == []
    back = read(path)
    assert sorted(back.codings[["document", "coder", "code", "case"]].itertuples(index=False, name=None)) == [
        ("u1", "ann", "fear->exam", "Elm"), ("u1", "ben", "fear", "Elm"), ("u2", "ann", "trust", "Oak"),
    ]  # fmt: skip
    assert back.codebook["fear->exam"].parent == "fear"
    assert back.documents["text"].tolist() == ["One", "Two"]
    assert back.documents["site"].tolist() == ["N", "S"]
    assert es.reliability(back).loc["fear", "n_units"] == es.reliability(study).loc["fear", "n_units"]


def test_what_is_lost_is_told_at_once(tmp_path: Path) -> None:
    study = es.datasets.load("synthetic-three-systems").study()
    with pytest.warns(LossWarning) as caught:
        path = write(study, tmp_path / "p.qdpx")
    (warning,) = caught
    for what in (
        "p.qdpx: a REFI-QDA project has no place for 360 situations",
        "419 units smaller than a document",
        "1,694 codings with a round",
        "attributes of participants",
        "Save the study as .zip as well, to keep all of it.",
    ):
        assert what in str(warning.message)
    assert warning.filename == __file__
    assert read(path).provenance.synthetic == study.provenance.synthetic


def test_other_losses_are_told(tmp_path: Path) -> None:
    codings = pd.DataFrame(
        {
            "document": ["d", "d", "e"], "coder": ["ann"] * 3, "code": ["x", "y", "x"], "start": [0, 0, None],
            "end": [2, 2, None], "text": ["other", None, "said"], "date": ["2024", None, None],
        }
    )  # fmt: skip
    study = Study(
        codings,
        codebook=Codebook([Code("x", colour="blue", definition="a\nExample: b\nNot when: c")], name="b", version="2"),
        documents=pd.DataFrame({"document": ["d"], "text": ["ab"]}),
        coders=pd.DataFrame({"coder": ["ann"], "age": [3]}),
        participants=pd.DataFrame({"participant": ["Jo"]}),
        assignments=pd.DataFrame({"coder": ["ann", "ben"], "document": ["d", "d"]}),
    )
    with pytest.warns(LossWarning) as caught:
        write(study, tmp_path / "p.qdpx")
    for what in (
        "2 codings whose text is not that of its document",
        "1 coding whose date has no time",
        "1 colour that is not written as #rrggbb",
        "1 code that is applied and not in the codebook, to which it was added",
        "1 name of the codebook; 1 version of the codebook",
        "1 attribute of coders",
        "1 participant without a document",
        "1 document that a coder saw and did not code",
    ):
        assert what in str(caught[0].message)


def test_a_change_is_written_and_the_rest_stays(tmp_path: Path) -> None:
    study = sample()
    book = Codebook(
        [
            *(attrs.evolve(code, colour="#123456") if code.name == "workaround" else code for code in study.codebook),
            Code("new", parent="workaround"),
        ]
    )
    codings = study.codings.iloc[1:]
    codings = pd.concat([codings, codings.iloc[:1].assign(code="new", coder="cem", start=0, end=3, text=None)])
    changed = Study(
        codings,
        codebook=book,
        cases=study.cases.assign(rural=["no", None, "maybe"]),
        documents=study.documents.assign(case=["Alder practice"] * 2 + [None] * 4),
        coders=pd.DataFrame({"coder": ["asha", "ben", "cem"]}),
        title="another",
        unmapped=study.unmapped,
    )
    path = write(changed, tmp_path / "p.qdpx")
    assert invalid(path) == []
    back = read(path)
    expected = codings.sort_values(["document", "start", "end", "coder", "code"])
    found = back.codings.sort_values(["document", "start", "end", "coder", "code"])
    for column in ("document", "start", "end", "coder", "code", "date"):
        assert found[column].tolist() == expected[column].tolist()
    assert back.codebook["workaround"].colour == "#123456"
    assert back.codebook["new"].parent == "workaround"
    assert back.cases["rural"].fillna("").tolist() == ["no", "", "maybe"]
    assert back.documents["case"].fillna("").tolist() == ["Alder practice"] * 2 + [""] * 4
    assert back.title == "another"
    before, after = (read_xml(one) for one in (SAMPLES / "qualcoder_synthetic_lf.qdpx", path))
    for identifier in ("dd2ff481-8ab4-4980-92a4-64a347cde118", "1a1e62f3-6f73-4293-8388-39ddd7fed207"):
        assert identifier in before
        assert identifier in after
    assert "7751a4d6-72c1-4f67-ad8c-858c875aa0ed" not in after  # the selection whose only coding went


def read_xml(path: Path) -> str:
    with zipfile.ZipFile(path) as archive:
        return archive.read("project.qde").decode()


def test_units_of_several_stretches_are_written_once(tmp_path: Path) -> None:
    study = sample()
    with pytest.warns(LossWarning, match="units smaller than a document"):
        path = write(study.unitise(by="sentence"), tmp_path / "p.qdpx")
    assert differing(read(path), study) == []


def test_documents_that_are_gone_are_gone(tmp_path: Path) -> None:
    study = sample()
    part = study.select(documents=["Alder GP 1"])
    back = read(write(part, tmp_path / "p.qdpx"))
    assert list(back.documents.index) == ["Alder GP 1"]
    assert "Birch GP 1" not in read_xml(tmp_path / "p.qdpx")
    kept = Study(part.codings, documents=part.documents, codebook=part.codebook, unmapped=study.unmapped)
    xml = read_xml(write(kept, tmp_path / "q.qdpx"))
    assert invalid(tmp_path / "q.qdpx") == []
    assert "Birch" not in xml


def test_a_codebook_keeps_its_sets_and_says_what_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "b.qdc"
    guid = "00000000-0000-4000-8000-0000000000c1"
    path.write_text(
        f'<CodeBook xmlns="urn:QDA-XML:codebook:1.0" origin="x"><Codes><Code guid="{guid}" name="a" isCodable="true"/>'
        f'</Codes><Sets><Set guid="{guid[:-1]}2" name="s"><MemberCode guid="{guid}"/></Set></Sets></CodeBook>'
    )
    study = read(path)
    assert study.provenance.choice("exported by") == "x"
    back = write(study, tmp_path / "c.qdc")
    assert [error.reason for error in CODEBOOK_SCHEMA.iter_errors(str(back))] == []
    assert f'<MemberCode guid="{guid}"/>' in back.read_text()
    with pytest.warns(LossWarning, match=r"has no place for 34 codings; 6 documents; 3 cases\."):
        write(sample(), tmp_path / "d.qdc")
    synthetic = es.datasets.load("synthetic-three-systems").study()
    summaries = {(case, "humour"): "dry" for case in synthetic.cases.index[:2]}
    lost = r"24 participants; 419 units; 360 situations; 2 summaries of a case under a code\."
    with pytest.warns(LossWarning, match=lost):
        write(synthetic.with_summaries(summaries), tmp_path / "f.qdc")
    with pytest.raises(DataError, match="the codebook has no code"):
        write(Study(pd.DataFrame({"unit": [], "coder": [], "code": []}, dtype="str")), tmp_path / "e.qdc")


def test_what_xml_cannot_hold_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    study = Study(pd.DataFrame({"document": ["d"], "coder": ["a\x00n"], "code": ["x"]}))
    with pytest.raises(DataError, match=r"XML cannot hold the character '\\x00', which follows '<User guid="):
        write(study, tmp_path / "p.qdpx")
    assert list(tmp_path.iterdir()) == []


def test_formats_say_what_survives() -> None:
    table = survives()
    assert table.loc[("REFI-QDA project", "who saw what"), "read"] == "no"
    assert table.loc[("REFI-QDA project", "notes, links, sets, graphs"), "written"] == "kept"
    assert set(table.index.get_level_values("aspect")) == set(ASPECTS)
    with pytest.raises(DataError, match="aspect must be one of"):
        Kept("smell", "yes", "no")


def answers(**more: object) -> Study:
    """Two coders on three answers, each of which is a document and a unit; nobody coded the last."""
    codings = {"unit": ["a1", "a1", "a2"], "coder": ["ann", "ben", "ann"], "code": ["x", "x", "y"]}
    documents = pd.DataFrame(
        {"document": ["a1", "a2", "a3"], "text": ["One.", "Two.", "Three."], "case": ["p", "q", "q"]}
    )
    units = pd.DataFrame({"unit": ["a1", "a2", "a3"]})
    return Study(pd.DataFrame(codings), **{"documents": documents, "units": units, **more})  # type: ignore[arg-type]


def test_documents_that_are_units_stay_units(tmp_path: Path) -> None:
    study = answers()
    back = read(write(study, tmp_path / "p.qdpx"))
    assert invalid(tmp_path / "p.qdpx") == []
    assert back.units.equals(study.units)
    assert back.codings.equals(study.codings)
    assert back.provenance.choice("unit of coding") == "document"
    again = read(write(back, tmp_path / "again.qdpx"))
    assert again.units.equals(study.units)
    assert (tmp_path / "again.qdpx").read_bytes() == (tmp_path / "p.qdpx").read_bytes()
    # without units the same project has none again
    spans = Study(study.codings.drop(columns="unit"), documents=study.documents)
    bare = read(write(spans, tmp_path / "spans.qdpx"))
    assert bare.units.empty
    assert bare.codings["unit"].isna().all()


def test_documents_that_hold_coded_stretches_stay_units(tmp_path: Path) -> None:
    study = sample().unitise(by="document")
    back = read(write(study, tmp_path / "p.qdpx"))
    assert back.units.equals(study.units)
    assert back.codings.equals(study.codings)
    with zipfile.ZipFile(tmp_path / "p.qdpx") as archive:
        assert b', units: documents"' in archive.read("project.qde")[:1_000]
    # a file of another program that has such words at the end of its name says nothing
    other = tmp_path / "other.qdpx"
    with zipfile.ZipFile(tmp_path / "p.qdpx") as archive, zipfile.ZipFile(other, "w") as copy:
        for name in archive.namelist():
            copy.writestr(name, archive.read(name).replace(b"expertsys", b"another"))
    assert read(other).units.empty


@pytest.mark.parametrize(
    ("units", "told"),
    [
        (["a1", "a2"], "2 units for a whole document, where not all are"),
        (["a1", "a2", "a3", "a3 [0:2]"], "1 unit smaller than a document; 3 units for a whole document"),
    ],
)
def test_units_that_are_some_documents_are_told(units: list[str], told: str, tmp_path: Path) -> None:
    study = answers(units=pd.DataFrame({"unit": units, "document": [name[:2] for name in units]}))
    with pytest.warns(LossWarning) as caught:
        path = write(study, tmp_path / "p.qdpx")
    assert told in str(caught[0].message)
    assert 'study.unitise(by="document")' in str(caught[0].message)
    assert read(path).units.empty
    assert read(path).unitise(by="document").units.index.tolist() == ["a1", "a2", "a3"]
