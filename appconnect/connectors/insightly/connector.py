"""Insightly: calls and messages become calendar events, linked to a contact or lead and what they belong to.

API: https://api.na1.insightly.com/v3.1/#!/Overview/Introduction (British spelling: Organisation).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import ClassVar

from pydantic import JsonValue

from appconnect.connector import Connector, Cost, IsClaimed, PlanLimits, never_claimed
from appconnect.connectors.insightly import search
from appconnect.connectors.insightly.directory import ContactsAndLeads
from appconnect.connectors.insightly.event_search import events_like
from appconnect.connectors.insightly.events import as_event, as_log
from appconnect.connectors.insightly.extra_phones import extra_phones
from appconnect.connectors.insightly.follow_ups import (
    add_links,
    link_handlers,
    main_target,
    set_links,
    update_links,
)
from appconnect.connectors.insightly.matches import as_contact, offered
from appconnect.connectors.insightly.payloads import (
    MAX_DETAILS,
    changed_event,
    chosen_links,
    is_from,
    new_event,
    parse_id,
    record_path,
    wanted_links,
)
from appconnect.connectors.insightly.schemas import (
    COLLECTIONS,
    DELETED,
    EVENT,
    FORM_FIELDS,
    MAX_PAGE,
    NAMED,
    Event,
    LeadSource,
    LeadStatus,
    Target,
    UserRow,
)
from appconnect.connectors.insightly.search import Found
from appconnect.connectors.insightly.stored_phones import StoredPhones
from appconnect.errors import InputError
from appconnect.http import ApiRules, LimitHeaders, Pace, Sign, change, or_default, remove, write
from appconnect.http.decoding import check_id
from appconnect.http.paging import by_offset
from appconnect.http.replies import Reply
from appconnect.http.rules import READS
from appconnect.models import (
    AuthType,
    Contact,
    CrmUser,
    JsonObject,
    LogDraft,
    LogFormat,
    LogKind,
    LogRecord,
    NewContact,
    User,
)
from appconnect.outbox import Handler
from appconnect.phone import PhoneNumber
from appconnect.text.person_names import split_name
from appconnect.timezones import iana_name


class Insightly(Connector):
    """Insightly, by API key."""

    platform = "insightly"
    title = "Insightly"
    rules = ApiRules(
        hosts=("api.*.insightly.com",),
        # The only ones it sends, and they count the day: there is no header for the ten a second.
        limit_headers=LimitHeaders(
            amount="x-ratelimit-limit",
            remaining="x-ratelimit-remaining",
            daily_amount="x-ratelimit-limit",
            daily_remaining="x-ratelimit-remaining",
        ),
        rate_limits=(Pace(10, 1.0, slack=0.25),),  # per account, all keys together
        error_keys=("Message", "message"),
        reason_keys=("MessageDetail",),
        idempotent=READS | {"PUT"},  # which sets the fields that are sent
    )
    unsupported: ClassVar[Mapping[str, str]] = {
        "get_oauth_info": "Insightly has no OAuth; sign in with an API key and the API URL."
    }
    contact_types = ("Contact", "Lead")
    max_body = MAX_DETAILS
    form_fields = tuple(FORM_FIELDS)
    disposition_fields = tuple(FORM_FIELDS)
    costs: ClassVar[Mapping[str, Cost]] = {
        "get_user_info": Cost(1, 1),
        "find_contact": Cost(18, 18, requests_per_match=3, units_per_match=3),
        "find_contact_with_name": Cost(6, 6, requests_per_match=3, units_per_match=3),
        "create_contact": Cost(1, 1),
        "create_call_log": Cost(2, 2),
        "update_call_log": Cost(2, 2),
        "get_call_log": Cost(2, 2),
        "upsert_call_disposition": Cost(3, 3),
        "create_message_log": Cost(2, 2),
        "update_message_log": Cost(2, 2),
        "get_user_list": Cost(1, 1),
    }
    """Every request is one of the day's. A number that is searched for is asked in two forms in seven fields
    and in a third form in four; number formats and fields of the account's own are more. Each record that a
    match is linked to is one more: counted are an organisation, an opportunity and a project."""
    plans: ClassVar[Mapping[str, PlanLimits]] = {
        "free": PlanLimits(1_000),
        "legacy": PlanLimits(20_000),
        "plus": PlanLimits(40_000),
        "professional": PlanLimits(60_000),
        "enterprise": PlanLimits(100_000),
    }
    """Requests a day; the ten in a second hold on every plan."""

    @cached_property
    def _phones(self) -> StoredPhones:
        return StoredPhones(self)

    @property
    def current_costs(self) -> Mapping[str, Cost]:
        """Return the costs; a match takes little while it is known which spellings the account has.

        It reads what has changed of contacts and of leads, and asks for the number where it stands: counted
        is one field for each match.
        """
        known = {"find_contact": Cost(2, 2, requests_per_match=4, units_per_match=4)}
        return {**self.costs, **known} if self._phones.are_known else self.costs

    # -- who --

    def get_auth_type(self) -> AuthType:
        """Return an API key, which is the user name of HTTP Basic."""
        return AuthType.API_KEY

    async def get_user_info(self) -> User:
        """Return the user whose key it is; Insightly's zone is a Windows name."""
        return self._user(await self.crm.get("/Users/Me", into=UserRow))

    def user_in(self, answer: Reply) -> User:
        """Return the user: the sign-in checks the key by asking whose it is."""
        return self._user(answer.into(UserRow))

    def _user(self, me: UserRow) -> User:
        return User(
            id=f"{me.user_id}-{self.platform}",
            name=me.name,
            timezone_name=iana_name(me.timezone_id or ""),
            platform_additional_info={"instanceId": me.instance_id, "email": me.email_address},
        )

    # -- contacts --

    async def find_contact(self, number: PhoneNumber, *, overriding_format: str = "") -> list[Contact]:
        """Search contacts and leads; :func:`search.by_number` tells what is asked."""
        extra = await extra_phones(self)
        found = await search.by_number(self.crm, number, overriding_format, extra, self._phones)
        return await self._contacts(found)

    async def find_contact_with_name(self, name: str) -> list[Contact]:
        """Search contacts and leads whose whole first, last or full name is the text."""
        return await self._contacts(await search.by_name(self.crm, name))

    async def create_contact(
        self,
        number: PhoneNumber,
        new_contact_name: str,
        new_contact_type: str = "",
        additional_submission: Mapping[str, JsonValue] | None = None,
    ) -> NewContact:
        """Create a contact, or a lead of the account's default source and status, with the phone in E.164."""
        kind = self._contact_type(new_contact_type)
        first, last = split_name(new_contact_name)
        if not first and not last:
            raise InputError("A new contact needs a name.")
        body: JsonObject = {"FIRST_NAME": first or None, "LAST_NAME": last, "PHONE": number.e164}
        if kind == "Lead":
            defaults = await self.remembered("leadDefaults", self._lead_defaults, into=dict[str, int])
            body |= defaults
        elif not first:  # a contact's required name is the first one
            body |= {"FIRST_NAME": last, "LAST_NAME": None}
        sign = Sign(id_at=f"{kind.upper()}_ID", repeats=("FIRST_NAME", "LAST_NAME"))
        made = await write(self.crm, "POST", f"/{COLLECTIONS[kind]}", body, sign=sign)
        return NewContact(id=made, name=f"{first} {last}".strip(), type=kind)

    # -- call logs --

    async def create_call_log(self, contact: Contact, draft: LogDraft) -> str:
        """Create one event, linked to the contact and to what was chosen."""
        links = wanted_links(contact, draft)
        body, sign = new_event(draft, self.crm.clock.now()), replace(EVENT, repeats=("START_DATE_UTC",))
        event_id = int(await write(self.crm, "POST", "/Events", body, sign=sign))
        await add_links(self, event_id, links)
        return str(event_id)

    async def update_call_log(self, log_id: str, draft: LogDraft) -> None:
        """Change what the draft says, then the links."""
        event_id, chosen = parse_id(log_id, "event"), chosen_links(draft)
        event = as_event(draft.current) if draft.current else (await self._read(log_id))[0]
        if body := changed_event(event, draft):
            await self._change(event_id, body)
        await update_links(self, event_id, chosen, event.links)

    async def get_call_log(self, log_id: str) -> LogRecord:
        """Return the event, named after the contact or lead it is linked to, or else what it is linked to."""
        event, raw = await self._read(log_id)
        contact = main_target(event.links)
        name = await self._name(contact) if contact else None
        return as_log(event, raw).model_copy(update={"contact_name": name or ""})

    async def delete_call_log(self, log_id: str) -> None:
        """Delete the event."""
        deletion = write(self.crm, "DELETE", f"/Events/{parse_id(log_id, 'event')}", sign=DELETED)
        await remove(deletion, lambda: self._read(log_id))

    async def upsert_call_disposition(self, log_id: str, dispositions: JsonObject) -> str | None:
        """Replace or remove the links that are chosen: the new one first, so that none is ever lost."""
        chosen = chosen_links(LogDraft(additional_submission=dispositions))
        if not chosen:
            return None
        await set_links(self, parse_id(log_id, "event"), chosen)
        return log_id

    # -- about Insightly --

    def get_log_format_type(self) -> LogFormat:
        """Return plain text, for the details of events."""
        return LogFormat.PLAIN

    async def get_user_list(self) -> list[CrmUser]:
        """Return the account's active users, all pages."""
        rows = self.crm.rows("/Users", by_offset("skip", "top"), into=UserRow, at="", top=MAX_PAGE)
        return [
            CrmUser(id=str(user.user_id), name=user.name, email=user.email_address or "")
            async for user in rows
            if user.active
        ]

    async def find_log(
        self, contact: Contact, draft: LogDraft, *, is_claimed: IsClaimed = never_claimed
    ) -> str | None:
        """Return the newest event of this owner, title, start and text; links that it lacks are written."""
        same = [
            each
            for each in await events_like(self.crm, draft)
            if is_from(each, draft)
            and self.is_owner(each.owner_user_id, draft)
            and not is_claimed(str(each.event_id))
        ]
        if not same:
            return None
        await add_links(self, same[-1].event_id, wanted_links(contact, draft), same[-1].links)
        return str(same[-1].event_id)

    @property
    def follow_ups(self) -> Mapping[str, Handler]:
        """Return how links are written."""
        return link_handlers(self)

    async def get_log_to_change(self, log_id: str, kind: LogKind) -> LogRecord:
        """Return the event alone; the name of its contact would be one request more."""
        return as_log(*await self._read(log_id))

    def directory(self) -> ContactsAndLeads:
        """Return the list of all contacts and leads."""
        return ContactsAndLeads(self)

    # -- how Insightly does it --

    async def _read(self, log_id: str) -> tuple[Event, JsonValue]:
        """Return an event, and all that Insightly has of it."""
        reply = await self.crm.send("GET", f"/Events/{parse_id(log_id, 'event')}")
        event = reply.into(Event)
        check_id(event.event_id, parse_id(log_id, "event"))
        return event, reply.body

    async def _change(self, event_id: int, body: JsonObject) -> None:
        async def read() -> JsonValue:
            return await self.crm.get(f"/Events/{event_id}")

        await change(self.crm, "PUT", "/Events", body, sign=EVENT, of=event_id, read=read)

    def _contact_type(self, wanted: str) -> str:
        for kind in self.contact_types:
            if wanted.strip().casefold() in ("", kind.casefold()):
                return kind
        raise InputError(f"Insightly has no contact type {wanted!r}; choose one of: Contact, Lead.")

    async def _lead_defaults(self) -> dict[str, int]:
        """Return the account's default source and status, which v3.1 requires of a lead."""
        sources, statuses = await self.crm.both(
            self.crm.get("/LeadSources", into=list[LeadSource]),
            self.crm.get("/LeadStatuses", into=list[LeadStatus]),
        )
        defaults: dict[str, int] = {}
        for source in sorted(sources, key=lambda each: not each.default_value)[:1]:
            defaults["LEAD_SOURCE_ID"] = source.lead_source_id
        for status in sorted(statuses, key=lambda each: not each.default_status)[:1]:
            defaults["LEAD_STATUS_ID"] = status.lead_status_id
        return defaults

    async def _contacts(self, found: list[Found]) -> list[Contact]:
        """Return the people found with what the log form needs, each linked record read once."""
        targets = list(dict.fromkeys(target for each in found for target in offered(each.person)))
        names = await self.crm.gather(self._name(target) for target in targets)
        named = {target: name for target, name in zip(targets, names, strict=True) if name is not None}
        return [as_contact(each, named) for each in found]

    async def _name(self, target: Target) -> str | None:
        """Return what a record is called; None for one that cannot be read."""
        kind, number = target
        missing = f"the name of {kind.lower()} {number}"
        return await or_default(self._read_name(kind, number), None, missing=missing)

    async def _read_name(self, kind: str, number: int) -> str:
        record = await self.crm.get(record_path((kind, number)), into=NAMED[kind])
        check_id(record.id, number)
        return record.name
