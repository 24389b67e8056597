"""Bullhorn: calls and messages become notes about a candidate, a contact or a lead.

API: https://bullhorn.github.io/rest-api-docs/. A user belongs to one of several data centres, which is asked
for by the login name; people are found in a search index, everything else is read from the database.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import ClassVar

from pydantic import JsonValue

from appconnect.connector import Account, Cache, Connector, Cost, IsClaimed, never_claimed
from appconnect.connectors.bullhorn import comments, note_actions
from appconnect.connectors.bullhorn.comments import Copies
from appconnect.connectors.bullhorn.companies import placeholder_company
from appconnect.connectors.bullhorn.discovery import places_of
from appconnect.connectors.bullhorn.kinds import CONTACT, KINDS, Kind, kind_of
from appconnect.connectors.bullhorn.note_actions import NoteActions
from appconnect.connectors.bullhorn.notes import Notes
from appconnect.connectors.bullhorn.payloads import external_id, parse_id, person
from appconnect.connectors.bullhorn.queries import any_of, named
from appconnect.connectors.bullhorn.schemas import (
    USER_FIELDS,
    Changed,
    CorporateUser,
    Many,
    One,
    Person,
    UserId,
)
from appconnect.connectors.bullhorn.search import MAX_ROWS, find
from appconnect.connectors.bullhorn.statuses import statuses_of
from appconnect.connectors.bullhorn.time_zone import time_zone
from appconnect.errors import InputError, SessionExpired
from appconnect.http import ApiRules, CrmClient, LimitHeaders, Pace, decode
from appconnect.http.paging import by_offset
from appconnect.models import (
    AuthType,
    Choice,
    Contact,
    CrmUser,
    JsonObject,
    LogDraft,
    LogFormat,
    LogRecord,
    NewContact,
    OAuthInfo,
    User,
)
from appconnect.phone import PhoneNumber, best_carrier, search_forms
from appconnect.text.person_names import split_name

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
        # 1,500 calls a minute and 100,000 a month for one API key (Bullhorn's knowledge base)
        rate_limits=(Pace(1500, 60.0),),
        error_keys=("errorMessage", "message", "error_description"),
        min_wait=1.0,
        # POST searches, or sets the fields that are sent; only PUT makes something new
        idempotent=frozenset({"GET", "HEAD", "OPTIONS", "POST */search/*", "POST */entity/*/*"}),
    )
    default_contact_type = "Lead"
    contact_types = ("Lead", "Candidate", "Contact")
    form_fields = (note_actions.FIELD,)
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
    """Note actions and company are remembered for a day. A lead's note takes 1 request more, a copy in the
    comments 3 (4 when updating)."""

    def __init__(self, crm: CrmClient, account: Account | None = None, cache: Cache | None = None) -> None:
        super().__init__(crm, account, cache)
        self._one_company_at_a_time = asyncio.Lock()
        self._copies = Copies(crm)

    # -- who --

    def get_auth_type(self) -> AuthType:
        """OAuth: https://bullhorn.github.io/Getting-Started-with-REST/."""
        return AuthType.OAUTH

    async def get_oauth_info(self) -> OAuthInfo:
        """The registered app and the addresses of the user's data centre, asked for by login name."""
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
        """The user whose session it is."""
        me = await self.crm.read(UserId, "/settings/userId")
        fields = f"{USER_FIELDS},timeZoneOffsetEST"
        user = (
            await self.crm.read(One[CorporateUser], f"/entity/CorporateUser/{me.user_id}", fields=fields)
        ).data
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
        """Log out; a session that is over already is as good."""
        try:
            await self.crm.revoke()
        except SessionExpired:
            return

    # -- contacts --

    async def find_contact(self, number: PhoneNumber, *, overriding_format: str = "") -> list[Contact]:
        """Search all phone fields of candidates, contacts and leads together, and check each hit.

        Searched are the digits, as at home, with the trunk prefix and from abroad, and the forms of
        ``overriding_format``.
        """
        forms = dict.fromkeys((*number.written_digits, *search_forms(number, overriding_format)))
        queries = {kind: any_of(kind.phones, forms) for kind in KINDS}
        return await self._matches(queries, lambda hit: best_carrier(hit.phones, number))

    async def find_contact_with_name(self, name: str) -> list[Contact]:
        """Search for the name as one phrase, and as first name and surname."""
        text = " ".join(name.split())
        if not text:
            raise InputError("There is no name to search for.")
        if len(text) > MAX_SEARCH:
            raise InputError(f"No name in Bullhorn is longer than {MAX_SEARCH} characters.")
        queries = dict.fromkeys(KINDS, named(text, *split_name(text)))
        return await self._matches(queries, lambda hit: next(iter(hit.phones), ""))

    async def create_contact(
        self,
        number: PhoneNumber,
        new_contact_name: str,
        new_contact_type: str = "",
        additional_submission: Mapping[str, JsonValue] | None = None,
    ) -> NewContact:
        """A lead, candidate or contact with the ``status`` that was chosen; a contact gets the company
        that stands for an unknown one."""
        kind = kind_of(new_contact_type)
        body = person(new_contact_name, number.e164)
        if status := LogDraft(additional_submission=dict(additional_submission or {})).chosen("status"):
            body["status"] = status
        if kind is CONTACT:
            async with self._one_company_at_a_time:
                body["clientCorporation"] = {"id": await placeholder_company(self.crm, self.cache)}
        made = await self._put(kind.entity, body)
        return NewContact(id=str(made), name=str(body["name"]), type=kind.type)

    # -- call logs --

    async def create_call_log(self, contact: Contact, draft: LogDraft) -> str:
        """One note; after it, if the settings say so, its copy in the contact's comments."""
        log_id = str(await self._notes.add(contact, draft))
        if draft.body is not None and comments.wanted(draft, self.account.settings):
            await self._copy(log_id, draft, contact)
        return log_id

    async def update_call_log(self, log_id: str, draft: LogDraft) -> None:
        """Change what the draft says, also in the copy, and make a copy that an earlier time could not."""
        await self._notes.change(log_id, draft)
        due = draft.body is not None or comments.overdue(self.cache, log_id)
        if due and comments.wanted(draft, self.account.settings):
            await self._copy(log_id, draft)

    async def get_call_log(self, log_id: str) -> LogRecord:
        """The note, and whom it is about; a note has no subject of its own."""
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

    async def upsert_call_disposition(self, log_id: str, dispositions: JsonObject) -> str | None:
        """Set the note action; cleared, it is "pending note" again."""
        chosen = LogDraft(additional_submission=dispositions)
        if chosen.chosen(note_actions.FIELD) is None:
            return None
        await self._notes.change(log_id, chosen)
        return log_id

    # -- message logs --

    async def create_message_log(self, contact: Contact, draft: LogDraft) -> str:
        """One note, like a call's."""
        return str(await self._notes.add(contact, draft))

    async def update_message_log(self, log_id: str, draft: LogDraft) -> None:
        """Change what the draft says."""
        await self._notes.change(log_id, draft)

    # -- about Bullhorn --

    def get_log_format_type(self) -> LogFormat:
        """Notes are HTML."""
        return LogFormat.HTML

    async def get_user_list(self) -> list[CrmUser]:
        """The company's users who are enabled and not deleted."""
        pages = self.crm.pages(
            "/query/CorporateUser", by_offset("start", "count", "data"),
            where="enabled=true AND isDeleted=false", fields=USER_FIELDS, count=MAX_ROWS, start=0,
        )  # fmt: skip
        users = [
            user
            async for page in pages
            for user in decode(Many[CorporateUser], page, "GET /query/CorporateUser").data
        ]
        return [
            CrmUser(id=str(user.id), name=user.full_name, email=user.email or "")
            for user in users
            if user.enabled and not user.is_deleted
        ]

    async def find_log(
        self, contact: Contact, draft: LogDraft, *, is_claimed: IsClaimed = never_claimed
    ) -> str | None:
        """The note with our external id that its owner, or else this user, wrote about the contact."""
        me = self.account.user.crm_id if self.account.user else ""
        return await self._notes.find(contact, draft, draft.owner_id or me, is_claimed)

    async def new_contact_choices(self) -> dict[str, list[Choice]]:
        """The statuses of each contact type; none where they may not be seen."""
        lists = await self.crm.gather(statuses_of(self.crm, self.cache, kind.entity) for kind in KINDS)
        return {
            kind.type: [Choice(const=value, title=title) for value, title in statuses.items()]
            for kind, statuses in zip(KINDS, lists, strict=True)
            if statuses
        }

    # -- how Bullhorn does it --

    async def _matches(
        self, queries: Mapping[Kind, str], phone_of: Callable[[Person], str | None]
    ) -> list[Contact]:
        """The hits that have a phone to show ("" will do), with the note actions that the log form offers."""
        found, actions = await self.crm.both(find(self.crm, queries), self._action_choices())
        return [
            kind.contact(hit, phone, {note_actions.FIELD: actions})
            for kind, hit in found
            if (phone := phone_of(hit)) is not None
        ]

    async def _action_choices(self) -> list[Choice]:
        return [Choice(const=action, title=action) for action in await self._actions.offered()]

    @property
    def _actions(self) -> NoteActions:
        return NoteActions(self.crm, self.cache, self.account)

    @property
    def _notes(self) -> Notes:
        return Notes(self.crm, self._actions)

    async def _copy(self, log_id: str, draft: LogDraft, contact: Contact | None = None) -> None:
        """The note's copy; who it is about and what it is known by, an older note says itself."""
        overdue = comments.overdue(self.cache, log_id)
        with comments.optional(self.cache, log_id):
            if contact and contact.type:
                await self._copies.write(
                    kind_of(contact.type).entity,
                    parse_id(contact.id, "contact"),
                    key=external_id(contact, draft),
                    body=draft.body or "",
                )
                return
            note, _ = await self._notes.read(log_id)
            entity, who = note.about
            if entity and who:
                await self._copies.write(
                    entity,
                    who.id,
                    key=note.external_id or log_id,
                    body=note.comments or "",
                    refresh_only=draft.direction is None and not overdue,
                )

    async def _put(self, entity: str, body: JsonObject) -> int:
        path = f"/entity/{entity}"
        return decode(Changed, await self.crm.put(path, body), f"PUT {path}").changed_entity_id
