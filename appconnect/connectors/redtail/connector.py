"""Redtail: calls and messages become completed activities of a contact.

API: https://documenter.getpostman.com/view/7873823/SVzxXyzn ("TWAPI Documentation"). A log is one operation
of two or three requests: the activity is made, the agent's note is added below it (``notes``, only if the
settings ask for it), and the activity is completed. From the first on there is a log, whatever the others
say.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import ClassVar, Final

from pydantic import JsonValue

from appconnect.connector import Connector, Cost, IsClaimed, never_claimed
from appconnect.connectors.redtail.categories import category_id, offer
from appconnect.connectors.redtail.finishing import Finishing
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
    Activities,
    Activity,
    Created,
    DatabaseUsers,
    Found,
    OneActivity,
    OneDatabaseUser,
    OnePerson,
    Person,
    Phones,
)
from appconnect.errors import ConfigurationError, CrmError, Forbidden, NotFound, NotSignedIn, SessionExpired
from appconnect.http import ApiRules, decode
from appconnect.http.paging import by_page_number
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
from appconnect.phone import PhoneNumber, search_forms
from appconnect.timezones import iana_name

log = logging.getLogger(__name__)

WITH_PHONES: Final = {"include": "phones"}
"""A header, not a query parameter."""
A_DAY: Final = timedelta(days=1)
TIME_ZONE: Final = "redtailCustomTimezone"


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
    contact_types = ("Individual", "Business", "Trust", "Association", "Union")
    form_fields = ("category",)
    disposition_fields = ("category",)
    costs: ClassVar[Mapping[str, Cost]] = {
        "get_user_info": Cost(1),
        "unauthorize": Cost(0),
        "find_contact": Cost(2),
        "find_contact_with_name": Cost(2),
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
        """User name and password, for a user key."""
        return AuthType.API_KEY

    async def get_oauth_info(self) -> OAuthInfo:
        """There is no OAuth."""
        raise ConfigurationError("Redtail is signed in to with user name and password, not with OAuth.")

    async def get_user_info(self) -> User:
        """Whom the user key belongs to; the time zone is the setting ``redtailCustomTimezone``.

        The user's id is Redtail's, which is one across databases; the database is told beside it.
        """
        who = self.crm.about_connection()
        user_id = str(who.get("userId") or "")
        if not user_id:
            raise NotSignedIn("There is no connection to Redtail yet; sign in first.")
        return User(
            id=f"{user_id}-{self.platform}",
            name=await self._user_name(user_id) or str(who.get("username") or ""),
            timezone_name=self.timezone(),
            platform_additional_info={"databaseId": who.get("databaseId")},
        )

    async def unauthorize(self) -> None:
        """Redtail cannot revoke a user key; that it is forgotten here is all there is."""

    def timezone(self) -> str:
        """The setting ``redtailCustomTimezone``: Redtail tells nobody's zone."""
        said = self.account.setting(TIME_ZONE) or self.account.options.get(TIME_ZONE, "")
        name = iana_name(said) if said else ""
        if said and not name:
            raise ConfigurationError(
                f"{TIME_ZONE} is {said!r}, which is no time zone; use a name like America/New_York."
            )
        return name

    # -- contacts --

    async def find_contact(self, number: PhoneNumber, *, overriding_format: str = "") -> list[Contact]:
        """Search by bare national digits and in the formats asked for, and check each hit by digits."""
        nationals = [each.national for each in (number, *number.habits)]
        forms = dict.fromkeys([*nationals, *search_forms(number, overriding_format)])
        found, offered = await self.crm.both(
            self.crm.gather(self._search(phone_number=form) for form in forms), offer(self.crm, self.cache)
        )
        once = {person.id: person for persons in found for person in persons}
        persons = await self.crm.gather(self._with_phones(person) for person in once.values())
        checked = [(person, person.phone_that_is(number)) for person in persons]
        return [person.as_contact(phone, offered) for person, phone in checked if phone]

    async def find_contact_with_name(self, name: str) -> list[Contact]:
        """Search by first, last or full name."""
        persons, offered = await self.crm.both(
            self._search(name=" ".join(name.split())), offer(self.crm, self.cache)
        )
        return [person.as_contact(person.main_phone(), offered) for person in persons]

    async def create_contact(
        self,
        number: PhoneNumber,
        new_contact_name: str,
        new_contact_type: str = "",
        additional_submission: Mapping[str, JsonValue] | None = None,
    ) -> NewContact:
        """A contact with one phone, in the category that was chosen."""
        kind = new_contact_type or self.contact_types[0]
        category = chosen(additional_submission, "category")
        body = new_person(number, new_contact_name, kind, self.contact_types, category)
        person = decode(OnePerson, await self.crm.post("/contacts", body), "POST /contacts").contact
        return NewContact(id=str(person.id), name=person.name or new_contact_name, type=kind)

    # -- call logs --

    async def create_call_log(self, contact: Contact, draft: LogDraft) -> str:
        """Make the activity, then complete it; from the first on there is a log, whatever the second says."""
        return await self._create(contact, draft)

    async def update_call_log(self, log_id: str, draft: LogDraft) -> None:
        """Change what the draft says, complete what has been left open, and add a note that is missing."""
        await self._update(log_id, draft)

    async def get_call_log(self, log_id: str) -> LogRecord:
        """The activity, and the name of its first linked contact."""
        activity, raw = await self._read(log_id)
        return LogRecord(
            id=str(activity.id),
            subject=activity.subject or "",
            body=activity.description or "",
            contact_id=str(activity.contact.contact_id or ""),
            contact_name=activity.contact.name or await self._contact_name(activity.contact.contact_id),
            start=activity.start_date,
            duration=activity.seconds,
            dispositions=activity.dispositions,
            raw=raw,
        )

    async def upsert_call_disposition(self, log_id: str, dispositions: JsonObject) -> str | None:
        """File the activity under another category; clearing it files it under the default one."""
        category = chosen(dispositions, "category")
        if category is None:
            return None
        body: JsonObject = {"category_id": await category_id(self.crm, self.cache, category)}
        activity_id = parse_id(log_id, "activity")
        await self.crm.put(f"/activities/{activity_id}", body)
        await self._finishing.catch_up(activity_id)
        return log_id

    # -- about Redtail --

    def get_log_format_type(self) -> LogFormat:
        """Descriptions are HTML."""
        return LogFormat.HTML

    async def get_user_list(self) -> list[CrmUser]:
        """The database's users who may get in; Redtail tells no e-mail addresses."""
        return [
            CrmUser(id=str(user.id), name=user.name)
            async for page in self.crm.pages("/lists/database_users", by_page_number)
            for user in decode(DatabaseUsers, page, "GET /lists/database_users").database_users
            if not user.deny_access
        ]

    async def find_log(
        self, contact: Contact, draft: LogDraft, *, is_claimed: IsClaimed = never_claimed
    ) -> str | None:
        """Among the activities of those days: mine, this contact's, same subject, same second.

        One that has been left open is finished.
        """
        if draft.start is None:
            return None
        begin, end = draft.start - A_DAY, draft.start + A_DAY  # whose midnight it is, is not documented
        user_id = self.account.user.crm_id if self.account.user else ""
        async for page in self.crm.pages(
            "/activities", by_page_number, start_date=f"{begin:%Y-%m-%d}", end_date=f"{end:%Y-%m-%d}"
        ):
            for activity in decode(Activities, page, "GET /activities").activities:
                if activity.is_from(draft, contact.id, user_id) and not is_claimed(str(activity.id)):
                    if not activity.completed:
                        await self._finishing.finish(activity.id, activity.category_id, draft)
                    return str(activity.id)
        return None

    async def new_contact_choices(self) -> dict[str, list[Choice]]:
        """The categories."""
        return await offer(self.crm, self.cache)

    # -- how Redtail does it --

    async def _search(self, **criterion: str) -> list[Person]:
        return [
            person
            async for page in self.crm.pages(
                "/contacts/search_basic", by_page_number, headers=WITH_PHONES, **criterion
            )
            for person in decode(Found, page, "GET /contacts/search_basic").contacts
            if not person.deleted
        ]

    async def _with_phones(self, person: Person) -> Person:
        """The phones, where the search leaves them out: that it heeds ``include`` is not documented."""
        if person.phones is not None:
            return person
        try:
            phones = (await self.crm.read(Phones, f"/contacts/{person.id}/phones")).phones
        except (Forbidden, NotFound):  # hidden from this user, or deleted since
            phones = []
        return person.model_copy(update={"phones": phones})

    async def _create(self, contact: Contact, draft: LogDraft) -> str:
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
        body["category_id"] = await category_id(self.crm, self.cache, draft.chosen("category") or "")
        created = decode(Created, await self.crm.post("/activities", body), "POST /activities").activity
        await self._finishing.finish(created.id, body["category_id"], draft)
        return str(created.id)

    @property
    def _finishing(self) -> Finishing:
        return Finishing(self.crm, self.cache, self.account.settings)

    async def _update(self, log_id: str, draft: LogDraft) -> None:
        activity_id = parse_id(log_id, "activity")
        old = (await self._read(log_id))[0] if needs_old(draft) else None
        body = {**texts(draft), **new_span(draft, old), **attendance(draft.owner_id, old)}
        category = draft.chosen("category")
        if category is not None:
            body["category_id"] = await category_id(self.crm, self.cache, category)
        if body:
            await self.crm.put(f"/activities/{activity_id}", {**body, "completed": True})
            self._finishing.completed(activity_id)
        await self._finishing.catch_up(activity_id)

    async def _read(self, log_id: str) -> tuple[Activity, JsonValue]:
        """An activity, and all that Redtail said of it."""
        body = await self.crm.get(f"/activities/{parse_id(log_id, 'activity')}")
        activity = decode(OneActivity, body, "GET /activities").activity
        if activity.deleted:
            raise NotFound("This log was deleted in Redtail.", status=404)
        return activity, body["activity"] if isinstance(body, dict) else None

    async def _user_name(self, user_id: str) -> str:
        """The user's name; "" when it cannot be read: the list may be closed to this user."""
        try:
            answer = await self.crm.read(OneDatabaseUser, f"/lists/database_users/{user_id}")
        except SessionExpired:
            raise
        except CrmError as error:
            log.warning("Redtail does not tell the name of user %s: %s", user_id, error)
            return ""
        return answer.database_users.name

    async def _contact_name(self, contact_id: int | None) -> str:
        """A contact's name; "" when it cannot be read: it may be hidden from this user, or gone."""
        if contact_id is None:
            return ""
        try:
            return (await self.crm.read(OnePerson, f"/contacts/{contact_id}")).contact.name
        except SessionExpired:
            raise
        except CrmError as error:
            log.warning("Redtail does not tell the name of contact %s: %s", contact_id, error)
            return ""
