"""Cases: finding contacts, and creating them."""

from __future__ import annotations

import pytest

from appconnect.connector import NoCache
from appconnect.errors import InputError, InternalExtension, UnusableNumber
from appconnect.models import JsonObject
from appconnect.testing import workbench_internals
from appconnect.testing.case import Case, S
from appconnect.testing.cast import INES, NIA, NOBODY, OMAR, SHARED, SINEAD, ZOE
from appconnect.testing.operations import covers
from appconnect.workbench import Workbench

NEW_NUMBER = "+14155550123"


class ContactCases(Case[S]):
    """Matching and creating."""

    @covers("findContact")
    async def test_a_contact_is_found_by_number(self, workbench: Workbench) -> None:
        """The CRM's own search is fuzzy: Lena's longer number contains Nia's, and is not hers."""
        matches = await workbench.find_contact(NIA.number)
        assert [NIA.name] == [contact.name for contact in matches.contacts]
        assert "4155550142" in "".join(filter(str.isdigit, matches.contacts[0].phone))
        assert "createNewContact" == matches.matched_contact_info[-1].id

    @covers("findContact")
    async def test_nobody_found_is_a_success_with_a_warning(self, workbench: Workbench) -> None:
        matches = await workbench.find_contact(NOBODY)
        assert (True, [], "Contact not found") == (matches.successful, matches.contacts, matches.message)

    @covers("findContact")
    async def test_everybody_with_the_number_is_found_once(self, workbench: Workbench) -> None:
        names = [contact.name for contact in (await workbench.find_contact(SHARED)).contacts]
        assert [INES.name, OMAR.name] == sorted(names)

    @covers("findContact")
    async def test_all_pages_are_read(self, workbench: Workbench, sandbox: S) -> None:
        number, many = self.crowd(sandbox)
        found = await workbench.find_contact(number)
        assert many == len({contact.id for contact in found.contacts}) == len(found.contacts)

    @covers("findContact")
    async def test_an_extension_is_not_searched(self, workbench: Workbench, sandbox: S) -> None:
        before = self.sent(sandbox)
        matches = await workbench.find_contact("204", is_extension=True)
        assert (False, []) == (matches.successful, matches.matched_contact_info)
        assert isinstance(matches.error, InternalExtension)
        assert before == self.sent(sandbox)

    @covers("findContact")
    @pytest.mark.parametrize(
        "text", ["anonymous", "sip:rae@example.com", "+1", "", "+1 CALL ME", "+" + "1" * 99]
    )
    async def test_an_unusable_number_is_not_searched(
        self, workbench: Workbench, sandbox: S, text: str
    ) -> None:
        before = self.sent(sandbox)
        matches = await workbench.find_contact(text)
        assert (False, True) == (matches.successful, bool(matches.message))
        assert isinstance(matches.error, UnusableNumber)
        assert before == self.sent(sandbox)

    @covers("findContact")
    async def test_a_forbidden_detail_does_not_fail_the_match_and_is_told(
        self, workbench: Workbench, sandbox: S
    ) -> None:
        usual = (await workbench.find_contact(NIA.number)).return_message
        assert usual is not None
        if self.detail_path:
            workbench_internals.connector_of(workbench).cache = NoCache()
            sandbox.faults.add(path=self.detail_path, status=403, json={}, times=None)
        found = await workbench.find_contact(NIA.number)
        assert [NIA.name] == [contact.name for contact in found.contacts]
        assert found.return_message is not None
        assert bool(self.detail_path) == (len(found.return_message.lines) > len(usual.lines))

    @covers("findContact")
    async def test_too_many_requests_are_waited_out(self, workbench: Workbench, sandbox: S) -> None:
        sandbox.faults.add(status=429, json={}, times=1)
        assert (await workbench.find_contact(NIA.number)).contacts

    @covers("findContact")
    async def test_without_an_answer_there_is_a_sentence(self, workbench: Workbench, sandbox: S) -> None:
        sandbox.faults.add(drop=True, times=None)
        matches = await workbench.find_contact(NIA.number)
        assert (False, f"{workbench.title} cannot be reached") == (matches.successful, matches.message)

    @covers("findContact")
    async def test_the_log_form_offers_what_can_be_chosen_under_its_own_name(
        self, workbench: Workbench
    ) -> None:
        """A deal is offered among the deals: each of the contract's ``associations`` in its own field."""
        offered = (await self.nia(workbench)).choices
        choices = {field: [choice.const for choice in offered.get(field, [])] for field in self.associations}
        lost = {field: value for field, value in self.associations.items() if value not in choices[field]}
        assert {} == lost

    # -- by name --

    @covers("findContactWithName")
    @pytest.mark.parametrize("name", ["Nia Holt", "Nia", "Holt", "nia holt"])
    async def test_a_contact_is_found_by_name(self, workbench: Workbench, name: str) -> None:
        found = (await workbench.find_contact_with_name(name)).contacts
        assert NIA.name in [contact.name for contact in found]

    @covers("findContactWithName")
    @pytest.mark.parametrize(("typed", "name"), [("O'Neil", SINEAD.name), ("Zoë 🌟 & Sons", ZOE.name)])
    async def test_awkward_names_are_found(self, workbench: Workbench, typed: str, name: str) -> None:
        found = (await workbench.find_contact_with_name(typed)).contacts
        assert [name] == [contact.name for contact in found]

    @covers("findContactWithName")
    @pytest.mark.parametrize(
        "name", ["*", "a' OR 1=1 --", 'x" OR name:*', "(((", "&field_value=", "%", "zzz"]
    )
    async def test_no_name_is_a_query_language(self, workbench: Workbench, name: str) -> None:
        result = await workbench.find_contact_with_name(name)
        assert (None, []) == (result.error, result.contacts)

    @covers("findContactWithName")
    async def test_an_empty_name_is_not_searched(self, workbench: Workbench, sandbox: S) -> None:
        before = self.sent(sandbox)
        assert isinstance((await workbench.find_contact_with_name("  ")).error, InputError)
        assert before == self.sent(sandbox)

    # -- a new contact --

    @covers("createContact", "findContact")
    @pytest.mark.parametrize("name", ["Anna Maria van Dyke", "Cher", "Zoë 🌟 O'Neil"])
    async def test_a_new_contact_is_found_by_its_number(self, workbench: Workbench, name: str) -> None:
        created = await workbench.create_contact("+1 415 555 0123", name, self.contact_type)
        assert None is created.error
        workbench_internals.advance(workbench, 60)  # a search index may lag
        found = (await workbench.find_contact(NEW_NUMBER)).contacts
        assert created.contact_info is not None
        assert [created.contact_info.id] == [contact.id for contact in found]
        assert name.split() == [word for word in found[0].name.split() if word in name.split()]

    @covers("createContact", "findContact")
    async def test_what_the_form_offers_first_can_be_created(self, workbench: Workbench) -> None:
        """The first of the connector's ``contact_types``, with the first entry of each list for it."""
        kind = next(iter(workbench.contact_types), "")
        offered = (await workbench.find_contact(NOBODY)).matched_contact_info[-1]
        lists = offered.choices_of_type(kind) | offered.choices
        submission: JsonObject = {
            field: choices[0].const
            for field, choices in lists.items()
            if choices and field not in workbench.log_form_fields
        }
        created = await workbench.create_contact(NEW_NUMBER, "Ann Lee", kind, submission)
        assert None is created.error

    @covers("createContact")
    @pytest.mark.parametrize(
        ("number", "name", "kind"),
        [(NOBODY, " ", ""), ("123", "Ann Lee", ""), (NOBODY, "Ann Lee", "martian")],
    )
    async def test_bad_input_creates_nothing(
        self, workbench: Workbench, sandbox: S, number: str, name: str, kind: str
    ) -> None:
        before = self.sent(sandbox)
        assert isinstance((await workbench.create_contact(number, name, kind)).error, InputError)
        assert before == self.sent(sandbox)
