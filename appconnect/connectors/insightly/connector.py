"""Insightly: calls and messages become calendar events, linked to a contact or lead and what they belong to.

API: https://api.na1.insightly.com/v3.1/#!/Overview/Introduction (British spelling: Organisation).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, TypeVar

from pydantic import JsonValue

from appconnect.connector import Connector, Cost, IsClaimed, never_claimed
from appconnect.connectors.insightly import search
from appconnect.connectors.insightly.event_search import events_like
from appconnect.connectors.insightly.extra_phones import A_DAY, extra_phones
from appconnect.connectors.insightly.links import EventLinks, dispositions, main_target
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
    FORM_FIELDS,
    ContactRow,
    Created,
    Event,
    LeadRow,
    LeadSource,
    LeadStatus,
    Named,
    Person,
    Target,
    UserRow,
)
from appconnect.connectors.insightly.search import MAX_PAGE, Found
from appconnect.errors import InputError
from appconnect.http import FATAL_ERRORS, ApiRules, LimitHeaders, Pace, decode, or_default
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
    User,
)
from appconnect.names import split_name
from appconnect.phone import PhoneNumber
from appconnect.timezones import iana_name

T = TypeVar("T")


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
        idempotent=frozenset({"GET", "HEAD", "OPTIONS", "PUT"}),  # PUT sets the fields that are sent
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
    """Every request is one of the day's. A number is asked for in two forms in seven fields and in a third
    form in four; number formats and fields of the account's own are more."""

    @property
    def links(self) -> EventLinks:
        """The writer of events' links."""
        return EventLinks(self.crm, self.cache)

    # -- who --

    def get_auth_type(self) -> AuthType:
        """An API key, as the user name of HTTP Basic."""
        return AuthType.API_KEY

    async def get_user_info(self) -> User:
        """The user whose key it is; Insightly's zone is a Windows name."""
        me = await self.crm.read(UserRow, "/Users/Me")
        return User(
            id=f"{me.user_id}-{self.platform}",
            name=me.name,
            timezone_name=iana_name(me.timezone_id or ""),
            platform_additional_info={"instanceId": me.instance_id, "email": me.email_address},
        )

    async def unauthorize(self) -> None:
        """Nothing: a key can only be reset by its owner, in Insightly. It is forgotten here."""

    # -- contacts --

    async def find_contact(self, number: PhoneNumber, *, overriding_format: str = "") -> list[Contact]:
        """Contacts and leads; see :func:`search.with_number` for what is asked and when it stops."""
        option = self.account.options.get("phoneFields") or self.account.setting("phoneFields")
        extra = await extra_phones(self.crm, self.cache, option)
        return await self._contacts(await search.with_number(self.crm, number, overriding_format, extra))

    async def find_contact_with_name(self, name: str) -> list[Contact]:
        """Contacts and leads whose whole first, last or full name is the text."""
        return await self._contacts(await search.with_name(self.crm, name))

    async def create_contact(
        self,
        number: PhoneNumber,
        new_contact_name: str,
        new_contact_type: str = "",
        additional_submission: Mapping[str, JsonValue] | None = None,
    ) -> NewContact:
        """A contact, or a lead of the account's default source and status, with the phone in E.164."""
        kind = self._contact_type(new_contact_type)
        first, last = split_name(new_contact_name)
        if not first and not last:
            raise InputError("A new contact needs a name.")
        body: JsonObject = {"FIRST_NAME": first or None, "LAST_NAME": last, "PHONE": number.e164}
        if kind == "Lead":
            made: Person = await self._post(LeadRow, "/Leads", {**body, **await self._lead_defaults()})
        else:  # a contact's required name is the first one
            single: JsonObject = {} if first else {"FIRST_NAME": last, "LAST_NAME": None}
            made = await self._post(ContactRow, "/Contacts", {**body, **single})
        return NewContact(id=str(made.id), name=made.name, type=kind)

    # -- call logs --

    async def create_call_log(self, contact: Contact, draft: LogDraft) -> str:
        """One event, linked to the contact and to what was chosen.

        Once the event exists its id is given, whatever becomes of its links: one that cannot be written is
        tried again, then logged as a warning of this module and kept for the next update.
        """
        return await self._create(contact, draft)

    async def update_call_log(self, log_id: str, draft: LogDraft) -> None:
        """Change what the draft says, and write the links that an earlier time could not.

        Like for a new event, links fail nothing but themselves.
        """
        await self._update(log_id, draft)

    async def get_call_log(self, log_id: str) -> LogRecord:
        """The event, and the name of the contact or lead it is linked to, or else of what it is linked to."""
        body = await self.crm.get(f"/Events/{parse_id(log_id, 'event')}")
        event = decode(Event, body, "GET /Events")
        contact = main_target(event)
        return LogRecord(
            id=log_id,
            subject=event.title or "",
            body=event.text,
            contact_id=str(contact[1]) if contact else "",
            contact_name=(await self._name(contact) or "") if contact else "",
            start=event.start_date_utc,
            duration=event.seconds,
            dispositions=dispositions(event),
            raw=body,
        )

    async def upsert_call_disposition(self, log_id: str, dispositions: JsonObject) -> str | None:
        """Replace or remove the links that are said: the new one first, so that none is ever lost.

        Links that an earlier time could not write are written too.
        """
        chosen = chosen_links(LogDraft(additional_submission=dispositions))
        if not chosen:
            return None
        event_id = parse_id(log_id, "event")
        await self.links.settle(event_id, chosen, await self.links.of(event_id), loudly=True)
        return log_id

    # -- about Insightly --

    def get_log_format_type(self) -> LogFormat:
        """An event's details are plain text."""
        return LogFormat.PLAIN

    async def get_user_list(self) -> list[CrmUser]:
        """The account's active users, all pages."""
        users = [
            user
            async for page in self.crm.pages("/Users", by_offset("skip", "top"), top=MAX_PAGE)
            for user in decode(list[UserRow], page, "GET /Users")
        ]
        return [
            CrmUser(id=str(user.user_id), name=user.name, email=user.email_address or "")
            for user in users
            if user.active
        ]

    async def find_log(
        self, contact: Contact, draft: LogDraft, *, is_claimed: IsClaimed = never_claimed
    ) -> str | None:
        """The newest event of this title, start and text; links that it still lacks are written."""
        events = await events_like(self.crm, draft)
        same = [each for each in events if is_from(each, draft) and not is_claimed(str(each.event_id))]
        if not same:
            return None
        await self.links.add(same[-1].event_id, wanted_links(contact, draft), same[-1].links)
        return str(same[-1].event_id)

    # -- how Insightly does it --

    def _contact_type(self, wanted: str) -> str:
        for kind in self.contact_types:
            if wanted.strip().casefold() in ("", kind.casefold()):
                return kind
        raise InputError(f"Insightly has no contact type {wanted!r}; choose one of: Contact, Lead.")

    async def _lead_defaults(self) -> JsonObject:
        """The account's default source and status, which v3.1 requires of a lead; remembered for a day."""
        kept = self.cache.get("leadDefaults")
        if isinstance(kept, dict):
            return kept
        sources, statuses = await self.crm.both(
            self.crm.read(list[LeadSource], "/LeadSources"), self.crm.read(list[LeadStatus], "/LeadStatuses")
        )
        defaults: JsonObject = {}
        for source in sorted(sources, key=lambda each: not each.default_value)[:1]:
            defaults["LEAD_SOURCE_ID"] = source.lead_source_id
        for status in sorted(statuses, key=lambda each: not each.default_status)[:1]:
            defaults["LEAD_STATUS_ID"] = status.lead_status_id
        self.cache.put("leadDefaults", defaults, A_DAY)
        return defaults

    async def _contacts(self, found: list[Found]) -> list[Contact]:
        """What the log form needs of the people found; every linked record is read once, all together."""
        targets = list(dict.fromkeys(target for each in found for target in _offered(each.person)))
        names = await self.crm.gather(self._name(target) for target in targets)
        named = {target: name for target, name in zip(targets, names, strict=True) if name is not None}
        return [_contact(each, named) for each in found]

    async def _name(self, target: Target) -> str | None:
        """What a record is called; None for one that cannot be read."""
        kinds: dict[str, type[ContactRow | LeadRow | Named]] = {"Contact": ContactRow, "Lead": LeadRow}
        path = record_path(target)
        record = await or_default(self.crm.read(kinds.get(target[0], Named), path), None, unless=FATAL_ERRORS)
        return record.name if record else None

    async def _create(self, contact: Contact, draft: LogDraft) -> str:
        links = wanted_links(contact, draft)
        event = await self._post(Created, "/Events", new_event(draft, self.crm.clock.now()))
        await self.links.add(event.event_id, links)
        return str(event.event_id)

    async def _update(self, log_id: str, draft: LogDraft) -> None:
        """The event, then its links: one that cannot be written is kept for the next update."""
        event_id, chosen = parse_id(log_id, "event"), chosen_links(draft)
        event = await self.crm.read(Event, f"/Events/{event_id}")
        if body := changed_event(event, draft):
            await self.crm.put("/Events", body)
        await self.links.settle(event_id, chosen, event.links)

    async def _post(self, into: type[T], path: str, body: JsonObject) -> T:
        return decode(into, await self.crm.post(path, body), f"POST {path}")


def _offered(person: Person) -> list[Target]:
    """The records that the log form offers for somebody."""
    return [target for target in person.targets() if target[0] in FORM_FIELDS.values()]


def _contact(found: Found, names: Mapping[Target, str]) -> Contact:
    person = found.person
    offered = [target for target in _offered(person) if target in names]
    organisation = ("Organisation", person.organisation_id) if person.organisation_id else None
    return Contact(
        id=str(person.id),
        name=person.name,
        phone=found.phone,
        type=person.kind,
        title=person.title or "",
        organization=names.get(organisation, "") if organisation else person.organisation_name or "",
        organization_id=str(person.organisation_id or ""),
        created_date=person.date_created_utc,
        most_recent_activity_date=person.last_activity_date_utc,
        additional_info={
            field: [
                Choice(const=str(number), title=names[kind, number])
                for kind, number in offered
                if kind == wanted
            ]
            for field, wanted in FORM_FIELDS.items()
        },
    )
