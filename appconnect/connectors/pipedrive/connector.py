"""Pipedrive: calls and messages become done activities of a person, linked to a deal or a lead.

API: https://developers.pipedrive.com/docs/api/v1 (version 2 wherever it exists; users, activity types and
the list of leads exist in version 1 only).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import ClassVar

from pydantic import JsonValue

from appconnect.connector import Connector, Cost, IsClaimed, PlanLimits, never_claimed
from appconnect.connectors.pipedrive import search
from appconnect.connectors.pipedrive.activity_types import activity_type, is_fault_of_type
from appconnect.connectors.pipedrive.directory import Persons
from appconnect.connectors.pipedrive.follow_ups import (
    ORGANIZATION,
    change_activity,
    link_to_organization,
    person_of,
)
from appconnect.connectors.pipedrive.payloads import (
    activity_fields,
    activity_path,
    is_from,
    links_in,
    parse_id,
    send_times,
    was_added_before,
)
from appconnect.connectors.pipedrive.schemas import (
    RECORD,
    Activity,
    Many,
    One,
    PipedriveUser,
)
from appconnect.errors import Blocked, CrmError, NotFound, Rejected, SessionExpired
from appconnect.http import ApiRules, LimitHeaders, Pace, or_default, remove, write
from appconnect.http.decoding import check_id
from appconnect.http.paging import by_cursor
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
    OAuthInfo,
    User,
)
from appconnect.outbox import Handler
from appconnect.phone import PhoneNumber


class Pipedrive(Connector):
    """Pipedrive, by OAuth."""

    platform = "pipedrive"
    title = "Pipedrive"
    rules = ApiRules(
        hosts=("oauth.pipedrive.com", "*.pipedrive.com"),
        limit_headers=LimitHeaders(
            amount="x-ratelimit-limit",
            remaining="x-ratelimit-remaining",
            reset="x-ratelimit-reset",
            daily_amount="x-daily-ratelimit-token-limit",
            daily_remaining="x-daily-ratelimit-token-remaining",
        ),
        # https://pipedrive.readme.io/docs/core-api-concepts-rate-limiting, the smallest OAuth plan
        rate_limits=(Pace(80, 2.0, slack=0.1), Pace(10, 2.0, path="*/search", slack=0.1)),
        max_in_flight=32,  # deals and leads of many people at once
        error_keys=("error", "message"),
        reason_keys=("error_info",),
        boilerplate="Please check developers.pipedrive.com",
        min_wait=2.0,
        plain_text_403_blocks=True,  # its own refusals are JSON, Cloudflare's are not
    )
    max_matches = search.MAX_MATCHES
    max_log_form_options = search.MAX_WITH_OPTIONS
    contact_types = ("contact",)
    extensions_lack_plus = True
    form_fields = ("deals", "leads")
    exclusive_form_fields = (("deals", "leads"),)
    disposition_fields = ("deals", "leads")
    costs: ClassVar[Mapping[str, Cost]] = {
        "get_user_info": Cost(1, 2),
        "find_contact": Cost(2, 30, requests_per_match=2, units_per_match=30, path=search.PATH),
        "find_contact_with_name": Cost(2, 30, requests_per_match=2, units_per_match=30),
        "create_contact": Cost(1, 5),
        "create_call_log": Cost(1, 5),
        "update_call_log": Cost(1, 5),
        "get_call_log": Cost(2, 2),
        "upsert_call_disposition": Cost(1, 5),
        "create_message_log": Cost(1, 5),
        "update_message_log": Cost(1, 5),
        "get_user_list": Cost(1, 20),
    }
    plans: ClassVar[Mapping[str, PlanLimits]] = {
        "lite": PlanLimits(30_000, (Pace(80, 2.0),)),
        "growth": PlanLimits(60_000, (Pace(160, 2.0),)),
        "premium": PlanLimits(150_000, (Pace(400, 2.0),)),
        "ultimate": PlanLimits(210_000, (Pace(480, 2.0),)),
    }
    """For one seat, each further seat adds as much to the day; the same page, for tokens of OAuth."""

    # -- who --

    def get_auth_type(self) -> AuthType:
        """Return OAuth: https://pipedrive.readme.io/docs/marketplace-oauth-authorization."""
        return AuthType.OAUTH

    async def get_oauth_info(self) -> OAuthInfo:
        """Return the registered app and Pipedrive's OAuth addresses."""
        return OAuthInfo(
            client_id=self.account.client_id,
            client_secret=self.account.client_secret,
            authorize_uri="https://oauth.pipedrive.com/oauth/authorize",
            access_token_uri="https://oauth.pipedrive.com/oauth/token",  # noqa: S106
            revoke_uri="https://oauth.pipedrive.com/oauth/revoke",
            redirect_uri=self.account.redirect_uri,
        )

    async def get_user_info(self) -> User:
        """Return the user and company that the token belongs to."""
        me = (await self.crm.get("/v1/users/me", into=One[PipedriveUser])).data
        return User(
            id=f"{me.id}-{self.platform}",
            name=me.name,
            timezone_name=me.timezone_name or "",
            timezone_offset=me.timezone_offset or "",
            platform_additional_info={
                "companyId": me.company_id,
                "companyName": me.company_name,
                "companyDomain": me.company_domain,
            },
        )

    async def unauthorize(self) -> None:
        """Revoke the refresh token, which uninstalls the app for this user."""
        await self.crm.revoke()

    # -- contacts --

    async def find_contact(self, number: PhoneNumber, *, overriding_format: str = "") -> list[Contact]:
        """Search by national digits, which Pipedrive finds in any punctuation, and check each hit.

        The search also finds numbers that merely contain these digits; they are left out. Forms
        (``overriding_format``) are searched as well, each at the price of one more request and 20 units.
        """
        return await search.by_number(self.crm, number, overriding_format)

    async def find_contact_with_name(self, name: str) -> list[Contact]:
        """Search by name; a single letter must be the whole name, as Pipedrive has it."""
        return await search.by_name(self.crm, name.strip())

    async def create_contact(
        self,
        number: PhoneNumber,
        new_contact_name: str,
        new_contact_type: str = "",
        additional_submission: Mapping[str, JsonValue] | None = None,
    ) -> NewContact:
        """Create a person with one phone, in E.164."""
        phone: JsonObject = {"value": number.e164, "primary": True, "label": "work"}
        body: JsonObject = {"name": new_contact_name.strip(), "phones": [phone]}
        sign = replace(RECORD, repeats=("name",))
        made = await write(self.crm, "POST", "/api/v2/persons", body, sign=sign)
        return NewContact(id=made, name=new_contact_name.strip(), type="contact")

    # -- call logs --

    async def create_call_log(self, contact: Contact, draft: LogDraft) -> str:
        """Create one done activity with the person as its primary participant."""
        person_id = parse_id(contact.id, "contact")
        links = {key: value for key, value in links_in(draft).items() if value is not None}
        body: JsonObject = {
            **activity_fields(draft),
            **links,
            "type": await activity_type(self, draft.kind),
            "done": True,
            "participants": [{"person_id": person_id, "primary": True}],
        }
        try:
            organization_id, is_read = await self._organization_id(contact), True
        except (SessionExpired, Blocked):
            raise
        except CrmError:
            organization_id, is_read = None, False
        if organization_id:
            body["org_id"] = organization_id
        log_id = await self._created(body, draft.kind)
        if not is_read:
            await self._link_to_organization(log_id, contact)
        return log_id

    async def update_call_log(self, log_id: str, draft: LogDraft) -> None:
        """Patch what the draft says."""
        body = {**activity_fields(draft), **links_in(draft)}
        if body:
            await change_activity(self.crm, log_id, body)
        await self.catch_up(log_id)

    async def get_call_log(self, log_id: str) -> LogRecord:
        """Return the activity, and the name of its primary participant."""
        log = await self._read(log_id)
        name = await self._person_name(int(log.contact_id)) if log.contact_id else ""
        return log.model_copy(update={"contact_name": name})

    async def delete_call_log(self, log_id: str) -> None:
        """Delete the activity, which Pipedrive keeps for 30 days more."""
        number = parse_id(log_id, "activity")
        deletion = write(self.crm, "DELETE", activity_path(log_id), sign=RECORD, of=number)
        await remove(deletion, lambda: self._read(log_id))

    async def upsert_call_disposition(self, log_id: str, dispositions: JsonObject) -> str | None:
        """Link the deal or lead that was chosen; the other one is unlinked."""
        links = links_in(LogDraft(additional_submission=dispositions))
        if not links:
            return None
        await change_activity(self.crm, log_id, links)
        await self.catch_up(log_id)
        return log_id

    # -- about Pipedrive --

    def get_log_format_type(self) -> LogFormat:
        """Return HTML, for the notes of activities."""
        return LogFormat.HTML

    async def get_user_list(self) -> list[CrmUser]:
        """Return the company's active users; the list has no pages."""
        users = (await self.crm.get("/v1/users", into=Many[PipedriveUser])).data or []
        return [
            CrmUser(id=str(user.id), name=user.name or user.email or "", email=user.email or "")
            for user in users
            if user.active_flag and not user.is_deleted
        ]

    async def find_log(
        self, contact: Contact, draft: LogDraft, *, is_claimed: IsClaimed = never_claimed
    ) -> str | None:
        """Look for the draft's owner, subject, minute and words in the person's activities, the newest first.

        Those that were added before the call began are not looked at. One without the organization of the
        person, where that is not known, is linked to it.
        """
        newest = self.crm.rows(
            "/api/v2/activities", by_cursor, into=Activity, max_pages=None if draft.start else 1,
            person_id=parse_id(contact.id, "contact"), sort_by="add_time", sort_direction="desc", limit=100,
        )  # fmt: skip
        async for activity in newest:
            if was_added_before(activity, draft):
                break
            is_mine = is_from(activity, draft) and self.is_owner(activity.owner_id, draft)
            if is_mine and not is_claimed(str(activity.id)):
                if activity.org_id is None and contact.organization_id is None:
                    await self._link_to_organization(str(activity.id), contact)
                return str(activity.id)
        return None

    @property
    def follow_ups(self) -> Mapping[str, Handler]:
        """Return how an activity is linked to an organization that could not be read in time."""
        return {ORGANIZATION: partial(link_to_organization, self.crm)}

    async def get_log_to_change(self, log_id: str, kind: LogKind) -> LogRecord:
        """Return the activity alone; the name of its person would be one request more."""
        return await self._read(log_id)

    def directory(self) -> Persons:
        """Return the list of all persons."""
        return Persons(self.crm)

    # -- how Pipedrive does it --

    async def _read(self, log_id: str) -> LogRecord:
        reply = await self.crm.send("GET", activity_path(log_id))
        activity = reply.into(One[Activity]).data
        check_id(activity.id, parse_id(log_id, "activity"))
        if activity.is_deleted:
            raise NotFound("This log was deleted in Pipedrive.", status=404)
        return LogRecord(
            id=str(activity.id),
            subject=activity.subject or "",
            body=activity.note or "",
            contact_id=str(activity.contact_id or ""),
            start=activity.start,
            duration=activity.seconds,
            dispositions=activity.dispositions,
            raw=reply.at("data"),
        )

    async def _created(self, body: JsonObject, kind: LogKind) -> str:
        """Post; where the type is refused, which may be gone since the types were read, once with another."""
        try:
            return await self._posted(body)
        except Rejected as error:
            if not is_fault_of_type(error.crm_message):
                raise
            other = await activity_type(self, kind, fresh=True)
            if other == body["type"]:
                raise
        return await self._posted({**body, "type": other})

    async def _posted(self, body: JsonObject) -> str:
        sign = replace(RECORD, repeats=("subject",))
        post = partial(write, self.crm, "POST", "/api/v2/activities", sign=sign)
        return await send_times(post, body)

    async def _organization_id(self, contact: Contact) -> int | None:
        if contact.organization_id is not None:
            return parse_id(contact.organization_id, "organization") if contact.organization_id else None
        return (await person_of(self.crm, parse_id(contact.id, "contact"))).org_id

    async def _link_to_organization(self, log_id: str, contact: Contact) -> None:
        person_id = parse_id(contact.id, "contact")
        missing = f"The log is not linked to the organization of {contact.name}"
        await self.follow_up(log_id, ORGANIZATION, {"person_id": person_id}, missing=missing)

    async def _person_name(self, person_id: int) -> str:
        missing = f"the name of person {person_id}"
        person = await or_default(person_of(self.crm, person_id), None, missing=missing)
        return person.name if person else ""
