"""Cases: phone numbers, typed and stored, in the spellings of people; look-alikes are no hits."""

from __future__ import annotations

import pytest

from appconnect.testing import contact_records
from appconnect.testing.case import Case, S
from appconnect.testing.cast import NIA, ZOE
from appconnect.testing.contact_records import ContactRecord, set_phone
from appconnect.testing.operations import covers
from appconnect.workbench import Workbench

TYPED = {
    "+1 415 555 0142 ext. 5": NIA,
    "+1 (415) 555-0142 x12": NIA,
    "+14155550142*227": NIA,
    "+1 415 555 0142,,5#": NIA,
    "tel:+1-415-555-0142": NIA,
    "tel:+1-415-555-0142;ext=5": NIA,
    "sip:+14155550142@example.com": NIA,
    "001 415 555 0142": NIA,
    "0044 20 7946 0123": ZOE,
    "+44 (0)20 7946 0123": ZOE,
    "+1 (415) 555-0142 (mobile)": NIA,
    "\u202a+1\u00a0415\u00a0555\u20110142\u202c": NIA,
    "＋１ ４１５ ５５５ ０１４２": NIA,
}
STORED = (
    "4155550142",
    "(415) 555-0142",
    "1-415-555-0142",
    "001 415 555 0142",
    "+1 415.555.0142 ext. 5",
    "415-555-0142 (x12)",
    "+14155550142*227",
    "+14155550142,,5#",
    "tel:+1-415-555-0142;ext=5",
    "+1 212 555 0100 / +1 415 555 0142",
    "415-555-0142; 020 7946 0958",
    "W: +1 415 555 0142 (office)",
)
LOOK_ALIKES = (
    "+1 415 555 0143",
    "+1 415 556 0142",
    "+1 425 555 0142",
    "+1 415 555 01422",
    "+44 415 555 0142",
    "+1 415 555 014 ext. 2",
    "+1 212 555 0100 ext. 4155550142",
    "415-555-0143 / +1 212 555 0142",
)
HABITS = (
    ("+5491123456789", "+54 11 2345 6789"),
    ("+541123456789", "+54 9 11 2345 6789"),
    ("+5215512345678", "+52 55 1234 5678"),
    ("+525512345678", "+52 1 55 1234 5678"),
    ("+551181234567", "+55 11 98123 4567"),
)
"""A number as it is stored, and as it is sought."""


class NumberCases(Case[S]):
    """Whose number it is does not depend on how it is written."""

    @covers("findContact")
    @pytest.mark.parametrize("typed", TYPED)
    async def test_a_number_is_found_however_it_is_typed(self, workbench: Workbench, typed: str) -> None:
        found = (await workbench.find_contact(typed)).raise_for_error().contacts
        assert [TYPED[typed].name] == [each.name for each in found]

    @covers("findContact")
    @pytest.mark.parametrize("stored", STORED)
    async def test_a_number_is_a_hit_however_it_is_stored(
        self, workbench: Workbench, sandbox: S, stored: str
    ) -> None:
        """With its extension, among others in one field, as dialled at home or from abroad."""
        nia = await self.nia_with(workbench, sandbox, stored)
        found = (await workbench.find_contact(NIA.number)).raise_for_error().contacts
        assert [nia] == [each.name for each in found]

    @covers("findContact")
    @pytest.mark.parametrize("stored", LOOK_ALIKES)
    async def test_a_number_that_looks_alike_is_no_hit(
        self, workbench: Workbench, sandbox: S, stored: str
    ) -> None:
        await self.nia_with(workbench, sandbox, stored)
        result = await workbench.find_contact(NIA.number)
        assert (None, []) == (result.error, result.contacts)

    async def nia_with(self, workbench: Workbench, sandbox: S, phone: str) -> str:
        """Let every answer have this in the place of Nia's phone; return her name."""
        record = ContactRecord(sandbox, nia := await self.nia(workbench))
        record.change(set_phone(phone))
        await workbench.find_contact(NIA.number)
        contact_records.require_seen(record)
        return nia.name

    @covers("findContact")
    @pytest.mark.parametrize(("stored", "sought"), HABITS)
    async def test_a_number_is_found_in_the_habits_of_its_country(
        self, workbench: Workbench, sandbox: S, stored: str, sought: str
    ) -> None:
        """The CRM's own search has to find it: a connector asks for `PhoneNumber.nationals`."""
        self.add_contact(sandbox, "Ana Paz", stored)
        found = (await workbench.find_contact(sought)).raise_for_error().contacts
        assert ["Ana Paz"] == [each.name for each in found]

    @covers("findContact")
    @pytest.mark.parametrize("typed", ["Restricted", "4155550142 / +12125550100", "ext. 5"])
    async def test_what_is_not_one_number_is_refused_before_anything_is_sent(
        self, workbench: Workbench, sandbox: S, typed: str
    ) -> None:
        before = self.sent(sandbox)
        result = await workbench.find_contact(typed)
        assert (False, before) == (result.successful, self.sent(sandbox))
        assert result.message
