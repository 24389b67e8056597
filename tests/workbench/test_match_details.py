"""Details of an explained match: who was expected and matches, and connectors that tell less than ours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest
from acme import NUMBER, Acme, AcmeSandbox, acme
from answers import NIA
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route
from workbench_steps import CRMS, sandbox_of, signed_in

from appconnect import connect, hits
from appconnect.errors import NotSupported
from appconnect.models import Contact
from appconnect.phone import PhoneNumber
from appconnect.testing.cast import CastMember
from appconnect.workbench import Workbench
from appconnect.workbench.matching import trying_spellings

every_crm = pytest.mark.parametrize("crm", CRMS)


def own(connector: type[Acme]) -> Workbench:
    return connect(replace(acme(), connector=connector), mode="sandbox")


class Bare(Acme):
    """Gives people without phones, by number and by name, and tells nothing."""

    people: ClassVar[Sequence[Contact]] = (Contact(id="7", name="Ida Probe", type="Lead"),)

    async def find_contact(self, number: object, **_: object) -> list[Contact]:
        return list(self.people)

    async def find_contact_with_name(self, name: str) -> list[Contact]:
        return list(self.people)


@every_crm
async def test_who_matches_may_be_expected_by_id_and_is_not_read_again(crm: str) -> None:
    async with await signed_in(crm) as workbench:
        [nia] = (await workbench.find_contact(NIA)).contacts
        for typed in (nia.id, f"#{nia.id}", f"{nia.type} {nia.id}"):
            explained = await workbench.explain_match(NIA, expected=typed)
            assert [(nia.id, "Nia Holt", True)] == [
                (each.id, each.name, each.is_match) for each in explained.expected
            ]
            assert ("", 0) == (explained.expected_problem, explained.expected_cost.requests)
            assert explained.expected[0].because.endswith(": It is the number.")


async def test_whom_a_connector_keeps_and_does_not_return_is_no_match() -> None:
    class Forgets(Bare):
        async def find_contact(self, number: PhoneNumber, **_: object) -> list[Contact]:
            hits.carrier("client 501", {"dial": NUMBER}, number, name="Nia Holt")
            return []

    async with own(Forgets) as workbench:
        await workbench.sign_in()
        [nia] = (await workbench.explain_match(NUMBER)).candidates
        told = "It is the number. But the connector did not return it."
        assert ("Nia Holt", False, told) == (nia.name, nia.is_match, nia.because)


async def test_whom_a_connector_returns_without_a_phone_is_told_so() -> None:
    async with own(Bare) as workbench:
        await workbench.sign_in()
        explained = await workbench.explain_match(NUMBER, expected="Ida Probe")
        [ida] = explained.candidates
        told = "The connector returned it and does not tell why. It came without a phone."
        assert ("lead 7", "7", "Lead", "Ida Probe", told, ()) == (
            ida.hit, ida.id, ida.type, ida.name, ida.because, ida.phones,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("contact", "hit", "phones"),
    [
        (Contact(id="8", name="Ed Other", phone="+1 303-555-0101"), "contact 8", ["+1 303-555-0101"]),
        (Contact(id="8", name="Ed Other", type="Lead"), "lead 8", []),
    ],
)
async def test_somebody_found_by_name_has_the_phone_that_came_along(
    contact: Contact, hit: str, phones: list[str]
) -> None:
    class Others(Bare):
        async def find_contact_with_name(self, name: str) -> list[Contact]:
            return [contact]

    async with own(Others) as workbench:
        await workbench.sign_in()
        explained = await workbench.explain_match(NUMBER, expected="Ed Other")
        [ed] = explained.expected
        assert (hit, "Ed Other", contact.type, False, phones) == (
            ed.hit, ed.name, ed.type, ed.is_match, [each.stored for each in ed.phones],
        )  # fmt: skip


async def test_a_connector_that_reads_nobody_by_id_says_so() -> None:
    async with own(Bare) as workbench:
        await workbench.sign_in()
        explained = await workbench.explain_match(NUMBER, expected="9")
        told = "9 could not be looked up: This connector reads no single contact by its id."
        assert ((), told) == (explained.expected, explained.expected_problem)
        assert explained.summary.endswith(told)


async def test_a_number_in_the_body_of_a_request_is_a_spelling_that_was_asked() -> None:
    class Posts(AcmeSandbox):
        def routes(self) -> list[BaseRoute]:
            return [*super().routes(), Route("/t/{tenant}/search", self.search, methods=["POST"])]

        async def search(self, request: Request) -> JSONResponse:
            return JSONResponse({"rows": []})

    class Asks(Bare):
        async def find_contact(self, number: PhoneNumber, **_: object) -> list[Contact]:
            await self.crm.post("/search", {"where": {"dial": number.national}, "limit": 5})
            return []

    platform = replace(acme(), connector=Asks, sandbox=lambda: Posts)
    async with connect(platform, mode="sandbox") as workbench:
        await workbench.sign_in()
        [form] = (await workbench.explain_match(NUMBER)).forms
        assert (("4158675309",), ["dial"], False) == (form.forms, form.fields, form.is_told)


@pytest.mark.parametrize("crm", ["pipedrive"])
async def test_digits_that_are_taken_for_an_extension_are_told_in_sentences(crm: str) -> None:
    async with await signed_in(crm) as workbench:
        assert (
            "Without “+” Pipedrive's connector takes it for an internal extension, and find_contact asks nothing. "
            "What follows is for +14155550142."
        ) == (await workbench.explain_match("4155550142")).number.remark


# -- spellings --


async def test_a_crm_without_a_sandbox_has_no_practice_people() -> None:
    context: Any = SimpleNamespace(definition=replace(acme(), sandbox=None), title="Acme")
    with pytest.raises(NotSupported) as caught:
        await trying_spellings._practice(context, [])
    told = "Acme has no sandbox to try spellings in; try those of a contact."
    assert told == caught.value.message


@every_crm
async def test_what_stands_for_a_phone_and_is_none_is_told_and_not_searched_for(crm: str) -> None:
    async with await signed_in(crm) as workbench:
        sandbox_of(workbench).add_person(CastMember("Walt", "Words", "12"))
        table = await workbench.try_spellings(contact="Walt Words")
        [row] = table.rows
        assert ({}, False) == (row.found_by, row.is_match)
        assert row.because.startswith(f'"{row.stored}" is ')


@every_crm
async def test_somebody_without_a_phone_has_no_spellings(crm: str) -> None:
    async with await signed_in(crm) as workbench:
        sandbox_of(workbench).add_person(CastMember("Paul", "Phoneless", ""))
        [paul] = (await workbench.find_contact_with_name("Paul Phoneless")).contacts
        table = await workbench.try_spellings(contact="Paul Phoneless")
        assert ((), True) == (table.rows, paul.id in table.whose)
        assert f"{table.whose} has no phone in the fields that are searched." == table.problem
