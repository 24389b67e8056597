"""The words of the CRM: users, contacts, and logs on their way there and back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from pydantic import Field, SecretStr, SerializerFunctionWrapHandler, model_serializer

from appconnect.models.direction import Direction
from appconnect.models.wire import Json, JsonObject, Model, Wire


class AuthType(StrEnum):
    """The two ways to sign in to a CRM."""

    OAUTH = "oauth"
    API_KEY = "apiKey"


class LogFormat(StrEnum):
    """The three formats of log bodies."""

    HTML = "text/html"
    MARKDOWN = "text/markdown"
    PLAIN = "text/plain"


class OAuthInfo(Wire):
    """The addresses and the app of an OAuth sign-in. The client secret is not part of ``to_wire()``.

    ``api_uri`` is where the API begins, for CRMs that have to be asked for it (Bullhorn's data centres).
    """

    client_id: str
    client_secret: SecretStr = Field(exclude=True)
    authorize_uri: str
    access_token_uri: str
    revoke_uri: str = ""
    redirect_uri: str
    api_uri: str = ""


class User(Wire):
    """The CRM user behind the credentials; ``id`` is ``"<crm id>-<platform>"``.

    ``timezone_name`` is an IANA name ("Europe/Lisbon"); ``timezone_offset`` ("+01:00") is what the CRM said
    at sign-in and goes stale when clocks change, so the name wins where there is one.
    """

    id: str
    name: str
    timezone_name: str = ""
    timezone_offset: str = ""
    platform_additional_info: JsonObject = Field(default_factory=dict, repr=False)

    @property
    def crm_id(self) -> str:
        """The CRM's own id of this user: everything before the last hyphen."""
        return self.id.rpartition("-")[0]


class CrmUser(Wire):
    """A CRM user that an admin can map extensions to."""

    id: str
    name: str
    email: str = ""


class Choice(Wire):
    """One entry of a drop-down in the log form: ``const`` is sent, ``title`` is shown."""

    const: str
    title: str


Choices = Mapping[str, list[Choice] | dict[str, list[Choice]]]
"""The drop-downs of a form by field; in the form for a new contact also by contact type, then field."""


class Contact(Wire):
    """A CRM record that a call can be logged against, or the entry for a new one (``is_new_contact``).

    ``additional_info`` holds what the form offers for it: a list of choices per field, e.g. ``deals``; for a
    new contact also the fields of each contact type. :attr:`choices` and :meth:`choices_of_type` read it.
    ``organization_id`` stays here; None when the CRM was not asked, "" when there is no organization.
    """

    id: str
    name: str
    phone: str = ""
    type: str = ""
    title: str = ""
    organization: str = ""
    organization_id: str | None = Field(default=None, exclude=True, repr=False)
    created_date: datetime | None = Field(default=None, repr=False)
    most_recent_activity_date: datetime | None = Field(default=None, repr=False)
    is_new_contact: bool = False
    default_contact_type: str = Field(default="", repr=False)
    additional_info: Choices = Field(default_factory=dict, repr=False)

    @property
    def choices(self) -> dict[str, list[Choice]]:
        """What the form offers, by field, whatever the contact's type."""
        return {name: each for name, each in self.additional_info.items() if isinstance(each, list)}

    def choices_of_type(self, contact_type: str) -> dict[str, list[Choice]]:
        """Return what the form for a new contact offers for one type alone, by field."""
        fields = self.additional_info.get(contact_type)
        return fields if isinstance(fields, dict) else {}

    @model_serializer(mode="wrap")
    def _leave_out_what_does_not_apply(self, serialize: SerializerFunctionWrapHandler) -> JsonObject:
        wire: JsonObject = serialize(self)
        optional = ("phone", "type", "organization") if self.is_new_contact else ("isNewContact",)
        for key in ("title", "defaultContactType", *optional):
            if not wire.get(key):
                wire.pop(key, None)
        return wire


class NewContact(Wire):
    """The identity of a contact that was just created; ``type`` stays here."""

    id: str
    name: str
    type: str = Field(default="", exclude=True)


class LogKind(StrEnum):
    """The kinds of log; CRMs choose activity types and categories by it."""

    CALL = "call"
    SMS = "sms"
    SHARED_SMS = "shared sms"
    VOICEMAIL = "voicemail"
    FAX = "fax"


class LogRecord(Model):
    """A log as the CRM has it, read back by a connector."""

    id: str
    subject: str = ""
    body: str = ""
    contact_id: str = ""
    contact_name: str = ""
    start: datetime | None = None
    duration: int | None = None
    dispositions: JsonObject = Field(default_factory=dict)
    raw: Json = Field(default=None, repr=False)


class LogDraft(Model):
    """A finished log, ready to be written by a connector. None means: leave that field as it is.

    ``start`` is aware UTC, ``duration`` in seconds, ``owner_id`` the CRM id of the log's owner,
    ``additional_submission`` what was chosen in the log form (``deals``, ``leads``, ``noteActions`` …).
    """

    kind: LogKind = LogKind.CALL
    subject: str | None = None
    body: str | None = None
    start: datetime | None = None
    duration: int | None = None
    direction: Direction | None = None
    result: str | None = None
    owner_id: str | None = None
    note: str | None = None
    """The agent's note by itself, for CRMs that keep one beside the body."""
    reference: str = ""
    """Our own idempotency key: the RingCentral session id, or conversation id and day."""
    additional_submission: JsonObject = Field(default_factory=dict)
    current: LogRecord | None = Field(default=None, exclude=True, repr=False)
    """The log that is to be changed, where the caller has just read it; it need not be read again."""

    def chosen(self, field: str) -> str | None:
        """Return the choice in the log form for ``field``: an id, ``""`` to clear it, None without one.

        Forms send bare values or ``{const, title}``; "none" is App Connect's word for an empty choice.
        """
        if field not in self.additional_submission:
            return None
        value = self.additional_submission[field]
        if isinstance(value, dict):
            value = value.get("const")
        if value is None or value is False or value in ("", "none"):
            return ""
        return str(value)
