"""Who is calling: contacts by number and by name, and new ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cached_property

from pydantic import JsonValue

from appconnect import phone, user_messages
from appconnect.errors import AppConnectError, CrmError, InputError, InternalExtension
from appconnect.models import (
    Contact,
    ContactCreated,
    ContactMatches,
    JsonObject,
    NewContact,
    ReturnMessage,
    UserList,
)
from appconnect.phone import PhoneNumber
from appconnect.workbench import validation
from appconnect.workbench.base import WorkbenchBase
from appconnect.workbench.idempotency import may_be_written

MAX_NAME = 255


class Contacts(WorkbenchBase):
    """Contact matching, and the CRM's users."""

    @cached_property
    def _uncertain(self) -> set[tuple[str, str, str]]:
        """Contacts that may have been created although no answer came."""
        return set()

    async def find_contact(
        self, phone_number: str, *, is_extension: bool = False, overriding_format: str = ""
    ) -> ContactMatches:
        """Contacts that carry the number, and below them the entry for a new one.

        An extension and an unusable number give a clear message, and nothing is sent.
        """

        async def work() -> ContactMatches:
            number = self._number(phone_number, is_extension)
            templates = validation.text(overriding_format or "", "overriding format")
            await self._signed_in()
            found = await self.connector.find_contact(number, overriding_format=templates)
            return ContactMatches(
                matched_contact_info=[*found, await self._new_contact_entry()],
                return_message=self._found(found),
            )

        return await self._run(ContactMatches, work)

    async def find_contact_with_name(self, name: str) -> ContactMatches:
        """Contacts whose name matches."""

        async def work() -> ContactMatches:
            wanted = _name(name)
            await self._signed_in()
            found = await self.connector.find_contact_with_name(wanted)
            return ContactMatches(matched_contact_info=found, return_message=self._found(found))

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
            kind = self._contact_type(validation.text(new_contact_type or "", "contact type"))
            submission = validation.fields(additional_submission, "additional submission")
            await self._signed_in()
            created = await self._create_once(number, wanted, kind, submission)
            return ContactCreated(contact_info=created, return_message=user_messages.contact_created())

        return await self._run(ContactCreated, work)

    async def list_users(self) -> UserList:
        """The CRM's active users, for an admin to map extensions to."""

        async def work() -> UserList:
            await self._signed_in()
            users = await self.connector.get_user_list()
            return UserList(users=users, return_message=user_messages.users_listed(len(users)))

        return await self._run(UserList, work)

    async def _create_once(
        self, number: PhoneNumber, name: str, kind: str, submission: JsonObject
    ) -> NewContact:
        """Create the contact; after a lost answer, look for it before creating it again."""
        attempt = (number.e164, name, kind)
        if attempt in self._uncertain and (found := await self._named(number, name)):
            return found
        try:
            created = await self.connector.create_contact(number, name, kind, submission)
        except CrmError as error:
            if not may_be_written(error):
                raise
            self._uncertain.add(attempt)
            with suppress(AppConnectError):
                if found := await self._named(number, name):
                    return found
            raise
        self._uncertain.discard(attempt)
        return created

    async def _named(self, number: PhoneNumber, name: str) -> NewContact | None:
        for contact in await self.connector.find_contact(number):
            if " ".join(contact.name.split()).casefold() == name.casefold():
                return NewContact(id=contact.id, name=contact.name, type=contact.type)
        return None

    def _found(self, contacts: Sequence[Contact]) -> ReturnMessage:
        return user_messages.contacts_found(
            contacts,
            most=self.connector.max_matches,
            max_log_form_options=self.connector.max_log_form_options,
        )

    # -- what is typed --

    def _number(self, text: str, is_extension: bool) -> PhoneNumber:
        """The number, before anything is sent."""
        validation.text(text, "phone number")
        if self.connector.extensions_lack_plus and phone.lacks_country_code(text):
            raise InternalExtension(user_messages.INTERNAL_EXTENSION)
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
    name = " ".join(validation.text(text, "name").split())
    if not name:
        raise InputError("The name is empty; type at least one letter.")
    if len(name) > MAX_NAME:
        raise InputError(f"The name is {len(name)} characters long; CRMs take at most {MAX_NAME}.")
    return name
