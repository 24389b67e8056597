"""What New CRM answers, as far as the connector reads it.

https://docs.newcrm.example (replace by your vendor's page). A field that may be absent has a default; an
answer without one that must be there is an error that names it.
"""

from __future__ import annotations

from typing import Final, Generic, TypeVar

from appconnect.http import Sign
from appconnect.models import AnyMoment, Contact
from pydantic import BaseModel, ConfigDict

T = TypeVar("T")
RECORD: Final = Sign(id_at="data.id")
"""What a write is answered with when it was done; without it nobody may say that it was."""


class One(BaseModel, Generic[T]):
    """The envelope around a record."""

    data: T


class Me(BaseModel):
    """The user behind the credentials; ``time_zone`` is a name such as Europe/Lisbon."""

    id: int
    name: str
    time_zone: str = ""


class Person(BaseModel):
    """A contact."""

    id: int
    name: str
    phone: str = ""
    company: str = ""
    created_at: AnyMoment | None = None

    def as_contact(self, phone: str) -> Contact:
        """Return the contact in App Connect's words."""
        return Contact(
            id=str(self.id),
            name=self.name,
            phone=phone,
            type="contact",
            organization=self.company,
            created_date=self.created_at,
        )


class Call(BaseModel):
    """A call that was logged, with everything that New CRM says of it."""

    model_config = ConfigDict(extra="allow")

    id: int
    contact_id: int
    owner_id: int
    subject: str = ""
    text: str = ""
    started_at: AnyMoment | None = None
    seconds: int | None = None
