"""Why a number matched or not, on every CRM: what was asked, what came back, kept or dropped because."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from acme import DIGITS, NUMBER, Acme, acme
from answers import NIA, NOBODY, SHARED
from workbench_steps import CRMS, sandbox_of, secrets_of, sent, signed_in

from appconnect import connect, hits
from appconnect.models import Contact
from appconnect.phone import PhoneNumber
from appconnect.sandbox.base import CrmSandbox
from appconnect.testing.cast import LOOKALIKE, CastMember
from appconnect.workbench import MatchExplanation, Workbench
from appconnect.workbench.matching.explanation import Candidate

every_crm = pytest.mark.parametrize("crm", CRMS)


async def expected(workbench: Workbench, number: str, whom: str) -> Candidate:
    """Who was expected, as told of the one match."""
    explained = await workbench.explain_match(number, expected=whom)
    assert "" == explained.expected_problem
    assert 1 == len(explained.expected), explained.expected
    assert explained.expected[0].sentence in explained.summary
    return explained.expected[0]


def add(workbench: Workbench, name: str, phone: str) -> None:
    first, _, last = name.partition(" ")
    sandbox_of(workbench).add_person(CastMember(first, last, phone))


# -- a match --


@every_crm
async def test_a_match_tells_what_was_asked_who_came_back_and_what_it_cost(crm: str) -> None:
    async with await signed_in(crm) as workbench:
        before = sent(workbench)
        explained = await workbench.explain_match(NIA)
        (nia,) = explained.matches
        assert ("Nia Holt", True, "It is the number.") == (nia.name, nia.is_match, nia.because)
        assert explained.number.e164 == NIA
        assert any(nia.hit in form.found for form in explained.forms)
        assert set(nia.found_by) <= {text for form in explained.forms for text in form.forms}
        assert explained.cost.requests == sent(workbench) - before
        told = [each for form in explained.forms for each in form.requests] + [*explained.other_requests]
        assert len(told) == explained.cost.requests
        assert {200} == {each.status for each in told}


@every_crm
async def test_explaining_sends_exactly_what_a_search_sends(crm: str) -> None:
    async with await signed_in(crm) as one, await signed_in(crm) as other:
        await one.find_contact(NIA)
        await other.explain_match(NIA)
        assert [each.path for each in one.trace] == [each.path for each in other.trace]
        assert ["sign_in", "explain_match"] == [each.name for each in other.trace.operations]


@every_crm
async def test_several_who_share_a_number_all_match_and_who_was_expected_is_one_of_them(crm: str) -> None:
    async with await signed_in(crm) as workbench:
        explained = await workbench.explain_match(SHARED, expected="Ines")
        assert {"Omar Vance", "Ines Roth"} == {each.name for each in explained.matches}
        (ines,) = explained.expected
        assert ines.is_match
        assert ines.sentence.startswith("Ines Roth (")


@every_crm
async def test_an_explanation_is_json_and_comes_back_from_it(crm: str) -> None:
    async with await signed_in(crm) as workbench:
        explained = await workbench.explain_match(NIA, expected="Lena")
        text = explained.model_dump_json()
        assert explained == MatchExplanation.model_validate_json(text)
        shown = "\n".join([text, str(explained), repr(explained), explained._repr_html_()])
        assert [] == [each for each in secrets_of(workbench) if each in shown]


# -- no match --


@every_crm
async def test_lena_is_no_match_for_nias_number_and_the_reason_names_her_phone(crm: str) -> None:
    async with await signed_in(crm) as workbench:
        lena = await expected(workbench, NIA, "Lena")
        assert not lena.is_match
        assert LOOKALIKE.phone in [each.stored for each in lena.phones]
        reasons = ("The number is only a part of a longer one.", "the code of another country than +1.")
        assert lena.because.endswith(reasons)


@every_crm
async def test_one_wrong_digit(crm: str) -> None:
    async with await signed_in(crm) as workbench:
        nia = await expected(workbench, "+14155550143", "Nia Holt")
        assert nia.because.endswith("It differs from the number in one digit.")


@every_crm
async def test_the_same_digits_in_another_country(crm: str) -> None:
    async with await signed_in(crm) as workbench:
        add(workbench, "Olga Abroad", "+44 3035550177")
        olga = await expected(workbench, "+13035550177", "Olga Abroad")
        assert "+44 3035550177" in olga.because
        assert olga.because.endswith("It has the same digits, but the code of another country than +1.")


@every_crm
async def test_letters_for_digits_would_match_where_the_search_does_not_find_them(crm: str) -> None:
    async with await signed_in(crm) as workbench:
        add(workbench, "Flora Letters", "1-800-FLOWERS")
        flora = await expected(workbench, "+18003569377", "Flora Letters")
        assert "FLOWERS" in flora.because
        assert "no spelling that was asked for finds it" in flora.because


@every_crm
async def test_an_extension_is_told_whether_the_search_finds_it_or_not(crm: str) -> None:
    async with await signed_in(crm) as workbench:
        add(workbench, "Xavi Line", "+13035550166 ext. 3")
        xavi = await expected(workbench, "+13035550166", "Xavi Line")
        assert ["3"] == [each.extension for each in xavi.phones]
        assert xavi.is_match or "no spelling that was asked for finds it" in xavi.because


def in_pipedrive(sandbox: CrmSandbox) -> None:
    sandbox.toggles["unknown_custom_fields"] = True
    fields = {"custom_fields": {"hotline": "+1 303-555-0155"}}
    sandbox.database.add_person("Faye Elsewhere", fields)  # type: ignore[attr-defined]


def in_bullhorn(sandbox: CrmSandbox) -> None:
    faye, fields = CastMember("Faye", "Elsewhere"), {"fax": "+1 303-555-0155"}
    sandbox.database.add_person("Candidate", faye, fields, 1)  # type: ignore[attr-defined]


def in_insightly(sandbox: CrmSandbox) -> None:
    from appconnect.connectors.insightly.sandbox.seed import contact

    contact(sandbox.database, CastMember("Faye", "Elsewhere"), PHONE_FAX="+1 303-555-0155")  # type: ignore[attr-defined]


def in_redtail(sandbox: CrmSandbox) -> None:
    database = sandbox.database  # type: ignore[attr-defined]
    number = database.add_contact(CastMember("Faye", "Elsewhere"))
    database.contacts.change(number, {"job_title": "+1 303-555-0155"})


@pytest.mark.parametrize(
    ("crm", "put", "field"),
    [
        ("pipedrive", in_pipedrive, "hotline"),
        ("bullhorn", in_bullhorn, "fax"),
        ("insightly", in_insightly, "PHONE_FAX"),
        ("redtail", in_redtail, "job_title"),
    ],
)
async def test_a_number_that_stands_only_where_no_search_looks(
    crm: str, put: Callable[[CrmSandbox], None], field: str
) -> None:
    async with await signed_in(crm) as workbench:
        put(sandbox_of(workbench))
        faye = await expected(workbench, "+13035550155", "Faye Elsewhere")
        assert f"The number stands in {field}, a field that is not searched." == faye.because
        assert [False] == [each.is_searched for each in faye.phones]


@every_crm
async def test_nobody_of_that_number_and_nobody_of_that_name(crm: str) -> None:
    async with await signed_in(crm) as workbench:
        explained = await workbench.explain_match(NOBODY, expected="Nobody Atall")
        assert () == explained.candidates + explained.expected
        assert "matches nobody" in explained.summary
        assert "under the name “Nobody Atall”" in explained.expected_problem


@every_crm
async def test_somebody_without_a_phone(crm: str) -> None:
    async with await signed_in(crm) as workbench:
        add(workbench, "Paul Phoneless", "")
        paul = await expected(workbench, NIA, "Paul Phoneless")
        assert "There is no phone number in the fields that are searched." == paul.because


@every_crm
async def test_an_id_is_taken_as_well_as_a_name(crm: str) -> None:
    async with await signed_in(crm) as workbench:
        (lena,) = (await workbench.find_contact_with_name(LOOKALIKE.name)).contacts
        by_id = await expected(workbench, NOBODY, lena.id)
        assert LOOKALIKE.name == by_id.name
        unknown = await workbench.explain_match(NIA, expected="99999999")
        assert () == unknown.expected
        assert "has no 99999999, or it is deleted" in unknown.expected_problem


@pytest.mark.parametrize(
    ("crm", "contact_id", "because"),
    [("bullhorn", "112", "It is deleted in Bullhorn."), ("bullhorn", "114", "Its status is Archive.")],
)
async def test_whom_no_search_gives_is_told_by_id(crm: str, contact_id: str, because: str) -> None:
    async with await signed_in(crm) as workbench:
        assert because == (await expected(workbench, NIA, contact_id)).because


@pytest.mark.parametrize("crm", ["redtail"])
async def test_a_hit_that_is_deleted_is_told(crm: str) -> None:
    def delete(answer: Any) -> Any:
        for contact in answer["contacts"]:
            contact["deleted"] = True
        return answer

    async with await signed_in(crm) as workbench:
        sandbox_of(workbench).faults.add("GET", "*/search_basic", change=delete)
        explained = await workbench.explain_match(NIA)
        assert {"It is deleted in Redtail."} == {each.because for each in explained.dropped}


@pytest.mark.parametrize("crm", ["insightly"])
async def test_who_stands_in_the_place_of_a_converted_lead_is_told(crm: str) -> None:
    async with await signed_in(crm) as workbench:
        explained = await workbench.explain_match(SHARED)
        (lead,) = explained.dropped
        assert "It was converted; contact 3102 stands in its place." == lead.because


@pytest.mark.parametrize("crm", ["insightly"])
async def test_a_search_that_needed_no_request_is_told_with_the_reason(crm: str) -> None:
    async with await signed_in(crm) as workbench:
        first, second = await workbench.explain_match(NIA), await workbench.explain_match(NIA)
        usual = "+1 415-555-0142"
        asked = [("contacts", NIA), ("contacts", "4155550142"), ("contacts", usual)]
        for explained, sent_for, unasked in (
            (first, 0, ["PHONE", "PHONE_MOBILE"]),
            (second, 1, ["PHONE_MOBILE"]),
        ):
            forms = {(form.kind, *form.forms): form for form in explained.forms}
            assert [*asked, *(("leads", text) for _, text in asked)] == sorted(
                forms, key=lambda each: (each[0], [text for _, text in asked].index(each[1]))
            )
            form = forms["contacts", usual]
            assert (["contact 3101"], sent_for) == (form.found, len(form.requests))
            assert {"the spellings of all contacts are known": unasked} == form.unasked
        assert "none for one field: the spellings of all contacts are known" in second._repr_html_()


# -- what is no number, and what fails --


@every_crm
@pytest.mark.parametrize("typed", ["anonymous", "", "12", "Nia Holt", "+1 415 555 0142, +1 415 555 0177"])
async def test_what_is_no_number_sends_nothing_and_says_why(crm: str, typed: str) -> None:
    async with await signed_in(crm) as workbench:
        before = sent(workbench)
        explained = await workbench.explain_match(typed, expected="Nia")
        assert before == sent(workbench)
        assert explained.number.problem == explained.summary == explained.error != ""


@every_crm
async def test_the_country_that_was_assumed_names_its_setting(crm: str) -> None:
    async with await signed_in(crm) as workbench:
        explained = await workbench.explain_match("(415) 555-0142 ext 204")
        number = explained.number
        assert ("US", "APPCONNECT_DEFAULT_REGION", "204") == (
            number.region,
            number.region_from,
            number.extension,
        )
        assert ["Nia Holt"] == [each.name for each in explained.matches]
        assert "" == (await workbench.explain_match(NIA)).number.region_from


async def test_digits_that_a_connector_takes_for_an_extension_are_told() -> None:
    async with await signed_in("pipedrive") as workbench:
        explained = await workbench.explain_match("4155550142")
        assert "takes it for an internal extension" in explained.number.remark
        assert ["Nia Holt"] == [each.name for each in explained.matches]


@every_crm
async def test_a_search_that_fails_tells_what_was_asked_until_then(crm: str) -> None:
    async with await signed_in(crm) as workbench:
        sandbox_of(workbench).faults.add("GET", status=500, times=None)
        explained = await workbench.explain_match(NIA)
        assert explained.error
        assert "was not searched to the end" in explained.summary
        assert [] != [each for form in explained.forms for each in form.errors]


async def test_nobody_is_signed_in() -> None:
    async with connect("pipedrive", mode="sandbox") as workbench:
        explained = await workbench.explain_match(NIA, expected="Lena")
        assert "not signed in" in explained.error
        assert "not signed in" in explained.expected_problem


@every_crm
async def test_foreign_text_is_escaped(crm: str) -> None:
    async with await signed_in(crm) as workbench:
        add(workbench, "<script>alert(1)</script> Bold", "+1 303-555-0144 <b>")
        explained = await workbench.explain_match("+13035550144", expected="Bold <i>")
        assert "<script>" not in explained._repr_html_()
        assert "<i>" not in explained._repr_html_()


# -- any connector --


class Told(Acme):
    """Acme, whose connector lets the shared room see what it does."""

    async def find_contact(self, number: PhoneNumber, **_: object) -> list[Contact]:  # type: ignore[override]
        async def rows() -> object:
            for row in (await self.crm.get("/people", dial=DIGITS))["rows"]:  # type: ignore[index, call-overload]
                yield row

        people = [row async for row in hits.asked(rows(), DIGITS, _label, fields="dial", kind="people")]  # type: ignore
        judged = [(row, hits.carrier(_label(row), {"dial": row["dial"]}, number)) for row in people]
        return [Contact(id=str(row["id"]), name=row["client"], phone=phone) for row, phone in judged if phone]


def _label(row: dict[str, object]) -> str:
    return f"client {row['id']}"


async def test_a_stranger_who_uses_the_shared_room_is_explained() -> None:
    from dataclasses import replace

    async with connect(replace(acme(), connector=Told), mode="sandbox") as workbench:
        await workbench.sign_in()
        matched = await workbench.explain_match(NUMBER)
        assert [("client 501", "dial")] == [(each.hit, each.phones[0].field) for each in matched.matches]
        (form,) = matched.forms
        assert ((DIGITS,), "people", ["client 501"], True) == (
            form.forms,
            form.kind,
            form.found,
            form.is_told,
        )
        missed = await workbench.explain_match("+14158675308")
        assert ["It differs from the number in one digit."] == [each.because for each in missed.dropped]


async def test_a_stranger_who_tells_nothing_is_read_off_the_requests() -> None:
    async with connect(acme(), mode="sandbox") as workbench:
        await workbench.sign_in()
        explained = await workbench.explain_match(NUMBER)
        (form,) = explained.forms
        assert ((DIGITS,), ["dial"], False) == (form.forms, form.fields, form.is_told)
        (nia,) = explained.matches
        assert "does not tell why. Its phone" in nia.because
        wrong = await workbench.explain_match("+14158675308")
        assert wrong.matches[0].because.endswith("It differs from the number in one digit.")


async def test_nothing_is_kept_unless_somebody_explains() -> None:
    async def rows() -> object:
        yield 1

    given = rows()
    assert given is hits.asked(given, "4155550142", str)  # type: ignore[arg-type]
    with hits.collect_decisions() as decisions:
        hits.leave_out("person 1", "It is deleted.")
    assert ["person 1"] == list(decisions.candidates)
    assert not hits.request_sent(1)
