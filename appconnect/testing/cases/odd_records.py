"""Cases: records with holes and oddities. One never hides the others, and what is left out is told."""

from __future__ import annotations

import pytest

from appconnect.models import Json, MessageLevel
from appconnect.testing import contact_records
from appconnect.testing.case import Case, S
from appconnect.testing.cast import INES, OMAR, SHARED
from appconnect.testing.contact_records import ContactRecord, Edit, set_fields, set_id, set_phone
from appconnect.testing.operations import covers
from appconnect.workbench import Workbench

ODD: Json = {"odd": ["yesterday"]}
"""What no field looks like."""
HOLES = {
    "null": set_fields(None),
    "empty": set_fields(""),
    "absent": contact_records.remove_fields,
    "of another type": set_fields(ODD),
}


class OddRecordCases(Case[S]):
    """Omar's record is odd, and Ines, who has the same number, is found whatever it is."""

    async def omars_record(self, workbench: Workbench, sandbox: S) -> ContactRecord:
        """Return the record of Omar, as far as a search shows it."""
        found = (await workbench.find_contact(SHARED)).raise_for_error().contacts
        record = ContactRecord(sandbox, next(each for each in found if each.name == OMAR.name))
        await workbench.find_contact(SHARED)
        contact_records.require_seen(record)
        return record

    @covers("findContact")
    @pytest.mark.parametrize("hole", HOLES)
    async def test_a_record_of_nothing_but_id_and_phone_does_not_hide_the_others(
        self, workbench: Workbench, sandbox: S, hole: str
    ) -> None:
        """Who cannot be shown like this is left out, and that is told."""
        record = await self.omars_record(workbench, sandbox)
        await self.check_ines_is_found(workbench, record, HOLES[hole])

    @covers("findContact")
    async def test_a_record_with_a_hole_does_not_hide_the_others(
        self, workbench: Workbench, sandbox: S
    ) -> None:
        """Each field in turn is null."""
        record = await self.omars_record(workbench, sandbox)
        for name in list(record.fields):
            await self.check_ines_is_found(workbench, record, set_fields(None, name))

    async def check_ines_is_found(self, workbench: Workbench, record: ContactRecord, edit: Edit) -> None:
        """Find her beside the odd record; it is found too, or said to be left out."""
        record.change(edit)
        result = await workbench.find_contact(SHARED)
        assert None is result.error
        assert INES.name in [each.name for each in result.contacts]
        if len(result.contacts) == 1:
            assert MessageLevel.WARNING is self.shown(result).message_type
            assert self.shown(result).lines

    @covers("findContact")
    async def test_a_record_without_its_id_is_left_out_and_told(
        self, workbench: Workbench, sandbox: S
    ) -> None:
        record = await self.omars_record(workbench, sandbox)
        record.change(set_id(None))
        result = await workbench.find_contact(SHARED)
        assert (None, [INES.name]) == (result.error, [each.name for each in result.contacts])
        assert MessageLevel.WARNING is self.shown(result).message_type
        assert self.shown(result).lines

    @covers("findContact")
    @pytest.mark.parametrize(
        "phone", ["+1 415-555-01771", "+1 415-555-0178", "+44 415 555 0177"],
        ids=["longer", "another digit", "another country"],
    )  # fmt: skip
    async def test_a_hit_that_does_not_carry_the_number_is_left_out_and_told(
        self, workbench: Workbench, sandbox: S, phone: str
    ) -> None:
        """Told by `appconnect.hits.carrier`, and a success for those who are found."""
        record = await self.omars_record(workbench, sandbox)
        record.change(set_phone(phone))
        result = await workbench.find_contact(SHARED)
        assert [INES.name] == [each.name for each in result.contacts]
        assert MessageLevel.SUCCESS is self.shown(result).message_type
        assert " left out: " in " ".join(self.shown(result).lines)
