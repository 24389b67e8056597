"""The list of all contacts and leads, and one of them, where some are closed, converted or gone."""

import pytest

from appconnect import operation_warnings
from appconnect.errors import Forbidden, InputError, NotFound

NO_LEADS = "Insightly does not let this user read its leads."


async def listed(world):
    return [(each.type, each.id, *each.phones) async for each in world.insightly.directory().contacts()]


async def test_contacts_come_first_and_a_converted_lead_is_its_contact_once_more(world):
    entries = await listed(world)
    assert [*range(3101, 3109), 4101, 4104] == sorted({int(each[1]) for each in entries})
    omar = [each for each in entries if each[1] == "3102"]
    assert [("Contact", "3102", "+14155550177", "4155550177"), ("Contact", "3102", "+14155550177")] == omar
    assert ["4101", "4104"] == [each[1] for each in entries[-2:]]


async def test_a_converted_lead_of_which_nobody_knows_the_contact_is_left_out(world):
    world.crm.database.records["Lead"][4104]["CONVERTED"] = True
    assert ["4101"] == [each[1] for each in await listed(world) if each[0] == "Lead"]


async def test_leads_that_are_closed_are_told_and_left_out(world):
    world.crm.faults.add("GET", "*/Leads", status=403, json={"Message": "no"}, times=None)
    with operation_warnings.collect() as told:
        assert {"Contact"} == {each[0] for each in await listed(world)}
    assert [NO_LEADS] == told
    assert 8 == await world.insightly.directory().count()


async def test_contacts_that_are_closed_are_an_error(world):
    world.crm.faults.add("GET", "*/Contacts", status=403, json={"Message": "no"}, times=None)
    with pytest.raises(Forbidden):
        await listed(world)


async def test_the_count_is_that_of_contacts_and_leads(world):
    assert 12 == await world.insightly.directory().count()


@pytest.mark.parametrize(
    ("number", "kind", "found"),
    [
        ("3101", "", ("Contact", "Nia Holt", "77")),
        ("3101", "contact", ("Contact", "Nia Holt", "77")),
        ("4101", "", ("Lead", "Sinéad O'Neil", "")),
        ("4101", "LEAD", ("Lead", "Sinéad O'Neil", "")),
        ("3101", "owner", ("Contact", "Nia Holt", "77")),
    ],
)
async def test_one_is_read_as_its_type_says_or_as_the_contact_or_lead_that_there_is(
    world, number, kind, found
):
    entry = await world.insightly.directory().contact(number, kind)
    assert found == (entry.type, entry.name, entry.organization_id)
    assert number == entry.id


@pytest.mark.parametrize(
    ("number", "kind"), [("9999", ""), ("4101", "Contact"), ("3101", "Lead"), ("4101", "owner")]
)
async def test_one_that_is_not_there_is_not_found(world, number, kind):
    with pytest.raises(NotFound):
        await world.insightly.directory().contact(number, kind)


async def test_a_contact_is_looked_for_before_a_lead_and_a_known_type_alone(world):
    await world.insightly.directory().contact("4101")
    await world.insightly.directory().contact("4101", "Lead")
    assert ["/Contacts/4101", "/Leads/4101", "/Leads/4101"] == [path for _, path in world.sent]


async def test_an_id_that_is_none_is_told_before_anything_is_sent(world):
    with pytest.raises(InputError, match="'x' is not an Insightly contact id"):
        await world.insightly.directory().contact("x")
    assert [] == world.sent


async def test_what_is_closed_is_no_reason_to_look_for_a_lead(world):
    world.crm.faults.add("GET", "*/Contacts/3101", status=403, json={"Message": "no"})
    with pytest.raises(Forbidden):
        await world.insightly.directory().contact("3101")
