"""Redtail: calls and messages become completed activities of a contact.

API: https://documenter.getpostman.com/view/7873823/SVzxXyzn ("TWAPI Documentation"). A log is one operation
of two or three requests: the activity is made, the agent's note is added below it (``notes``, only if the
settings ask for it), and the activity is completed. From the first on there is a log, whatever becomes of
the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import ClassVar, Final

from pydantic import JsonValue

from appconnect.connector import Connector, Cost, IsClaimed, never_claimed
from appconnect.connectors.redtail import names, search
from appconnect.connectors.redtail.categories import category_id, category_options
from appconnect.connectors.redtail.directory import AllContacts
from appconnect.connectors.redtail.follow_ups import (
    AGENT_NOTE,
    COMPLETION,
    add_note,
    complete,
    finish,
    put_note,
    set_fields,
    wants_note,
)
from appconnect.connectors.redtail.payloads import (
    CALL_CODE,
    attendance,
    chosen,
    needs_old,
    new_person,
    new_span,
    parse_id,
    span,
    texts,
)
from appconnect.connectors.redtail.schemas import (
    ACTIVITY,
    CONTACT,
    DELETED,
    Activity,
    DatabaseUser,
    OneActivity,
)
from appconnect.errors import NotFound, NotSignedIn
from appconnect.http import ApiRules, remove, write
from appconnect.http.decoding import check_id
from appconnect.http.paging import by_page_number
from appconnect.models import (
    AuthType,
    Choices,
    Contact,
    CrmUser,
    JsonObject,
    LogDraft,
    LogFormat,
    LogRecord,
    NewContact,
    User,
)
from appconnect.operation_warnings import warn
from appconnect.outbox import Handler
from appconnect.phone import PhoneNumber
from appconnect.timezones import zone_text

A_DAY: Final = timedelta(days=1)
TIME_ZONE: Final = "redtailCustomTimezone"
UTC: Final = "+00:00"


class Redtail(Connector):
    """Redtail, by user name and password."""

    platform = "redtail"
    title = "Redtail"
    rules = ApiRules(
        hosts=(
            "crm.redtailtechnology.com",
            "smf.crm3.redtailtechnology.com",
            "review.crm.redtailtechnology.com",
        ),
        error_keys=("message", "error"),
        min_wait=2.0,  # no limits are documented, and no header tells of them
        idempotent=frozenset({"GET", "PUT"}),  # a PUT sets the fields that are sent
    )
    unsupported: ClassVar[Mapping[str, str]] = {
        "get_oauth_info": "Redtail is signed in to with user name and password, not with OAuth."
    }
    contact_types = ("Individual", "Business", "Trust", "Association", "Union")
    form_fields = common_form_fields = ("category",)
    disposition_fields = ("category",)
    costs: ClassVar[Mapping[str, Cost]] = {
        "get_user_info": Cost(1),
        "unauthorize": Cost(0),
        "find_contact": Cost(1),
        "find_contact_with_name": Cost(1),
        "create_contact": Cost(1),
        "create_call_log": Cost(2),
        "update_call_log": Cost(1),
        "get_call_log": Cost(1),
        "upsert_call_disposition": Cost(1),
        "create_message_log": Cost(2),
        "update_message_log": Cost(1),
        "get_user_list": Cost(1),
    }
    """Requests as counted here: Redtail documents no costs. Once a day one more reads the categories."""

    # -- who --

    def get_auth_type(self) -> AuthType:
        """Return an API key: name and password are given for a user key."""
        return AuthType.API_KEY

    async def get_user_info(self) -> User:
        """Return whom the user key belongs to, in the time zone of the setting ``redtailCustomTimezone``.

        The user's id is Redtail's, which is one across databases; the database is told beside it.
        """
        who = self.crm.about_connection()
        user_id = str(who.get("userId") or "")
        if not user_id:
            raise NotSignedIn("There is no connection to Redtail yet; sign in first.")
        zone = self.timezone()
        is_offset = zone.startswith(("+", "-"))
        return User(
            id=f"{user_id}-{self.platform}",
            name=await names.user_name(self.crm, user_id) or str(who.get("username") or ""),
            timezone_name="" if is_offset else zone,
            timezone_offset=zone if is_offset else "",
            platform_additional_info={"databaseId": who.get("databaseId")},
        )

    def timezone(self) -> str:
        """Return the setting ``redtailCustomTimezone``, a name or an offset: Redtail tells nobody's zone."""
        said = self.account.setting(TIME_ZONE) or self.account.options.get(TIME_ZONE, "").strip() or "0"
        zone = zone_text(said)
        if not zone:
            warn(
                f"{TIME_ZONE} is {said!r}, which is no time zone, so times are in UTC; "
                "use hours like -5 or 5.5, or a name like America/New_York."
            )
        return zone or UTC

    # -- contacts --

    async def find_contact(self, number: PhoneNumber, *, overriding_format: str = "") -> list[Contact]:
        """Search by bare national digits and in the formats asked for, and check each hit by digits."""
        found, options = await self.crm.both(
            search.by_number(self.crm, number, overriding_format), category_options(self)
        )
        return [person.as_contact(phone, options) for person, phone in found]

    async def find_contact_with_name(self, name: str) -> list[Contact]:
        """Search by first, last or full name."""
        found, options = await self.crm.both(search.by_name(self.crm, name), category_options(self))
        return [person.as_contact(phone, options) for person, phone in found]

    async def create_contact(
        self,
        number: PhoneNumber,
        new_contact_name: str,
        new_contact_type: str = "",
        additional_submission: Mapping[str, JsonValue] | None = None,
    ) -> NewContact:
        """Create a contact with one phone, in the category that was chosen."""
        kind = new_contact_type or self.contact_types[0]
        category = chosen(additional_submission, "category")
        body = new_person(number, new_contact_name, kind, self.contact_types, category)
        made_id = await write(self.crm, "POST", "/contacts", body, sign=CONTACT)
        return NewContact(id=made_id, name=" ".join(new_contact_name.split()), type=kind)

    # -- call logs --

    async def create_call_log(self, contact: Contact, draft: LogDraft) -> str:
        """Make the activity, then finish it."""
        contact_id = parse_id(contact.id, "contact")
        body: JsonObject = {
            **texts(draft),
            **span(draft.start or self.crm.clock.now(), draft.duration),
            "all_day": False,
            "repeats": "never",
            "activity_code_id": CALL_CODE,
            "linked_contacts": [{"contact_id": contact_id}],
            **attendance(draft.owner_id),
        }
        body["category_id"] = await category_id(self, draft.chosen("category") or "")
        sign = replace(ACTIVITY, empty=None, repeats=("subject",))
        activity_id = int(await write(self.crm, "POST", "/activities", body, sign=sign))
        await finish(self, activity_id, body["category_id"], draft)
        return str(activity_id)

    async def update_call_log(self, log_id: str, draft: LogDraft) -> None:
        """Change what the draft says, and complete an activity that has been left open.

        A new note is renewed in the notes tab as well, where the settings ask for that.
        """
        activity_id = parse_id(log_id, "activity")
        noted = wants_note(self, draft)
        old = (await self._read(log_id))[0] if noted or needs_old(draft) else None
        body = {**texts(draft), **new_span(draft, old), **attendance(draft.owner_id, old)}
        category = draft.chosen("category")
        if category is not None:
            body["category_id"] = await category_id(self, category)
        if body:
            await set_fields(self.crm, activity_id, {**body, "completed": True})
            self.follow_up_done(str(activity_id), COMPLETION)
        if noted:
            filed = body.get("category_id") or (old and old.category_id) or await category_id(self, "")
            await put_note(self, str(activity_id), filed, draft)
        await self.catch_up(str(activity_id))

    async def get_call_log(self, log_id: str) -> LogRecord:
        """Return the activity, and the name of its first linked contact."""
        activity, raw = await self._read(log_id)
        return LogRecord(
            id=str(activity.id),
            subject=activity.subject or "",
            body=activity.description or "",
            contact_id=str(activity.contact.contact_id or ""),
            contact_name=activity.contact.name
            or await names.contact_name(self.crm, activity.contact.contact_id),
            start=activity.start_date,
            duration=activity.seconds,
            dispositions=activity.dispositions,
            raw=raw,
        )

    async def delete_call_log(self, log_id: str) -> None:
        """Delete the activity."""
        deletion = write(self.crm, "DELETE", f"/activities/{parse_id(log_id, 'activity')}", sign=DELETED)
        await remove(deletion, lambda: self._read(log_id))

    async def upsert_call_disposition(self, log_id: str, dispositions: JsonObject) -> str | None:
        """File the activity under another category; clearing it files it under the default one."""
        category = chosen(dispositions, "category")
        if category is None:
            return None
        body: JsonObject = {"category_id": await category_id(self, category)}
        activity_id = parse_id(log_id, "activity")
        await set_fields(self.crm, activity_id, body)
        await self.catch_up(str(activity_id))
        return log_id

    # -- about Redtail --

    def get_log_format_type(self) -> LogFormat:
        """Return HTML, for the descriptions of activities."""
        return LogFormat.HTML

    async def get_user_list(self) -> list[CrmUser]:
        """Return the database's users who may get in; Redtail tells no e-mail addresses."""
        path, at = "/lists/database_users", "database_users"
        return [
            CrmUser(id=str(user.id), name=user.name)
            async for user in self.crm.rows(path, by_page_number, into=DatabaseUser, at=at)
            if not user.deny_access
        ]

    async def find_log(
        self, contact: Contact, draft: LogDraft, *, is_claimed: IsClaimed = never_claimed
    ) -> str | None:
        """Look among the activities of those days for mine, this contact's, of the same second and words.

        An activity has no field for an id of ours; two calls of one second are told apart by what is said of
        them. One that has been left open is finished.
        """
        if draft.start is None:
            return None
        begin, end = draft.start - A_DAY, draft.start + A_DAY  # whose midnight it is, is not documented
        user_id = self.account.user.crm_id if self.account.user else ""
        mine = [
            activity
            async for activity in self.crm.rows(
                "/activities", by_page_number, into=Activity, at="activities",
                start_date=f"{begin:%Y-%m-%d}", end_date=f"{end:%Y-%m-%d}",
            )
            if activity.is_from(draft, contact.id, user_id) and not is_claimed(str(activity.id))
        ]  # fmt: skip
        if not mine:
            return None
        if not mine[0].completed:
            await self._finish(mine[0], draft)
        return str(mine[0].id)

    async def new_contact_choices(self) -> Choices:
        """Return the categories."""
        return await category_options(self)

    @property
    def follow_ups(self) -> Mapping[str, Handler]:
        """Return how the agent's note is added and an activity is completed."""
        return {AGENT_NOTE: partial(add_note, self), COMPLETION: partial(complete, self)}

    def directory(self) -> AllContacts:
        """Return the list of all contacts."""
        return AllContacts(self.crm)

    # -- how Redtail does it --

    async def _read(self, log_id: str) -> tuple[Activity, JsonValue]:
        """Return an activity, and all that Redtail has of it."""
        reply = await self.crm.send("GET", f"/activities/{parse_id(log_id, 'activity')}")
        activity = reply.into(OneActivity).activity
        check_id(activity.id, parse_id(log_id, "activity"))
        if activity.deleted:
            raise NotFound("This log was deleted in Redtail.", status=404)
        return activity, reply.at("activity")

    async def _finish(self, activity: Activity, draft: LogDraft) -> None:
        """Finish an activity that was found open: what is known to be missing, or else everything."""
        if self.follow_ups_waiting(str(activity.id)):
            await self.catch_up(str(activity.id))
        else:
            await finish(self, activity.id, activity.category_id, draft)
