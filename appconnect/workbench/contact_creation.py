"""A new contact is created once: nobody is doubled who carries the number, and no lost answer is repeated."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from appconnect import phone, user_messages
from appconnect.errors import AlreadyKnown, AppConnectError, CrmError, NotSearched, may_be_written
from appconnect.models import Contact, ContactCreated, JsonObject, NewContact, User
from appconnect.operation_warnings import why_not_searched
from appconnect.phone import PhoneNumber
from appconnect.store import Claim, ContactKind, LogReference, Reservation
from appconnect.workbench.arriving import noting_departures, seconds_to_arrive
from appconnect.workbench.context import Context
from appconnect.workbench.idempotency import IdempotentWrites

SEARCH_LAG_SECONDS: Final = 40.0
"""A new contact may be missing from a CRM's search for that long."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class NewContactRequest:
    """A contact that is wanted: checked, and not there yet as far as we know."""

    number: PhoneNumber
    name: str
    type: str
    submission: JsonObject
    even_if_known: bool

    @property
    def reference(self) -> str:
        """What it is reserved as; the store keeps no names and numbers in the clear."""
        return _digest(self.number.e164, self.name.casefold(), self.type)

    def is_named(self, contact: Contact) -> bool:
        """Return whether a contact has this name."""
        return " ".join(contact.name.split()).casefold() == self.name.casefold()


class ContactCreation:
    """Creates contacts, one of a number at a time."""

    def __init__(self, context: Context, writes: IdempotentWrites) -> None:
        self.context = context
        self._writes = writes

    async def create(self, user: User, new: NewContactRequest) -> ContactCreated:
        """Search for the number, then create the contact if nobody carries it or it is wanted anyway."""
        number = f"new contact of {self.context.platform}/{user.id} {_digest(new.number.e164)}"
        async with self._writes.lease(number, "creates a contact with this number"):
            reference = LogReference(self.context.platform, user.id, ContactKind.NEW, new.reference)
            known = await self._carriers(new.number)
            if not known and not new.even_if_known:
                _check_all_searched(new)
            claim = self._claim(reference, known, new)
            if claim.claim is Claim.DONE:
                return _created(NewContact(id=claim.log_id, name=new.name, type=new.type), before=True)
            async with self._writes.held(claim):
                created = await self._find_or_create(claim, known, new)
            if isinstance(created, NewContact):
                self._writes.remember(claim, created.id, "contact")
                return _created(created)
            self.context.environment.store.release(claim)
        error = AlreadyKnown(user_messages.already_known(created, new.name))
        message = user_messages.for_error(error, crm=self.context.title)
        return ContactCreated(successful=False, return_message=message, error=error, known_contacts=created)

    # -- the steps --

    def _claim(self, reference: LogReference, known: list[Contact], new: NewContactRequest) -> Reservation:
        """Claim the contact; one that was created before and is not there any more is claimed anew."""
        claim = self._writes.claim(reference, "contact", kept={})
        is_there = any(each.id == claim.log_id for each in known) or self._seconds_to_find(claim) > 0
        if claim.claim is Claim.DONE and (new.even_if_known or not is_there):
            self.context.environment.store.forget_link(reference)
            return self._writes.claim(reference, "contact", kept={})
        return claim

    async def _find_or_create(
        self, claim: Reservation, known: list[Contact], new: NewContactRequest
    ) -> NewContact | list[Contact]:
        """Return what an abandoned attempt created after all, or a new contact, or who is known."""
        if claim.abandoned and (found := await self._made_before(claim, known, new)):
            return found
        if known and not new.even_if_known:
            return known
        ids = {each.id for each in known}
        create = self.context.connector.create_contact
        try:
            with noting_departures(
                self.context,
                lambda kept: self._writes.renew(claim, "contact", kept=kept),
                lambda: self._noted(ids),
            ):
                return await create(new.number, new.name, new.type, new.submission)
        except CrmError as error:
            if not may_be_written(error):
                raise
            with suppress(AppConnectError):  # the claim stays abandoned, and the next attempt looks first
                if found := await self._made(new, await self._carriers(new.number), ids):
                    return found
            raise

    def _noted(self, ids: Iterable[str]) -> dict[str, str]:
        """Return the note of whom a contact is created beside, and that it is created now."""
        return {"known": json.dumps(sorted(ids)), "at": self.context.now().isoformat()}

    async def _made_before(
        self, claim: Reservation, known: list[Contact], new: NewContactRequest
    ) -> NewContact | None:
        """Return what an abandoned attempt created after all; if that was just now, wait until it is known.

        It may still be arriving, or be missing from the search. Who was ``known`` was read before the claim,
        so all are looked for once more.
        """
        kept = self._writes.kept(claim)
        if "known" not in kept:  # it had not come to the writing
            return None
        before = [str(each) for each in json.loads(kept["known"])]
        found = await self._made(new, known, before)
        if found is not None:
            return found
        if (seconds := max(self._seconds_to_find(claim), seconds_to_arrive(self.context, kept))) > 0:
            log.warning("Waiting %d seconds for a contact that may have been created just now.", seconds)
            await self.context.environment.clock.sleep(seconds)
        found = await self._made(new, await self._carriers(new.number), before)
        if found is None:
            _check_all_searched(new)
        return found

    async def _made(
        self, new: NewContactRequest, carriers: list[Contact], before: Iterable[str]
    ) -> NewContact | None:
        """Return the contact that an attempt made that found ``before``: by number, else by name."""
        old = set(before)
        for contact in carriers:
            if contact.id not in old and new.is_named(contact):
                return NewContact(id=contact.id, name=contact.name, type=contact.type)
        if "find_contact_with_name" in self.context.connector.unsupported:
            return None
        for contact in await self.context.connector.find_contact_with_name(new.name):
            is_new = contact.id not in old and new.is_named(contact)
            if is_new and phone.carries(contact.phone, new.number):
                return NewContact(id=contact.id, name=contact.name, type=contact.type)
        return None

    async def _carriers(self, number: PhoneNumber) -> list[Contact]:
        """Return the contacts that carry the number; none where the CRM cannot be searched."""
        if "find_contact" in self.context.connector.unsupported:
            return []
        return await self.context.connector.find_contact(number)

    def _seconds_to_find(self, claim: Reservation) -> float:
        """Return in how many seconds the CRM's search knows what was created; 0 or less for long ago."""
        if not (at := self._writes.kept(claim).get("at", "")):
            return 0
        return SEARCH_LAG_SECONDS - (self.context.now() - datetime.fromisoformat(at)).total_seconds()


def _check_all_searched(new: NewContactRequest) -> None:
    """Raise NotSearched where somebody of the new contact's type may carry its number all the same."""
    if why := why_not_searched(new.type):
        raise NotSearched(user_messages.not_searched(why, new.name))


def _created(contact: NewContact, *, before: bool = False) -> ContactCreated:
    message = user_messages.contact_created(before=before)
    return ContactCreated(contact_info=contact, return_message=message)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
