"""Bullhorn: calls and messages become notes about a candidate, a contact or a lead.

API: https://bullhorn.github.io/rest-api-docs/. A user belongs to one of several data centres, which is asked
for by the login name; people are found in a search index, everything else is read from the database.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import ClassVar

from pydantic import JsonValue

from appconnect import hits
from appconnect.connector import Account, Cache, Connector, Cost, IsClaimed, never_claimed
from appconnect.connectors.bullhorn import comments, note_actions
from appconnect.connectors.bullhorn.comments import Comments
from appconnect.connectors.bullhorn.directory import People
from appconnect.connectors.bullhorn.discovery import places_of
from appconnect.connectors.bullhorn.entities import create
from appconnect.connectors.bullhorn.follow_ups import COPY, LEAD_LINK, Copy, copy_to_comments, link_to_lead
from appconnect.connectors.bullhorn.kinds import CONTACT, LEAD, kind_of
from appconnect.connectors.bullhorn.new_contacts import placeholder_company, statuses_of
from appconnect.connectors.bullhorn.note_actions import NoteActions
from appconnect.connectors.bullhorn.notes import Notes
from appconnect.connectors.bullhorn.payloads import external_id, parse_id, person
from appconnect.connectors.bullhorn.schemas import USER_FIELDS, CorporateUser, Note, One, Person, UserId
from appconnect.connectors.bullhorn.search import MAX_ROWS, Search, find
from appconnect.connectors.bullhorn.time_zone import time_zone
from appconnect.errors import InputError, SessionExpired
from appconnect.http import ApiRules, CrmClient, LimitHeaders, Pace
from appconnect.http.decoding import check_id
from appconnect.http.paging import by_offset
from appconnect.models import (
    AuthType,
    Choice,
    Choices,
    Contact,
    CrmUser,
    JsonObject,
    LogDraft,
    LogFormat,
    LogKind,
    LogRecord,
    NewContact,
    OAuthInfo,
    User,
)
from appconnect.operation_warnings import warn
from appconnect.outbox import Handler, Outbox
from appconnect.phone import PhoneNumber, search_forms

MAX_SEARCH = 100


class Bullhorn(Connector):
    """Bullhorn, by OAuth and a session of its own."""

    platform = "bullhorn"
    title = "Bullhorn"
    rules = ApiRules(
        hosts=("*.bullhornstaffing.com",),
        limit_headers=LimitHeaders(
            amount="ratelimit-limit", remaining="ratelimit-remaining", reset="ratelimit-reset"
        ),
        rate_limits=(
            Pace(1500, 60.0, slack=0.25),
        ),  # for one API key, and 100,000 a month (Bullhorn's knowledge base)
        error_keys=("errorMessage", "message", "error_description"),
        reason_keys=("errors.detailMessage",),
        # POST searches, or sets the fields that are sent; only PUT makes something new
        idempotent=frozenset({"GET", "HEAD", "OPTIONS", "POST */search/*", "POST */entity/*/*"}),
        reads=frozenset({"GET", "HEAD", "OPTIONS", "POST */search/*", "POST */query/*"}),
    )
    default_contact_type = "Lead"
    contact_types = ("Lead", "Candidate", "Contact")
    form_fields = common_form_fields = (note_actions.FIELD,)
    disposition_fields = (note_actions.FIELD,)
    costs: ClassVar[Mapping[str, Cost]] = {
        "get_oauth_info": Cost(1),
        "get_user_info": Cost(2),
        "find_contact": Cost(3),
        "find_contact_with_name": Cost(3),
        "create_contact": Cost(1),
        "create_call_log": Cost(1),
        "update_call_log": Cost(1),
        "get_call_log": Cost(1),
        "upsert_call_disposition": Cost(1),
        "create_message_log": Cost(1),
        "update_message_log": Cost(1),
        "get_user_list": Cost(1),
    }
    """Without what is remembered for a day. A lead's note takes 1 more, a copy in the comments 3 or 4."""

    def __init__(
        self,
        crm: CrmClient,
        account: Account | None = None,
        cache: Cache | None = None,
        outbox: Outbox | None = None,
    ) -> None:
        super().__init__(crm, account, cache, outbox)
        self._comments = Comments(crm)
        self._actions = NoteActions(self)
        self._notes = Notes(crm, self._actions)

    # -- who --

    def get_auth_type(self) -> AuthType:
        """Return OAuth: https://bullhorn.github.io/Getting-Started-with-REST/."""
        return AuthType.OAUTH

    async def get_oauth_info(self) -> OAuthInfo:
        """Return the registered app and the addresses of the user's data centre, asked for by login name."""
        places = await places_of(self.crm, self.account.options.get("username", ""))
        return OAuthInfo(
            client_id=self.account.client_id,
            client_secret=self.account.client_secret,
            authorize_uri=f"{places.oauth_url}/authorize",
            access_token_uri=f"{places.oauth_url}/token",
            redirect_uri=self.account.redirect_uri,
            api_uri=places.rest_url,
        )

    async def get_user_info(self) -> User:
        """Return the user whose session it is."""
        user_id = (await self.crm.get("/settings/userId", into=UserId)).user_id
        path, fields = f"/entity/CorporateUser/{user_id}", f"{USER_FIELDS},timeZoneOffsetEST"
        user = (await self.crm.get(path, into=One[CorporateUser], fields=fields)).data
        check_id(user.id, user_id)
        option = self.account.options.get("timezone", "")
        name, offset = time_zone(user.time_zone_offset_est, option, self.crm.clock.now())
        return User(
            id=f"{user.id}-{self.platform}",
            name=user.full_name,
            timezone_name=name,
            timezone_offset=offset,
            platform_additional_info={"email": user.email},
        )

    async def unauthorize(self) -> None:
        """Log out; a session that is over already is as good, and is said."""
        try:
            await self.crm.revoke()
        except SessionExpired:
            warn("Bullhorn did not know the session any more.")

    # -- contacts --

    async def find_contact(self, number: PhoneNumber, *, overriding_format: str = "") -> list[Contact]:
        """Search all phone fields of candidates, contacts and leads together, and check each hit.

        Searched are the digits, as at home, with the trunk prefix and from abroad, and the forms of
        ``overriding_format``.
        """
        forms = dict.fromkeys((*number.written_digits, *search_forms(number, overriding_format)))
        return await self._matches(
            Search.by_number(forms),
            lambda hit: hits.carrier(hit.label, hit.phones_by_field, number, name=hit.full_name),
        )

    async def find_contact_with_name(self, name: str) -> list[Contact]:
        """Search for the name as one phrase, and as first name and surname."""
        text = " ".join(name.split())
        if not text:
            raise InputError("There is no name to search for.")
        if len(text) > MAX_SEARCH:
            raise InputError(f"No name in Bullhorn is longer than {MAX_SEARCH} characters.")
        return await self._matches(
            Search.by_name(text),
            lambda hit: hits.first_phone(hit.label, hit.phones_by_field, name=hit.full_name),
        )

    async def create_contact(
        self,
        number: PhoneNumber,
        new_contact_name: str,
        new_contact_type: str = "",
        additional_submission: Mapping[str, JsonValue] | None = None,
    ) -> NewContact:
        """Create a lead, candidate or contact with the ``status`` that was chosen.

        A contact gets the company that stands for an unknown one.
        """
        kind = kind_of(new_contact_type)
        body = person(new_contact_name, number.e164)
        if status := LogDraft(additional_submission=dict(additional_submission or {})).chosen("status"):
            body["status"] = status
        if kind is CONTACT:
            body["clientCorporation"] = {"id": await placeholder_company(self)}
        made = await create(self.crm, kind.entity, body)
        return NewContact(id=made, name=str(body["name"]), type=kind.type)

    # -- call logs --

    async def create_call_log(self, contact: Contact, draft: LogDraft) -> str:
        """Create one note; after it, if the settings ask for it, its copy in the contact's comments."""
        log_id = await self.create_message_log(contact, draft)
        await self._copy_new(log_id, contact, draft)
        return log_id

    async def update_call_log(self, log_id: str, draft: LogDraft) -> None:
        """Change what the draft says, also in the copy."""
        is_missing = any(work.kind == COPY for work in self.follow_ups_waiting(log_id))
        await self.update_message_log(log_id, draft)  # which makes a copy that is missing
        if not is_missing and comments.wanted(draft, self.account.effective_settings):
            await self._copy(log_id, Copy(refresh_only=draft.direction is None))

    async def get_call_log(self, log_id: str) -> LogRecord:
        """Return the note, and whom it is about; a note has no subject of its own."""
        note, raw = await self._notes.read(log_id)
        _, who = note.about
        return LogRecord(
            id=str(note.id),
            body=note.comments or "",
            contact_id=str(who.id) if who else "",
            contact_name=who.full_name if who else "",
            start=note.start,
            duration=note.seconds,
            dispositions=note.dispositions,
            raw=raw,
        )

    async def delete_call_log(self, log_id: str) -> None:
        """Mark the note as deleted, and take its copy out of the contact's comments."""
        note, _ = await self._notes.read(log_id)
        await self._notes.delete(log_id)
        await self._comments.remove_copy(note)

    async def upsert_call_disposition(self, log_id: str, dispositions: JsonObject) -> str | None:
        """Set the note action; cleared, it is "pending note" again."""
        chosen = LogDraft(additional_submission=dispositions)
        if chosen.chosen(note_actions.FIELD) is None:
            return None
        await self.update_message_log(log_id, chosen)
        return log_id

    # -- message logs --

    async def create_message_log(self, contact: Contact, draft: LogDraft) -> str:
        """Create one note."""
        note_id = await self._notes.add(contact, draft)
        if kind_of(contact.type) is LEAD:
            await self._link_to_lead(note_id, contact)
        return str(note_id)

    async def update_message_log(self, log_id: str, draft: LogDraft) -> None:
        """Change what the draft says."""
        await self._notes.change(log_id, draft)
        await self.catch_up(log_id)

    # -- about Bullhorn --

    def get_log_format_type(self) -> LogFormat:
        """Return HTML, for the comments of notes."""
        return LogFormat.HTML

    async def get_user_list(self) -> list[CrmUser]:
        """Return the company's users who are enabled and not deleted."""
        rows = self.crm.rows(
            "/query/CorporateUser", by_offset("start", "count", "data"), into=CorporateUser,
            where="enabled=true AND isDeleted=false", fields=USER_FIELDS, count=MAX_ROWS, start=0,
        )  # fmt: skip
        return [
            CrmUser(id=str(user.id), name=user.full_name, email=user.email or "")
            async for user in rows
            if user.enabled and not user.is_deleted
        ]

    async def find_log(
        self, contact: Contact, draft: LogDraft, *, is_claimed: IsClaimed = never_claimed
    ) -> str | None:
        """Return the note with our external id that its owner, or else this user, wrote about the contact.

        A lead's note may not be linked to it yet, so that only the index knows of it. It is linked then, and
        the note of a call is copied as a new one would be.
        """
        ours, person_id = external_id(contact, draft), parse_id(contact.id, "contact")

        def first(notes: list[Note]) -> int | None:
            mine = (note.id for note in notes if note.has_id(ours) and self.is_owner(note.author_id, draft))
            return min((number for number in mine if not is_claimed(str(number))), default=None)

        note_id = first(await self._notes.linked_to(person_id, ours))
        if note_id is None and kind_of(contact.type) is LEAD:
            note_id = first(await self._notes.referring_to(person_id, ours))
            if note_id is not None:
                await self._link_to_lead(note_id, contact)
        if note_id is not None and draft.kind is LogKind.CALL:
            await self._copy_new(str(note_id), contact, draft)
        return None if note_id is None else str(note_id)

    async def new_contact_choices(self) -> Choices:
        """Return the statuses of each contact type, none where they may not be seen, and the note actions."""
        kinds = [kind_of(each) for each in self.contact_types]
        lists, actions = await self.crm.both(
            self.crm.gather(statuses_of(self, kind.entity) for kind in kinds), self._action_choices()
        )
        by_type: Choices = {
            kind.type: {"status": [Choice(const=value, title=title) for value, title in statuses.items()]}
            for kind, statuses in zip(kinds, lists, strict=True)
        }
        return {**by_type, note_actions.FIELD: actions}

    @property
    def follow_ups(self) -> Mapping[str, Handler]:
        """Return how a note is linked to a lead, and how its copy is written."""
        return {
            LEAD_LINK: partial(link_to_lead, self.crm, self._notes),
            COPY: partial(copy_to_comments, self._comments, self._notes),
        }

    def directory(self) -> People:
        """Return the list of everybody in the search index."""
        return People(self.crm)

    # -- how Bullhorn does it --

    async def _matches(self, search: Search, phone_of: Callable[[Person], str | None]) -> list[Contact]:
        """Return the hits that have a phone to show ("" will do), with the note actions for the log form."""
        found, actions = await self.crm.both(find(self.crm, search), self._action_choices())
        return [
            kind.contact(hit, phone, {note_actions.FIELD: actions})
            for kind, hit in found
            if (phone := phone_of(hit)) is not None
        ]

    async def _action_choices(self) -> list[Choice]:
        return [Choice(const=action, title=action) for action in await self._actions.offered()]

    async def _link_to_lead(self, note_id: int, contact: Contact) -> None:
        lead_id = parse_id(contact.id, "contact")
        missing = f"The note is not linked to lead {lead_id}"
        await self.follow_up(str(note_id), LEAD_LINK, {"targetEntityID": lead_id}, missing=missing)

    async def _copy_new(self, log_id: str, contact: Contact, draft: LogDraft) -> None:
        """Write the copy of a new note, if the settings ask for it."""
        if comments.wanted(draft, self.account.effective_settings):
            await self._copy(log_id, Copy.of(contact, draft))

    async def _copy(self, log_id: str, copy: Copy) -> None:
        missing = "The copy in the contact's comments is not written"
        await self.follow_up(log_id, COPY, copy.model_dump(), missing=missing)
