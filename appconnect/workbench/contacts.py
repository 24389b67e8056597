"""Who is calling: contacts by number and by name, and new ones."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress

from pydantic import JsonValue

from appconnect import hits, operation_warnings, phone, user_messages
from appconnect.errors import InputError, InternalExtension, NotSearched
from appconnect.models import (
    Contact,
    ContactCreated,
    ContactMatches,
    ReturnMessage,
    UserList,
)
from appconnect.phone import PhoneNumber
from appconnect.text.quotation import quotation
from appconnect.workbench import validation
from appconnect.workbench.contact_creation import ContactCreation, NewContactRequest
from appconnect.workbench.context import Context
from appconnect.workbench.idempotency import IdempotentWrites
from appconnect.workbench.operation import operation

MAX_NAME = 255


class Contacts:
    """The operations on contacts, and the CRM's users."""

    def __init__(self, context: Context, writes: IdempotentWrites) -> None:
        self.context = context
        self._creation = ContactCreation(context, writes)

    @operation(ContactMatches)
    async def find(
        self, phone_number: str, *, is_extension: bool, overriding_format: str | Sequence[str]
    ) -> ContactMatches:
        """Find contacts that carry the number, and below them the entry for a new one."""
        number = self._number(phone_number, is_extension)
        templates = _templates(overriding_format or "")
        await self.context.signed_in_user()
        with hits.collect() as left_out:
            (found, gap), new = await self.context.crm.both(
                self._search(number, templates), self._new_contact_entry()
            )
        return ContactMatches(
            matched_contact_info=[*found, new],
            not_searched=gap,
            return_message=self._message(found, hits.sentence(left_out)),
        )

    @operation(ContactMatches)
    async def find_by_name(self, name: str) -> ContactMatches:
        """Find contacts whose name matches."""
        wanted = _name(name)
        await self.context.signed_in_user()
        found = await self.context.connector.find_contact_with_name(wanted)
        return ContactMatches(matched_contact_info=found, return_message=self._message(found))

    @operation(ContactCreated)
    async def create(
        self,
        phone_number: str,
        name: str,
        contact_type: str,
        additional_submission: Mapping[str, JsonValue] | None,
        *,
        even_if_known: bool = False,
    ) -> ContactCreated:
        """Create a contact with this name and number, of one of the CRM's contact types.

        Whoever carries the number already is offered instead, unless it is wanted ``even_if_known``.
        """
        wanted, number = _name(name), self._number(phone_number, is_extension=False)
        kind = self._contact_type(validation.text(contact_type or "", "contact type"))
        submission = validation.fields(additional_submission, "additional submission")
        self.context.connector.require("create_contact")
        user = await self.context.signed_in_user()
        new = NewContactRequest(number, wanted, kind, submission, even_if_known)
        return await self._creation.create(user, new)

    @operation(UserList)
    async def list_users(self) -> UserList:
        """List the CRM's active users."""
        await self.context.signed_in_user()
        users = await self.context.connector.get_user_list()
        return UserList(users=users, return_message=user_messages.users_listed(len(users)))

    # -- the steps --

    async def _search(self, number: PhoneNumber, templates: str) -> tuple[list[Contact], NotSearched | None]:
        """Return who carries the number, and why somebody may be missing."""
        with operation_warnings.collect(hand_on=True) as warnings:
            found = await self.context.connector.find_contact(number, overriding_format=templates)
        return found, warnings.gap

    def _message(self, contacts: Sequence[Contact], left_out: str = "") -> ReturnMessage:
        return user_messages.contacts_found(
            contacts,
            left_out=left_out,
            max_matches=self.context.connector.max_matches,
            max_log_form_options=self.context.connector.max_log_form_options,
        )

    # -- what is typed --

    def _number(self, text: str, is_extension: bool) -> PhoneNumber:
        """Return the number; InputError before anything is sent."""
        validation.text(text, "phone number")
        if self.context.connector.extensions_lack_plus and phone.lacks_country_code(text):
            raise InternalExtension(user_messages.INTERNAL_EXTENSION)
        return phone.parse(
            text, is_extension=is_extension, region=self.context.environment.settings.default_region
        )

    def _contact_type(self, wanted: str) -> str:
        known = self.context.connector.contact_types
        if not wanted:
            return known[0] if known else ""
        for each in known:
            if each.casefold() == wanted.strip().casefold():
                return each
        if not known:
            raise InputError(f"{self.context.title}'s connector names no contact types; leave the type out.")
        shown = quotation(wanted, validation.MAX_SHOWN)
        raise InputError(
            f"{self.context.title} has no contact type {shown!r}; choose one of: {', '.join(known)}."
        )

    async def _new_contact_entry(self) -> Contact:
        return Contact(
            id="createNewContact",
            name="Create new contact...",
            is_new_contact=True,
            additional_info=await self.context.connector.new_contact_choices(),
            default_contact_type=self.context.connector.default_contact_type,
        )


def _templates(given: object) -> str:
    """Return templates of numbers as a comma list; they may be given as one, as a list, or as JSON of it."""
    if isinstance(given, str) and given.lstrip().startswith("["):
        with suppress(ValueError):
            given = json.loads(given)
    if isinstance(given, list | tuple):
        return ",".join(validation.text(each, "overriding format") for each in given if each is not None)
    return validation.text(given, "overriding format")


def _name(text: str) -> str:
    name = " ".join(validation.text(text, "name").split())
    if not name:
        raise InputError("The name is empty; type at least one letter.")
    if len(name) > MAX_NAME:
        raise InputError(f"The name is {len(name)} characters long; CRMs take at most {MAX_NAME}.")
    return name
