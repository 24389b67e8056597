"""Acme: calls and messages become calls of a contact. The API has no documentation, as there is no Acme."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import ClassVar

from pydantic import BaseModel, JsonValue, TypeAdapter

from appconnect.connector import Connector, IsClaimed, never_claimed
from appconnect.errors import InputError
from appconnect.http import ApiRules
from appconnect.models import (
    AuthType,
    Contact,
    JsonObject,
    LogDraft,
    LogFormat,
    LogRecord,
    NewContact,
    User,
)
from appconnect.phone import PhoneNumber, digits


class Me(BaseModel):
    id: int
    name: str
    zone: str


class Person(BaseModel):
    id: int
    name: str
    phone: str


class Row(BaseModel):
    id: int
    contact: int
    text: str
    title: str
    start: datetime
    seconds: int


class Acme(Connector):
    """Acme, by key."""

    platform = "acme"
    title = "Acme"
    rules = ApiRules(hosts=("api.acme.example",), idempotent=frozenset({"GET", "PATCH"}))
    contact_types = ("contact",)
    unsupported: ClassVar[Mapping[str, str]] = {
        "get_oauth_info": "Acme has no OAuth; sign in with a key.",
        "find_contact_with_name": "Acme cannot search by name.",
        "upsert_call_disposition": "Acme's calls belong to a contact only.",
        "get_user_list": "Acme has no list of users.",
    }

    # -- who --

    def get_auth_type(self) -> AuthType:
        return AuthType.API_KEY

    async def get_user_info(self) -> User:
        me = Me.model_validate(await self.crm.get("/api/me"))
        return User(id=f"{me.id}-{self.platform}", name=me.name, timezone_name=me.zone)

    async def unauthorize(self) -> None:
        """Acme's keys cannot be revoked."""

    # -- contacts --

    async def find_contact(self, number: PhoneNumber, *, overriding_format: str = "") -> list[Contact]:
        found: list[Person] = []
        page = 1
        while page:
            answer = await self.crm.get("/api/contacts", digits=number.national, page=page)
            assert isinstance(answer, dict)
            found += TypeAdapter(list[Person]).validate_python(answer["contacts"])
            page = int(str(answer["next"] or 0))
        carriers = [person for person in found if digits(person.phone).endswith(number.national)]
        exact = [each for each in carriers if len(digits(each.phone)) <= len(digits(number.e164))]
        return [Contact(id=str(each.id), name=each.name, phone=each.phone, type="contact") for each in exact]

    async def create_contact(
        self,
        number: PhoneNumber,
        new_contact_name: str,
        new_contact_type: str = "",
        additional_submission: Mapping[str, JsonValue] | None = None,
    ) -> NewContact:
        body: JsonObject = {"name": new_contact_name, "phone": number.e164}
        person = Person.model_validate(await self.crm.post("/api/contacts", body))
        return NewContact(id=str(person.id), name=person.name, type="contact")

    # -- call logs --

    async def create_call_log(self, contact: Contact, draft: LogDraft) -> str:
        body: JsonObject = {"contact": _number(contact.id), **_said(draft)}
        return str(Row.model_validate(await self.crm.post("/api/calls", body)).id)

    async def update_call_log(self, log_id: str, draft: LogDraft) -> None:
        await self.crm.patch(f"/api/calls/{_number(log_id)}", _said(draft))

    async def get_call_log(self, log_id: str) -> LogRecord:
        body = await self.crm.get(f"/api/calls/{_number(log_id)}")
        row = Row.model_validate(body)
        who = Person.model_validate(await self.crm.get(f"/api/contacts/{row.contact}"))
        return LogRecord(
            id=log_id,
            subject=row.title,
            body=row.text,
            contact_id=str(row.contact),
            contact_name=who.name,
            start=row.start,
            duration=row.seconds,
            raw=body,
        )

    async def find_log(
        self, contact: Contact, draft: LogDraft, *, is_claimed: IsClaimed = never_claimed
    ) -> str | None:
        rows = TypeAdapter(list[Row]).validate_python(await self.crm.get("/api/calls", contact=contact.id))
        same = [row for row in rows if (row.text, row.start) == (draft.body, draft.start)]
        return next((str(row.id) for row in same if not is_claimed(str(row.id))), None)

    # -- about Acme --

    def get_log_format_type(self) -> LogFormat:
        return LogFormat.MARKDOWN


def _number(text: str) -> int:
    if not text.isdigit():
        raise InputError(f"{text!r} is no id of Acme's.")
    return int(text)


def _said(draft: LogDraft) -> JsonObject:
    said: JsonObject = {
        "title": draft.subject,
        "text": draft.body,
        "start": draft.start.astimezone(UTC).isoformat() if draft.start else None,
        "seconds": draft.duration,
        "owner": int(draft.owner_id) if draft.owner_id else None,
    }
    return {name: value for name, value in said.items() if value is not None}
