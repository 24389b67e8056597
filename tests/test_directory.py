"""A contact as a page of a list tells it, and what a list need not do."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from appconnect.directory import ContactEntry, Directory
from appconnect.errors import NotSupported
from appconnect.models import Contact


def test_an_entry_is_a_contact_under_one_of_its_phones() -> None:
    entry = ContactEntry("501", "Nia Holt", ("1", "2"), "Lead", "Acme", "7")
    expected = Contact(
        id="501", name="Nia Holt", phone="2", type="Lead", organization="Acme", organization_id="7"
    )
    assert expected == entry.as_contact("2")


def test_what_a_page_does_not_tell_is_not_known() -> None:
    entry = ContactEntry("501", "Nia Holt", ("1",))
    assert ("", "", None) == (entry.type, entry.organization, entry.organization_id)
    contact = entry.as_contact("1")
    assert ("", "", None) == (contact.type, contact.organization, contact.organization_id)


class Pages(Directory):
    """A list of nobody."""

    page_size = 100

    async def count(self) -> int:
        return 0

    async def contacts(self) -> AsyncIterator[ContactEntry]:
        return
        yield


async def test_a_single_contact_need_not_be_read_and_pages_cost_nothing_unless_stated() -> None:
    with pytest.raises(NotSupported) as caught:
        await Pages().contact("501")
    assert "This connector reads no single contact by its id." == caught.value.message
    assert 0 == Pages.units_per_page
