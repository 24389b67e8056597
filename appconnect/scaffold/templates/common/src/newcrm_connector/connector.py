"""The operations of New CRM: who is signed in, whom a number belongs to, and calls, written and read.

API: https://docs.newcrm.example (replace by your vendor's page). What an operation gets, returns and raises
is said in ``appconnect/connector.py``. The client, ``self.crm``, keeps the rate limits, tries again, renews
credentials and raises the CRM's errors; nothing of that is done here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from appconnect.connector import NOT_YET, Connector, IsClaimed, never_claimed
from appconnect.http import ApiRules, LimitHeaders, Pace, or_default, write
from appconnect.models import (
    AuthType,
    Contact,
    JsonObject,
    LogDraft,
    LogFormat,
    LogRecord,
    # only for oauth
    OAuthInfo,
    # until here
    User,
)
from appconnect.phone import PhoneNumber

from newcrm_connector import search
from newcrm_connector.payloads import call_fields, is_from, parse_id
from newcrm_connector.schemas import RECORD, Call, Me, One, Person


class NewcrmConnector(Connector):
    """New CRM."""

    platform = "newcrm"
    title = "New CRM"
    contact_types = ("contact",)  # what create_contact can make; the first is the default
    rules = ApiRules(
        hosts=("api.newcrm.example",),  # the only ones that credentials are sent to
        limit_headers=LimitHeaders(
            amount="x-newcrm-limit", remaining="x-newcrm-left", reset="x-newcrm-reset"
        ),
        rate_limits=(Pace(100, 10.0),),  # https://docs.newcrm.example/rate-limits
        error_keys=("problem",),  # where an error's body says what is wrong
    )
    unsupported: ClassVar[Mapping[str, str]] = {
        # Take out a line when you write its operation; the contract then runs its cases. NOT_YET is for what
        # you will write: the contract names the next one. What the CRM cannot do has a reason of its own.
        # only for key, user-key
        "get_oauth_info": "New CRM has no OAuth.",
        # until here
        "create_contact": NOT_YET,
        "update_call_log": NOT_YET,
        "upsert_call_disposition": NOT_YET,
        "create_message_log": NOT_YET,
        "update_message_log": NOT_YET,
        "get_user_list": NOT_YET,
    }

    # -- who --

    def get_auth_type(self) -> AuthType:
        """Return "oauth", or "apiKey" for everything that a person types."""
        # only for key, user-key
        return AuthType.API_KEY
        # until here
        # only for oauth
        return AuthType.OAUTH
        # until here

    # only for oauth
    async def get_oauth_info(self) -> OAuthInfo:
        """Return the registered app, and New CRM's OAuth addresses."""
        return OAuthInfo(
            client_id=self.account.client_id,
            client_secret=self.account.client_secret,
            authorize_uri="https://api.newcrm.example/oauth/authorize",
            access_token_uri="https://api.newcrm.example/oauth/token",
            revoke_uri="https://api.newcrm.example/oauth/revoke",
            redirect_uri=self.account.redirect_uri,
        )

    # until here
    async def get_user_info(self) -> User:
        """Return the user behind the credentials."""
        me = (await self.crm.get("/me", into=One[Me])).data
        return User(id=f"{me.id}-{self.platform}", name=me.name, timezone_name=me.time_zone)

    # -- contacts --

    async def find_contact(self, number: PhoneNumber, *, overriding_format: str = "") -> list[Contact]:
        """Return the contacts that carry the number; see `search.by_number`."""
        return await search.by_number(self.crm, number)

    async def find_contact_with_name(self, name: str) -> list[Contact]:
        """Return the contacts whose name contains the text."""
        return await search.by_name(self.crm, name)

    # -- call logs --

    async def create_call_log(self, contact: Contact, draft: LogDraft) -> str:
        """Write a call of the contact and return its id."""
        body: JsonObject = {"contact_id": parse_id(contact.id, "contact"), **call_fields(draft)}
        return await write(self.crm, "POST", "/calls", body, sign=RECORD)

    async def get_call_log(self, log_id: str) -> LogRecord:
        """Return the call, and the name of its contact where that may be read."""
        call = (await self.crm.get(f"/calls/{parse_id(log_id, 'call')}", into=One[Call])).data
        return LogRecord(
            id=str(call.id),
            subject=call.subject,
            body=call.text,
            contact_id=str(call.contact_id),
            contact_name=await or_default(
                self._contact_name(call.contact_id), "", missing=f"the name of contact {call.contact_id}"
            ),
            start=call.started_at,
            duration=call.seconds,
            raw=call.model_dump(mode="json"),
        )

    async def find_log(
        self, contact: Contact, draft: LogDraft, *, is_claimed: IsClaimed = never_claimed
    ) -> str | None:
        """Return the contact's call that was written from this draft, should an answer have been lost."""
        calls = self.crm.rows(
            "/calls", search.next_page, into=Call, contact_id=parse_id(contact.id, "contact")
        )
        async for call in calls:
            if is_from(call, draft) and not is_claimed(str(call.id)):
                return str(call.id)
        return None

    async def _contact_name(self, contact_id: int) -> str:
        return (await self.crm.get(f"/contacts/{contact_id}", into=One[Person])).data.name

    # -- about New CRM --

    def get_log_format_type(self) -> LogFormat:
        """Return what a call's text is written in."""
        return LogFormat.PLAIN
