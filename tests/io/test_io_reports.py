"""Reports that tools export as tables: told by their headers, in two languages, or by a map of one's own."""

from __future__ import annotations

from pathlib import Path

import attrs
import pandas as pd
import pytest
from iofiles import file, refusal, rows, told

from expertsys.errors import DataError
from expertsys.io import read, report_map
from expertsys.io.reports import NAMES

MAXQDA = {
    "en": "Color;Document group;Document name;Code;Beginning;End;Weight score;Segment;Created by;Created;Comment",
    "de": "Farbe;Dokumentgruppe;Dokumentname;Code;Anfang;Ende;Gewicht;Segment;Erstellt von;Erstellt am;Kommentar",
    "de 2022": "Farbe;Dokumentgruppe;Dokument;Code;Anfang;Ende;Gewicht;Segment;Bearbeitet von;Bearbeitet am;Kommentar",
}
SEGMENTS = (
    "\n●;North;Interview 1;Focus\\Policy;3;3;0;We wait;ann;2024-01-02;"
    "\n●;North;Interview 1;Focus\\Policy;3;3;0;We wait;ben;2024-01-03;quite clear"
    "\n●;South;Interview 2;Focus > Trust;5;6;0;She knows him;ann;2024-01-02;\n"
)


@pytest.mark.parametrize("language", MAXQDA)
def test_coded_segments_of_maxqda(tmp_path: Path, language: str) -> None:
    study = read(file(tmp_path, "segments.csv", MAXQDA[language] + SEGMENTS))
    assert rows(study, "unit", "coder", "code", "document", "text", "memo", "date") == [
        ("Interview 1 [3–3]", "ann", "Focus->Policy", "Interview 1", "We wait", None, "2024-01-02"),
        ("Interview 1 [3–3]", "ben", "Focus->Policy", "Interview 1", "We wait", "quite clear", "2024-01-03"),
        ("Interview 2 [5–6]", "ann", "Focus->Trust", "Interview 2", "She knows him", None, "2024-01-02"),
    ]
    assert study.codebook["Focus->Trust"].parent == "Focus"
    assert study.documents["group"].tolist() == ["North", "South"]
    assert study.provenance.choice("report") == "MAXQDA coded segments"
    lines = told(study)
    assert any(
        "taken from MAXQDA's manuals, not tried on a real export. Beginning and end are numbers" in x for x in lines
    )
    assert any("columns were not read: " in line for line in lines)


@pytest.mark.parametrize(
    "header",
    [
        ["ID", "Document", "Quotation Content", "Codes", "Comment", "Created by", "Created"],
        ["ID", "Dokument", "Zitatinhalt", "Kodes", "Kommentar", "Erstellt von", "Erstellt am"],
    ],
)
def test_quotations_of_atlas_ti(tmp_path: Path, header: list[str]) -> None:
    table = [
        ["1:1", "D 1", "We wait", "policy\nwaiting ", "hm", "ann", "2024-01-02"],
        ["1:2", "D 1", "No code", "", "", "ben", "2024-01-02"],
    ]
    path = tmp_path / "quotations.xlsx"
    pd.DataFrame(table, columns=header).to_excel(path, index=False)
    study = read(path)
    assert rows(study, "unit", "coder", "code", "text", "memo") == [
        ("D 1 [1:1]", "ann", "policy", "We wait", "hm"),
        ("D 1 [1:1]", "ann", "waiting", "We wait", "hm"),
    ]
    assert study.units.index.tolist() == ["D 1 [1:1]", "D 1 [1:2]"]
    assert any("The creator is the quotation's, not the coding's" in line for line in told(study))


def test_excerpts_of_dedoose(tmp_path: Path) -> None:
    header = (
        "Media Title,Excerpt Range,Excerpt Creator,Excerpt Date,Excerpt Copy,Resource Creator,Codes Applied Combined,"
        "Code: Focus Applied,Code: Focus Range,Code: Focus Weight,Code: Focus\\Policy Applied\n"
    )
    text = header + 'I1,12-56,Ann,2024-01-02,We wait,X,"Focus, Policy",True,,1,True\n'
    text += "I1,70-80,Ben,2024-01-02,No,X,,False,,,False\n"
    study = read(file(tmp_path, "excerpts.csv", text))
    assert rows(study, "unit", "coder", "code", "text") == [
        ("I1 [12-56]", "Ann", "Focus", "We wait"),
        ("I1 [12-56]", "Ann", "Focus->Policy", "We wait"),
    ]
    assert study.units.index.tolist() == ["I1 [12-56]", "I1 [70-80]"]


def test_a_map_of_ones_own(tmp_path: Path) -> None:
    path = file(
        tmp_path, "segments.csv", "Archivo,Código,Quién,Fragmento\nI1,focus/policy,ann,We wait\nI1,trust,ben,Fine\n"
    )
    given = {"document": "Archivo", "code": "Código", "coder": "Quién", "text": "Fragmento"}
    study = read(path, report=given)
    assert rows(study, "unit", "coder", "code", "text") == [
        ("I1 [row 2]", "ann", "focus/policy", "We wait"),
        ("I1 [row 3]", "ben", "trust", "Fine"),
    ]
    toml = (
        'name = "our tool"\nunit = ["document", "text"]\nhierarchy = "/"\nrequired = ["document", "code"]\n[columns]\n'
        'document = ["Archivo"]\ncode = "Código"\ncoder = "Quién"\ntext = "Fragmento"\n'
    )
    study = read(path, report=file(tmp_path, "our.toml", toml))
    assert rows(study, "unit", "code")[0] == ("I1 [We wait]", "focus->policy")
    assert study.provenance.choice("report") == "our tool"


def test_a_map_that_does_not_fit(tmp_path: Path) -> None:
    path = file(tmp_path, "segments.csv", MAXQDA["en"] + SEGMENTS)
    assert "is no report 'ATLAS.ti quotations': it has no column for 'code', 'text'" in str(
        refusal(path, report="atlasti")
    )
    assert "no report 'nvivo2'" in str(refusal(path, report="nvivo2"))
    assert "there is no such file" in str(refusal(path, report=tmp_path / "no.toml"))
    assert "bad.toml: is no TOML" in str(refusal(path, report=file(tmp_path, "bad.toml", "= 1")))
    assert "report must be a name, a path or a mapping, not int" in str(refusal(path, report=3))
    assert "no field 'colour'" in str(refusal(path, report={"columns": {}, "colour": 1}))
    assert "report: is no map of a report. It needs a table [columns]." in str(refusal(path, report={"columns": 3}))


def test_numbers_of_excerpts_count_within_one_project(tmp_path: Path) -> None:
    """Two coders who worked in projects of their own have the same numbers on different passages."""
    header = "id,document,tag,content\n"
    ann = file(tmp_path, "ann.csv", header + "1,i1,wait,We wait.\n2,i1,wait,They ring.\n")
    ben = file(tmp_path, "ben.csv", header + "1,i1,wait,They ring.\n2,i1,wait,They ring.\n")
    [fault] = refusal([ann, ben], pattern="{coder}").faults
    assert str(fault).startswith(
        "ben.csv: 1 of 2 units have the number of one in 'ann.csv', and other words: 'i1 [1]'. They are different"
    )
    by_words = attrs.evolve(report_map("taguette"), unit=("document", "text"))
    study = read([ann, ben], pattern="{coder}", report=by_words)
    assert study.units.index.tolist() == ["i1 [We wait.]", "i1 [They ring.]"]
    assert len(read([ann, file(tmp_path, "cem.csv", ann.read_text())], pattern="{coder}").units) == 2


def test_a_comparison_is_no_list_of_codings(tmp_path: Path) -> None:
    header = "Node,Source,Source Size,A and B (%),Not A and Not B (%),A and Not B (%),B and Not A (%)\n"
    error = refusal(file(tmp_path, "c.csv", header + "n,s,10 chars,50,50,0,0\n"))
    assert "Read it with es.io.nvivo_comparison(path)." in str(error)


def test_a_plain_table_is_no_report(tmp_path: Path) -> None:
    study = read(file(tmp_path, "t.csv", "unit,coder,code,document,text\nu1,ann,policy,d1,We wait\n"))
    assert study.provenance.choice("report") is None
    told_apart = file(tmp_path, "m.csv", MAXQDA["en"].replace("End", "Until") + SEGMENTS)
    named = read(told_apart, document="Document name", coder="Created by", text="Segment")
    assert named.provenance.choice("report") is None


@pytest.mark.parametrize("name", NAMES)
def test_maps_that_come_with_the_library_are_whole(name: str) -> None:
    made = report_map(name)
    assert set(made.required) <= set(made.columns)
    assert set(made.unit) <= set(made.columns)
    assert "tried on" in made.known
    with pytest.raises(DataError):
        report_map("none")
