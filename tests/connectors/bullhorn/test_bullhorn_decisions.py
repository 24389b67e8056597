"""What Bullhorn's connector tells whoever explains a match: what was asked, who came back, and why not."""

import pytest

from appconnect import hits
from appconnect.phone import parse

NIA, SHARED = parse("+14155550142"), parse("+14155550177")
PHONES = ("phone", "phone2", "phone3", "mobile")


def told(decisions):
    return {each.hit: (each.name, each.is_kept, each.because) for each in decisions.candidates.values()}


async def test_a_search_by_number_tells_its_questions_and_its_hits(bullhorn):
    with hits.collect_decisions() as decisions:
        await bullhorn.find_contact(NIA)
    forms = ("4155550142", "14155550142")
    assert {
        ("ClientContact", forms, PHONES, ()),
        ("Candidate", forms, (*PHONES, "workPhone"), ("person 105", "person 108")),
        ("Lead", forms, PHONES, ()),
    } == {(each.kind, each.forms, each.fields, tuple(sorted(each.found))) for each in decisions.questions}
    assert ("Nia Holt", True, "It is the number.") == told(decisions)["person 105"]
    assert ("Lena Fuzz", False) == told(decisions)["person 108"][:2]
    [mobile] = decisions.candidates["person 105"].phones
    assert "mobile" == mobile.field


async def test_a_search_by_name_tells_names_and_phones(bullhorn):
    with hits.collect_decisions() as decisions:
        await bullhorn.find_contact_with_name("Nia Holt")
    assert {(each.kind, each.forms, each.fields) for each in decisions.questions} == {
        (kind, ("Nia Holt",), ("name", "firstName", "lastName"))
        for kind in ("ClientContact", "Candidate", "Lead")
    }
    [nia] = decisions.candidates.values()
    assert ("person 105", "Nia Holt", [("mobile", "+1 415-555-0142")]) == (nia.hit, nia.name, nia.noted)


async def test_everybody_is_no_question(bullhorn):
    with hits.collect_decisions() as decisions:
        assert [each async for each in bullhorn.directory().contacts()]
    assert [] == decisions.questions


async def test_a_hit_that_the_database_no_longer_has_is_told(workbench, bullhorn):
    rows = {"total": 1, "data": [{"id": 7, "mobile": "+14155550142", "_error": "gone"}]}
    workbench.sandbox.faults.add(path="*/search/Candidate", status=200, json=rows)
    with hits.collect_decisions() as decisions:
        await bullhorn.find_contact(NIA)
    gone = "It is in Bullhorn's search index, but no longer in its database."
    assert {"person 7": ("", False, gone)} == told(decisions)


@pytest.mark.parametrize(
    ("number", "kind", "name", "because"),
    [
        ("112", "Candidate", "Nina Deleted", "It is deleted in Bullhorn."),
        ("113", "Lead", "Cora Converted", "Its status is Converted."),
        ("114", "Contact", "Arno Archived", "Its status is Archive."),
    ],
)
async def test_who_is_no_longer_called_is_told_with_the_reason(bullhorn, number, kind, name, because):
    with hits.collect_decisions() as decisions:
        entry = await bullhorn.directory().contact(number, kind)
    assert {f"person {number}": (name, False, because)} == told(decisions)
    assert (number, name, kind) == (entry.id, entry.name, entry.type)


async def test_an_entry_of_the_directory_has_its_phones_and_its_company(bullhorn):
    entry = await bullhorn.directory().contact("106", "Contact")
    assert ("106", "Omar Vance", "Contact", "Vance Partners", "801") == (
        entry.id, entry.name, entry.type, entry.organization, entry.organization_id,
    )  # fmt: skip
    assert [True] == [each.endswith("0177") for each in entry.phones]
    with hits.collect_decisions() as decisions:
        await bullhorn.directory().contact("105")
    assert {} == told(decisions)
