"""`merge`: what is one and what is two, told; what contradicts itself, refused with its place."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

import expertsys as es
from expertsys.errors import DataError
from expertsys.study import Code, Codebook, Study, Unmapped, matching_of, merge

TEXT = "They wait.\nI ring the clinic.\nNaïve 🙂 fine.\n"


def spans(coder: str, *rows: tuple[str, int, int], document: str = "d1", text: str | None = TEXT, **more: Any) -> Study:
    """A study of one coder over one document."""
    codings = pd.DataFrame(
        [(coder, code, document, start, end) for code, start, end in rows],
        columns=["coder", "code", "document", "start", "end"],
    )
    return Study(codings, documents=pd.DataFrame({"document": [document], "text": [text]}), **more)


def faults(*studies: Study, **options: Any) -> list[str]:
    with pytest.raises(DataError) as caught:
        merge(*studies, **options)
    return [str(fault) for fault in caught.value.faults]


def quoted(study: Study) -> list[tuple[str, str, str]]:
    texts = study.documents["text"]
    rows = study.codings[["coder", "document", "start", "end"]].itertuples(index=False, name=None)
    return [(coder, document, texts[document][start:end]) for coder, document, start, end in rows]


def test_the_same_text_is_one_document_whatever_its_name_and_line_ends() -> None:
    windows = "\ufeff" + TEXT.replace("\n", "\r\n")
    here, there = TEXT.index("I ring"), windows.index("I ring")
    end = windows.index("fine")
    a = spans("ann", ("policy", here, here + 17))
    b = spans("ben", ("policy", there, there + 17), ("policy", end, end + 4), document="interview.txt", text=windows)
    both = merge(a, b)
    assert both.documents.index.tolist() == ["d1"]
    assert both.documents["text"].tolist() == [TEXT]
    expected = [("ann", "d1", "I ring the clinic"), ("ben", "d1", "I ring the clinic"), ("ben", "d1", "fine")]
    assert quoted(both) == expected
    other = merge(b, a)
    assert [text for _, _, text in quoted(other)] == ["I ring the clinic", "fine", "I ring the clinic"]
    assert other.documents["text"].tolist() == [windows]
    assert "study 2, document 'interview.txt': was matched with 'd1' by content." in map(str, both.provenance.notes)
    assert both.assignments[["coder", "document"]].to_numpy().tolist() == [["ann", "d1"], ["ben", "d1"]]


def test_units_follow_their_documents() -> None:
    a = spans("ann", ("policy", 11, 28)).unitise(by="sentence")
    b = spans("ben", ("policy", 11, 28), document="interview").unitise(by="sentence")
    both = merge(a, b)
    assert both.units.index.tolist() == a.units.index.tolist()
    assert both.codings["unit"].tolist() == ["d1 [11:29]", "d1 [11:29]"]
    assert es.reliability(both).loc["policy", "estimate"] == 1


def test_documents_without_texts_are_matched_by_name() -> None:
    a = Study(pd.DataFrame({"unit": ["u1", "u2"], "coder": "ann", "code": "policy"}))
    b = Study(pd.DataFrame({"unit": ["u2", "u3"], "coder": "ben", "code": "policy"}))
    both = merge(a, b)
    assert both.units.index.tolist() == ["u1", "u2", "u3"]
    assert matching_of(a, b).to_frame().query("study == 2 and kind == 'document'")["how"].tolist() == ["name", "first"]
    assert repr(matching_of(a, b)).startswith(
        "Of the further studies: 1 document matched, 1 new; 1 code matched, 0 new"
    )


def test_a_name_with_another_text_is_refused_with_the_place_or_kept_apart() -> None:
    a, b = spans("ann", ("policy", 0, 4)), spans("ben", ("policy", 0, 4), text=TEXT.replace("ring", "phone"))
    assert faults(a, b) == [
        "study 2, document 'd1': has another text than in an earlier study, from character 13 on: "
        "'phone the clinic.\\nNa' where it had 'ring the clinic.\\nNaï'. If they are two documents: "
        "same_document='separate'. If one was changed after coding began, code it again."
    ]
    both = merge(a, b, same_document="separate")
    assert both.documents.index.tolist() == ["d1", "d1 (2)"]
    assert quoted(both) == [("ann", "d1", "They"), ("ben", "d1 (2)", "They")]


def test_a_map_of_documents() -> None:
    a, b = spans("ann", ("policy", 0, 4), text=None), spans("ben", ("policy", 0, 4), document="x", text=None)
    assert merge(a, b, documents={"x": "d1"}).documents.index.tolist() == ["d1"]
    with pytest.raises(DataError, match=r"documents: no document 'y'; there are: 'x'"):
        merge(a, b, documents={"y": "d1"})
    two = Study(pd.DataFrame({"unit": ["x", "y"], "coder": "ben", "code": "policy"}))
    [fault] = faults(a, two, documents={"x": "d1", "y": "d1"})
    assert fault.startswith("study 2, document 'y': would become 'd1', as another document of the same study does.")


BOOK = Codebook([Code("focus"), Code("policy", parent="focus", guid="{AB}"), Code("trust", guid="7")])


def test_codes_by_identifier_by_path_and_by_map() -> None:
    theirs = Codebook([Code("Politik", guid="ab"), Code("focus", definition="What is resisted"), Code("risk")])
    a = spans("ann", ("policy", 0, 4), ("trust", 5, 9), codebook=BOOK)
    b = spans("ben", ("Politik", 0, 4), ("risk", 5, 9), codebook=theirs)
    both = merge(a, b)
    assert both.codings["code"].tolist() == ["policy", "trust", "policy", "risk"]
    assert both.codebook.names == ("focus", "policy", "trust", "risk")
    assert both.codebook["policy"].parent == "focus"
    assert both.codebook["focus"].definition == "What is resisted"
    table = matching_of(a, b).to_frame()
    found = table[(table["study"] == 2) & (table["kind"] == "code")][["name", "merged", "how"]].to_numpy().tolist()
    assert found == [["Politik", "policy", "guid"], ["focus", "focus", "path"], ["risk", "risk", "first"]]
    told = [str(note) for note in both.provenance.notes]
    assert "merge, codes: no earlier study has 'risk'. Map them: codes={...}." in told
    mapped = merge(a, b, codes={"risk": "trust"})
    assert mapped.codes == ("focus", "policy", "trust")


def test_the_same_name_elsewhere_in_the_codebook_has_to_be_said() -> None:
    a = spans("ann", ("policy", 0, 4), codebook=Codebook([Code("focus"), Code("policy", parent="focus")]))
    b = spans("ben", ("policy", 0, 4), codebook=Codebook([Code("policy")]))
    [fault] = faults(a, b)
    assert fault.startswith("study 2, code 'policy': has the name of a code of study 1 and stands elsewhere")
    assert merge(a, b, codes_by=("guid", "path", "name")).codes == ("focus", "policy")
    assert merge(a, b, codes={"policy": "policy"}).codes == ("focus", "policy")
    apart = merge(a, b, codes={"policy": "the policy"})
    assert apart.codings[["coder", "code"]].to_numpy().tolist() == [["ann", "policy"], ["ben", "the policy"]]
    assert [(code.name, code.parent) for code in apart.codebook] == [
        ("focus", None), ("policy", "focus"), ("the policy", None),
    ]  # fmt: skip
    with pytest.raises(DataError, match="codes_by must be one of"):
        merge(a, b, codes_by=("guid", "colour"))  # type: ignore[arg-type]


def test_two_codes_that_would_become_one() -> None:
    a = spans("ann", ("policy", 0, 4))
    b = spans("ben", ("policy", 0, 4), ("trust", 0, 4))
    [fault] = faults(a, b, codes={"trust": "policy"})
    assert fault == (
        "study 2, code 'trust': would become 'policy', as another code of the same study does. "
        "Give one of them another name: codes={'trust': '...'}."
    )


def test_definitions_in_other_words_are_told() -> None:
    a = spans("ann", ("policy", 0, 4), codebook=Codebook([Code("policy", definition="The aim")]))
    b = spans("ben", ("policy", 0, 4), codebook=Codebook([Code("policy", definition="The plan")]))
    both = merge(a, b)
    assert both.codebook["policy"].definition == "The aim"
    assert any("is defined in other words than in an earlier study" in str(note) for note in both.provenance.notes)


def test_one_name_for_two_coders() -> None:
    a, b = spans("admin", ("policy", 0, 4)), spans("admin", ("policy", 5, 9))
    assert faults(a, b) == [
        "study 2, coder 'admin': coded differently in an earlier study: 'd1'. If it is one person: same_coder='same'. "
        "If they are two: same_coder='separate'."
    ]
    assert merge(a, b, same_coder="same").coders.index.tolist() == ["admin"]
    apart = merge(a, b, same_coder="separate")
    assert apart.coders.index.tolist() == ["admin", "admin (2)"]
    assert apart.assignments["coder"].tolist() == ["admin", "admin (2)"]
    with pytest.raises(DataError, match="same_coder must be one of"):
        merge(a, b, same_coder="both")  # type: ignore[arg-type]


def test_a_copy_of_a_project_changes_nothing() -> None:
    study = spans("ann", ("policy", 0, 4), ("trust", 5, 9), codebook=BOOK, title="Ours")
    both = merge(study, study)
    assert both.codings.equals(study.codings)
    assert both.codebook == study.codebook
    assert both.title == "Ours"
    assert any("counted 2 codings once that several studies have alike" in str(note) for note in both.provenance.notes)


def test_attributes_and_summaries_that_differ() -> None:
    def one(coder: str, size: int, words: str) -> Study:
        codings = pd.DataFrame({"unit": [f"u-{coder}"], "coder": [coder], "code": ["policy"], "case": ["North"]})
        cases = pd.DataFrame({"case": ["North"], "size": [size], f"by {coder}": [True]})
        return Study(
            codings, cases=cases, summaries=pd.DataFrame({"case": ["North"], "code": ["policy"], "text": [words]})
        )

    both = merge(one("ann", 3, "Mild."), one("ben", 4, "Harsh."), title="Both")
    assert both.cases.loc["North", "size"] == 3
    assert both.cases.loc["North", ["by ann", "by ben"]].tolist() == [True, True]
    assert both.summaries["text"].tolist() == ["Mild."]
    told = [str(note) for note in both.provenance.notes]
    assert (
        "cases, column 'size': studies differ on 'North'; the first is kept. Correct it in one of them, if it matters."
        in told
    )
    assert any("different summaries of 'North' under 'policy'" in note for note in told)
    assert both.title == "Both"


def test_who_saw_what_is_assumed_if_it_is_for_one() -> None:
    a = spans("ann", ("policy", 0, 4)).with_assignments("all")
    b = spans("ben", ("policy", 0, 4))
    assert not merge(a, b.with_assignments("all")).assumed_seen
    assert merge(a, b).assumed_seen


def test_kept_parts_of_the_originals_are_left_out_and_told() -> None:
    a = spans("ann", ("policy", 0, 4), unmapped=Unmapped.of("REFI-QDA project", {"notes": b"x"}))
    both = merge(a, spans("ben", ("policy", 0, 4)))
    assert both.unmapped is None
    assert any("left out study.unmapped" in str(note) for note in both.provenance.notes)


def test_what_merge_takes() -> None:
    with pytest.raises(DataError, match="merge takes at least two studies, not 1"):
        merge(spans("ann", ("policy", 0, 4)))
    with pytest.raises(DataError, match="merge takes a Study, not str"):
        es.merge("a", "b")  # type: ignore[arg-type]


def test_what_one_study_has_twice_stays_twice() -> None:
    """Two areas of one picture, which have no position, are two codings; a copy of them adds nothing."""
    areas = Study(
        pd.DataFrame(
            {"document": ["ward"] * 3, "coder": ["ann", "ann", "cem"], "code": "x", "start": None, "end": None}
        )
    )
    more = Study(pd.DataFrame({"document": ["ward"], "coder": ["ben"], "code": "x", "start": None, "end": None}))
    assert len(merge(areas, more).codings) == 4
    assert len(merge(areas, more, areas).codings) == 4
    assert len(merge(more, areas.select(coders=["cem"]), areas, same_coder="same").codings) == 4


def test_units_of_one_name_with_other_words_are_told() -> None:
    """Programs number excerpts within a project, so that the first of two projects are two passages."""

    def excerpts(coder: str, *texts: str) -> Study:
        units = [f"i1 [{number}]" for number, _ in enumerate(texts, start=1)]
        return Study(pd.DataFrame({"document": "i1", "unit": units, "coder": coder, "code": "x", "text": texts}))

    both = merge(excerpts("ann", "We wait.", "Fine."), excerpts("ben", "We  wait.", "No one came."))
    told = [note for note in both.provenance.notes if note.severity == "warning"]
    assert [(note.place, note.what) for note in told] == [
        ("merge, units", "studies have other words of the same unit: 'i1 [2]'.")
    ]
    assert not [n for n in merge(excerpts("ann", "a"), excerpts("ben", "a")).provenance.notes if n.severity != "note"]


def test_three_studies_in_any_order_have_the_same_codings() -> None:
    made = [spans(name, ("policy", 0, 4), ("trust", 5, at)) for at, name in enumerate(("ann", "ben", "cal"), start=6)]
    keys = ["coder", "code", "start", "end"]
    tables = [
        merge(*order).codings[keys].sort_values(keys).to_numpy().tolist()
        for order in (made, made[::-1], made[1:] + made[:1])
    ]
    assert tables[0] == tables[1] == tables[2]
    assert len(tables[0]) == 6


def test_a_map_of_codes_worked_by_hand() -> None:
    """Ben's codebook is in German: two of his codes are ann's, one has the name of hers and means something else."""
    spots = {"document": "d1", "start": [0, 5, 11], "end": [4, 9, 28]}
    ours = Codebook([Code("affect", definition="A"), Code("fear", parent="affect"), Code("trust")])
    theirs = Codebook([Code("Gefühl"), *(Code(name, parent="Gefühl") for name in ("Angst", "hope", "trust"))])
    documents = pd.DataFrame({"document": ["d1"], "text": [TEXT], "case": ["Elm"]})
    a = Study(
        pd.DataFrame({"coder": "ann", "code": ["fear", "affect", "trust"], **spots}), codebook=ours, documents=documents
    ).with_summaries({("Elm", "fear"): "Much."})
    b = Study(
        pd.DataFrame({"coder": "ben", "code": ["Angst", "hope", "trust"], **spots}),
        codebook=theirs,
        documents=documents,
    ).with_summaries({("Elm", "hope"): "None.", ("Elm", "trust"): "Some."})
    both = merge(a, b, codes={"Angst": "fear", "Gefühl": "affect", "trust": "faith"})
    assert both.codings[["coder", "code", "start", "end"]].to_numpy().tolist() == [
        ["ann", "fear", 0, 4], ["ann", "affect", 5, 9], ["ann", "trust", 11, 28],
        ["ben", "fear", 0, 4], ["ben", "hope", 5, 9], ["ben", "faith", 11, 28],
    ]  # fmt: skip
    assert [(code.name, code.parent) for code in both.codebook] == [
        ("affect", None), ("fear", "affect"), ("trust", None), ("hope", "affect"), ("faith", "affect"),
    ]  # fmt: skip
    assert both.codebook["affect"].definition == "A"
    assert both.summaries.to_numpy().tolist() == [
        ["Elm", "fear", "Much."], ["Elm", "hope", "None."], ["Elm", "faith", "Some."],
    ]  # fmt: skip
    # the one document is the unit: both say fear, only ben says faith
    table = es.reliability(both.unitise(by="document"), codes=["fear", "faith"], coefficient="percent_agreement")
    assert table.loc[["fear", "faith"], "estimate"].tolist() == [1.0, 0.0]


def test_the_map_is_about_further_studies() -> None:
    a, b = spans("ann", ("policy", 0, 4)), spans("ben", ("risk", 0, 4), document="d2", text="Another text.")
    for option, names in (("codes", {"policy": "risk"}), ("documents", {"d1": "d2"})):
        with pytest.raises(DataError, match=rf"^{option}: no {option.removesuffix('s')} '\w+'; there are: '(risk|d2)'"):
            merge(a, b, **{option: names})  # type: ignore[arg-type]
    assert merge(a, b, documents={"d2": "interview"}).documents.index.tolist() == ["d1", "interview"]


def answers(coder: str, texts: dict[str, str], marks: list[tuple[str, int, int]]) -> Study:
    """A survey in which a coder marked stretches."""
    codings = pd.DataFrame(marks, columns=["document", "start", "end"]).assign(coder=coder, code="no")
    return Study(codings, documents=pd.DataFrame({"document": list(texts), "text": list(texts.values())}))


def test_renamed_documents_with_equal_texts_are_asked_about() -> None:
    """Of three answers, two are "No."; the second coder's tool named the answers anew, in another order."""
    ann = answers("ann", {"r1": "No.", "r2": "Yes, often.", "r3": "No."}, [("r1", 0, 2)])
    ben = answers("ben", {"b1": "Yes, often.", "b2": "No.", "b3": "No."}, [("b3", 0, 2)])
    with pytest.raises(DataError) as caught:
        merge(ann, ben)
    assert [fault.place for fault in caught.value.faults] == ["study 2, document 'b2'", "study 2, document 'b3'"]
    assert "has a text that several documents have ('No.')" in str(caught.value.faults[0])
    together = merge(ann, ben, documents={"b2": "r3", "b3": "r1"})
    assert set(together.codings["document"]) == {"r1"}
    same = answers("ben", {"r1": "No.", "r2": "Yes, often.", "r3": "No."}, [("r1", 0, 2)])
    assert set(merge(ann, same).codings["document"]) == {"r1"}  # the names say which


@pytest.mark.parametrize(
    ("first", "second"), [("We wait.", "We wait.\n"), ("We wait.\n", "We wait."), ("a. \n\n", "a.\r\n")]
)
def test_white_space_at_the_end_of_a_text_blocks_no_merge(first: str, second: str) -> None:
    size = len(first.rstrip())
    ann = answers("ann", {"d": first}, [("d", 0, size)])
    ben = answers("ben", {"d": second}, [("d", 0, size), ("d", 0, len(second))])
    together = merge(ann, ben)
    assert together.documents["text"].tolist() == [first]
    assert together.codings[["start", "end"]].drop_duplicates().to_numpy().tolist() == [[0, size]]
    assert any("differ in the white space at their end only" in str(note) for note in together.provenance.notes)


def test_a_coder_who_coded_before_the_project_was_copied_is_named() -> None:
    texts = {"d": "We wait for the clinic."}
    pieces = []
    for coder, at in (("ann", 8), ("ben", 12)):
        rows = [("master", 0, 2), (coder, at, at + 3)]
        codings = pd.DataFrame(rows, columns=["coder", "start", "end"]).assign(document="d", code="x")
        pieces.append(Study(codings, documents=pd.DataFrame({"document": list(texts), "text": list(texts.values())})))
    together = merge(*pieces)
    [line] = [str(note) for note in together.provenance.notes if "before it was copied" in str(note)]
    assert "merge, coder 'master'" in line
