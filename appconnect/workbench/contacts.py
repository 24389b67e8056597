"""Who is calling: contacts by number and by name, and new ones."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pydantic import JsonValue

from appconnect import notices, phone
from appconnect.errors import InputError, InternalExtension
from appconnect.models import Contact, ContactCreated, ContactMatches, UserList
from appconnect.phone import PhoneNumber
from appconnect.workbench.bench import Bench

LONGEST_NAME = 255


class Contacts(Bench):
    """Contact matching, and the CRM's users."""

    async def find_contact(
        self, phone_number: str, *, is_extension: bool = False, overriding_format: str = ""
    ) -> ContactMatches:
        """Contacts that carry the number, and below them the entry for a new one.

        An extension and an unusable number give a clear message, and nothing is sent.
        """

        async def work() -> ContactMatches:
            number = self._number(phone_number, is_extension)
            await self._signed_in()
            found = await self.connector.find_contact(number, overriding_format=overriding_format)
            return ContactMatches(
                matched_contact_info=[*found, await self._new_contact_entry()],
                return_message=notices.contacts_found(found),
            )

        return await self._run(ContactMatches, work)

    async def find_contact_with_name(self, name: str) -> ContactMatches:
        """Contacts whose name matches."""

        async def work() -> ContactMatches:
            wanted = _name(name)
            await self._signed_in()
            found = await self.connector.find_contact_with_name(wanted)
            return ContactMatches(matched_contact_info=found, return_message=notices.contacts_found(found))

        return await self._run(ContactMatches, work)

    async def create_contact(
        self,
        phone_number: str,
        new_contact_name: str,
        new_contact_type: str = "",
        additional_submission: Mapping[str, JsonValue] | None = None,
    ) -> ContactCreated:
        """Make a contact with this name and number, of one of the CRM's contact types."""

        async def work() -> ContactCreated:
            wanted, number = _name(new_contact_name), self._number(phone_number, is_extension=False)
            kind = self._contact_type(new_contact_type)
            await self._signed_in()
            created = await self.connector.create_contact(number, wanted, kind, additional_submission)
            return ContactCreated(contact_info=created, return_message=notices.contact_created())

        return await self._run(ContactCreated, work)

    async def list_users(self) -> UserList:
        """The CRM's active users, for an admin to map extensions to."""

        async def work() -> UserList:
            await self._signed_in()
            return UserList(users=await self.connector.get_user_list())

        return await self._run(UserList, work)

    # -- what is typed --

    def _number(self, text: str, is_extension: bool) -> PhoneNumber:
        """The number, before anything is sent."""
        without_plus = (
            phone.digits(text) and not text.startswith((" ", "+")) and not re.search("[a-z@]", text, re.I)
        )
        if self.connector.extensions_lack_plus and without_plus:
            raise InternalExtension(notices.INTERNAL_EXTENSION)
        return phone.parse(text, is_extension=is_extension, region=self.environment.settings.default_region)

    def _contact_type(self, wanted: str) -> str:
        known = self.connector.contact_types
        if not wanted:
            return known[0] if known else ""
        for each in known:
            if each.casefold() == wanted.strip().casefold():
                return each
        raise InputError(f"{self.title} has no contact type {wanted!r}; choose one of: {', '.join(known)}.")

    async def _new_contact_entry(self) -> Contact:
        return Contact(
            id="createNewContact",
            name="Create new contact...",
            is_new_contact=True,
            additional_info=await self.connector.new_contact_choices(),
            default_contact_type=self.connector.default_contact_type,
        )


def _name(text: str) -> str:
    name = " ".join(text.split())
    if not name:
        raise InputError("The name is empty; type at least one letter.")
    if len(name) > LONGEST_NAME:
        raise InputError(f"The name is {len(name)} characters long; CRMs take at most {LONGEST_NAME}.")
    return name
