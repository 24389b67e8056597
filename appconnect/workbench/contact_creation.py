"""A new contact is created once: nobody is doubled who carries the number, and no lost answer is repeated."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterable, Mapping
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
        return f"{self.of_number} {_digest(self.name.casefold(), self.type)}"

    @property
    def of_number(self) -> str:
        """What all contacts with its number are reserved as, in the beginning."""
        return _digest(self.number.e164)

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
        number = f"new contact of {self.context.platform}/{user.id} {new.of_number}"
        async with self._writes.lease(number, "creates a contact with this number"):
            reference = LogReference(self.context.platform, user.id, ContactKind.NEW, new.reference)
            known = await self._known(reference, new)
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

    async def _known(self, reference: LogReference, new: NewContactRequest) -> list[Contact]:
        """Return who carries the number; unless wanted anyway, raises NotSearched where that is open."""
        known = await self._carriers(new.number)
        if not known and not new.even_if_known:
            known = await self._just_created(reference, new)
        if not known and not new.even_if_known:
            _check_all_searched(new)
        return known

    async def _just_created(self, reference: LogReference, new: NewContactRequest) -> list[Contact]:
        """Return who was created under another name or type, and is not known to the search yet.

        Where it is open whether anybody was, wait until the search knows.
        """
        if "find_contact" in self.context.connector.unsupported:
            return []
        of_number = self.context.environment.store.links_like(reference, new.of_number)
        others = [each for each in of_number if each.reference != reference]
        tried = [(each.log_id, self._writes.opened(each.sealed)) for each in others]
        made = [
            Contact(id=made_id, name=kept.get("name", ""), type=kept.get("type", ""), phone=new.number.e164)
            for made_id, kept in tried
            if made_id and self._seconds_to_find(kept) > 0
        ]
        if made or not await self._waited([kept for made_id, kept in tried if not made_id]):
            return made
        return await self._carriers(new.number)

    def _claim(self, reference: LogReference, known: list[Contact], new: NewContactRequest) -> Reservation:
        """Claim the contact; one that was created before and is not there any more is claimed anew."""
        claim = self._writes.claim(reference, "contact", kept={})
        is_new = self._seconds_to_find(self._writes.kept(claim)) > 0
        is_there = is_new or any(each.id == claim.log_id for each in known)
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
                lambda: self._noted(ids, new),
            ):
                made = await create(new.number, new.name, new.type, new.submission)
            self._writes.check_new(claim, made.id, "contact", before=ids)
            return made
        except CrmError as error:
            if not may_be_written(error):
                raise
            with suppress(AppConnectError):  # the claim stays abandoned, and the next attempt looks first
                if found := await self._made(new, await self._carriers(new.number), ids):
                    return found
            raise

    def _noted(self, ids: Iterable[str], new: NewContactRequest) -> dict[str, str]:
        """Return the note of whom a contact is created beside, and that it is created now."""
        at = self.context.now().isoformat()
        return {"known": json.dumps(sorted(ids)), "at": at, "name": new.name, "type": new.type}

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
        await self._waited([kept])
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

    async def _waited(self, attempts: Iterable[Mapping[str, str]]) -> bool:
        """Wait until the CRM's search knows what came of attempts; return whether that took any time."""
        waits = [(self._seconds_to_find(kept), seconds_to_arrive(self.context, kept)) for kept in attempts]
        if (seconds := max((max(each) for each in waits), default=0)) <= 0:
            return False
        log.warning("Waiting %d seconds for a contact that may have been created just now.", seconds)
        await self.context.environment.clock.sleep(seconds)
        return True

    def _seconds_to_find(self, kept: Mapping[str, str]) -> float:
        """Return in how many seconds the CRM's search knows what was created; 0 or less for long ago."""
        if not (at := kept.get("at", "")):
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
