"""Which stored spellings a CRM's search finds, tried in a sandbox of its own, or on a contact as it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from acme import acme
from workbench_steps import CRMS, sandbox_of, sent, signed_in

from appconnect import connect
from appconnect.errors import InputError, NotSupported
from appconnect.phone import carries, parse, template_of
from appconnect.phone.spellings import spellings, templates
from appconnect.testing.cast import ALONE, CastMember

every_crm = pytest.mark.parametrize("crm", CRMS)


@every_crm
async def test_practice_people_are_written_in_a_sandbox_of_its_own(crm: str) -> None:
    async with await signed_in(crm) as workbench:
        before = sent(workbench)
        table = await workbench.try_spellings("+1 800 356 9377")
        assert before == sent(workbench)
        assert 10 == len(table.rows)
        assert "1-800-DJMWDPP" in [row.stored for row in table.rows]
        for row in table.rows:
            own = [row.found_by[form] for form in table.asked_by_match]
            assert row.is_match == any(own), row
        assert [False, True] == sorted({row.is_match for row in table.rows})
        assert len(table.to_dataframe()) == 10
        assert "800.356.9377" in table._repr_html_()


async def test_searches_for_practice_people_are_not_what_the_person_did(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("APPCONNECT_HISTORY", "1")
    monkeypatch.setenv("APPCONNECT_HOME", str(tmp_path))
    async with await signed_in(CRMS[0]) as workbench:
        await workbench.try_spellings("+1 800 356 9377")
        kept = workbench.history.search(limit=1000)
        assert "try_spellings" in {each.operation for each in kept}
        assert {"sign_in", "try_spellings"} >= {each.operation for each in kept}
        assert [] == [each.what for each in kept if "8003569377" in each.what and each.exchange]


async def test_a_search_letter_by_letter_finds_what_is_spelt_like_that() -> None:
    async with await signed_in("insightly") as workbench:
        table = await workbench.try_spellings("+14155550112")
        assert ["+1 415-555-0112", "+14155550112", "4155550112"] == [
            row.stored for row in table.rows if row.is_match
        ]
        dotted = next(row for row in table.rows if row.stored == "415.555.0112")
        assert ["415.555.0112"] == [form for form, is_found in dotted.found_by.items() if is_found]


@every_crm
async def test_the_phones_of_a_contact_are_tried_as_they_stand(crm: str) -> None:
    async with await signed_in(crm) as workbench:
        table = await workbench.try_spellings(contact="Ulla")
        (row,) = table.rows
        assert carries(row.stored, parse(ALONE.number))
        assert row.is_match == any(row.found_by.values())
        assert not {"POST", "PUT", "PATCH", "DELETE"} & {
            each.method for each in sandbox_of(workbench).requests[-3:]
        }


@every_crm
async def test_who_is_not_one_person_is_told(crm: str) -> None:
    async with await signed_in(crm) as workbench:
        assert "Nobody in" in (await workbench.try_spellings(contact="Nobody Atall")).summary
        for phone in ("+1 303-555-0101", "+1 303-555-0102"):
            sandbox_of(workbench).add_person(CastMember("Twin", "Same", phone))
        several = await workbench.try_spellings(contact="Twin Same")
        assert several.summary.startswith("Several people")


async def test_what_is_no_number_and_who_has_no_sandbox_raise() -> None:
    async with await signed_in(CRMS[0]) as workbench:
        with pytest.raises(InputError):
            await workbench.try_spellings("anonymous")
    async with connect(acme(), mode="sandbox") as workbench:
        with pytest.raises(NotSupported, match="cannot be filled with people"):
            await workbench.try_spellings("+14155550112")


@pytest.mark.parametrize("number", ["+14155550112", "+442079460123", "+4512345678", "+6591234567"])
def test_every_spelling_is_the_number(number: str) -> None:
    texts = spellings(parse(number))
    assert len(texts) == len(set(texts))
    assert [] == [text for text in texts if not carries(text, parse(number))]


@pytest.mark.parametrize(
    ("stored", "template"),
    [
        ("(212) 555-0166", "(***) ***-****"),
        ("+1 (212) 555-0166", "+1 (***) ***-****"),
        ("212.555.0166", "***.***.****"),
        ("Mobile: 212 555 0166", ""),
        ("212-555-0166 ext. 3", ""),
        ("555-0166", ""),
    ],
)
def test_the_number_format_that_asks_for_a_stored_text(stored: str, template: str) -> None:
    assert template == template_of(stored, parse("+12125550166"))


@pytest.mark.parametrize(
    ("number", "texts", "formats"),
    [
        ("+14155550112", ["+1 415-555-0112", "+14155550112", "+1 (415) 555-0112", "(415) 555-0112", "415.555.0112", "4155550112",
                          "14155550112", "00 1 415 555 0112", "+14155550112 ext. 3", "Mobile: (415) 555-0112"],
         "***-***-****,***.***.****,(***) ***-****,*** *** ****,+1 ***-***-****"),
        ("+442079460123", ["+44 20 7946 0123", "+442079460123", "+44 (20) 7946-0123", "020 7946 0123", "020.7946.0123", "2079460123",
                           "442079460123", "00 44 20 7946 0123", "+442079460123 ext. 3", "Mobile: 020 7946 0123"],
         "**-****-****,**.****.****,(**) ****-****,** **** ****,+44 **-****-****"),
        ("+4512345678", ["+45 12345678", "+4512345678", "+45 (12345678)", "12345678", "4512345678", "00 45 12345678",
                         "+4512345678 ext. 3", "Mobile: 12345678"], ""),
        ("+18003569377", ["+1 800-356-9377", "+18003569377", "+1 (800) 356-9377", "(800) 356-9377", "800.356.9377", "8003569377",
                          "18003569377", "00 1 800 356 9377", "+18003569377 ext. 3", "1-800-DJMWDPP"],
         "***-***-****,***.***.****,(***) ***-****,*** *** ****,+1 ***-***-****"),
    ],
)  # fmt: skip
def test_the_spellings_and_formats_that_are_tried(number: str, texts: list[str], formats: str) -> None:
    assert (texts, formats) == (spellings(parse(number)), templates(parse(number)))
