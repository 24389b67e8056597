"""The words of App Connect: calls, messages, contacts, drafts, users and results.

Attributes are snake_case; ``to_wire()`` gives the exact camelCase JSON that App Connect exchanges, and
every model reads that JSON back.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    SecretStr,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)
from pydantic.alias_generators import to_camel

from appconnect.errors import AppConnectError

Json = JsonValue
JsonObject = dict[str, JsonValue]


class Wire(BaseModel):
    """A model with snake_case attributes in Python and camelCase names on the wire."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, extra="ignore", coerce_numbers_to_str=True
    )

    @model_validator(mode="before")
    @classmethod
    def _null_is_unsaid(cls, said: object) -> object:
        """RingCentral writes null for what it does not know."""
        return (
            {key: value for key, value in said.items() if value is not None}
            if isinstance(said, dict)
            else said
        )

    def to_wire(self) -> JsonObject:
        """The camelCase JSON object; what is None or unset by the CRM is left out."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)


def _moment(value: object) -> object:
    """Milliseconds since 1970, seconds-free ISO 8601 text, or a datetime; always aware, UTC when unsaid."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return datetime.fromtimestamp(value / 1000, UTC)
    if isinstance(value, str) and value.strip().lstrip("-").isdigit():
        return datetime.fromtimestamp(int(value) / 1000, UTC)
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    if isinstance(value, datetime) and value.tzinfo is None:
        return value.replace(tzinfo=UTC)
    return value


Moment = Annotated[datetime, BeforeValidator(_moment)]
"""A point in time as App Connect sends it: milliseconds since 1970, or ISO 8601."""


# -- the phone system --


class Direction(StrEnum):
    """Which way a call or message went, seen from RingCentral."""

    INBOUND = "Inbound"
    OUTBOUND = "Outbound"


class Party(Wire):
    """One end of a call or message."""

    phone_number: str = ""
    extension_number: str = ""
    name: str = ""


class Recording(Wire):
    """Where a call's recording can be heard."""

    link: str = ""


class Leg(Wire):
    """One stretch of a call's journey through the phone system; ``duration`` in seconds."""

    direction: str = ""
    leg_type: str = ""
    from_: Party | None = Field(default=None, alias="from")
    to: Party | None = None
    duration: int | None = None
    result: str = ""


class Call(Wire):
    """A call as RingCentral reports it; ``duration`` in seconds."""

    id: str = ""
    session_id: str = ""
    telephony_session_id: str = ""
    direction: Direction = Direction.OUTBOUND
    start_time: Moment | None = None
    duration: int | None = None
    result: str | None = None
    from_: Party = Field(default_factory=Party, alias="from")
    to: Party = Field(default_factory=Party)
    recording: Recording | None = None
    custom_subject: str = ""
    legs: list[Leg] = Field(default_factory=list)

    @property
    def contact_party(self) -> Party:
        """The other side: who was called, or who is calling."""
        return self.to if self.direction is Direction.OUTBOUND else self.from_

    @property
    def own_party(self) -> Party:
        """Our side of the call."""
        return self.from_ if self.direction is Direction.OUTBOUND else self.to

    def subject(self, contact_name: str) -> str:
        """``custom_subject``, or "Outbound Call to NAME" / "Inbound Call from NAME"."""
        if self.custom_subject:
            return self.custom_subject
        way = "Outbound Call to" if self.direction is Direction.OUTBOUND else "Inbound Call from"
        return f"{way} {contact_name}".rstrip()


class Conversation(Wire):
    """The thread that a message belongs to."""

    id: str = ""


class MessageType(StrEnum):
    """What RingCentral calls the kinds of message."""

    SMS = "SMS"
    VOICEMAIL = "VoiceMail"
    FAX = "Fax"


class Message(Wire):
    """An SMS, voicemail or fax as RingCentral reports it; ``subject`` is the text of an SMS."""

    id: str = ""
    conversation: Conversation = Field(default_factory=Conversation)
    direction: Direction = Direction.INBOUND
    type: MessageType = MessageType.SMS
    subject: str = ""
    creation_time: Moment | None = None
    from_: Party = Field(default_factory=Party, alias="from")
    to: list[Party] = Field(default_factory=list)
    attachments: list[JsonObject] = Field(default_factory=list)


# -- the CRM --


class AuthType(StrEnum):
    """How a CRM is signed in to."""

    OAUTH = "oauth"
    API_KEY = "apiKey"


class LogFormat(StrEnum):
    """What a CRM's log body is written in."""

    HTML = "text/html"
    MARKDOWN = "text/markdown"
    PLAIN = "text/plain"


class OAuthInfo(Wire):
    """Where and as whom to run the OAuth conversation. The client secret is not part of ``to_wire()``.

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
    platform_additional_info: JsonObject = Field(default_factory=dict)

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


class Contact(Wire):
    """A CRM record that a call can be logged against.

    ``additional_info`` holds what the log form offers for it: a list of choices per field, e.g. ``deals``.
    ``organization_id`` stays here; None when the CRM was not asked, "" when there is no organization.
    """

    id: str
    name: str
    phone: str = ""
    type: str = ""
    title: str = ""
    organization: str = ""
    organization_id: str | None = Field(default=None, exclude=True)
    created_date: datetime | None = None
    most_recent_activity_date: datetime | None = None
    is_new_contact: bool = False
    default_contact_type: str = Field(default="", exclude=True)
    additional_info: dict[str, list[Choice]] = Field(default_factory=dict)

    @model_serializer(mode="wrap")
    def _leave_out_what_does_not_apply(self, serialize: SerializerFunctionWrapHandler) -> JsonObject:
        wire: JsonObject = serialize(self)
        optional = ("phone", "type", "organization") if self.is_new_contact else ("isNewContact",)
        for key in ("title", *optional):
            if not wire.get(key):
                wire.pop(key, None)
        info = wire.get("additionalInfo")
        if self.default_contact_type and isinstance(info, dict):
            info["defaultContactType"] = self.default_contact_type
        return wire


class NewContact(Wire):
    """The identity of a contact that was just created; ``type`` stays here."""

    id: str
    name: str
    type: str = Field(default="", exclude=True)


class LogKind(StrEnum):
    """What a log is about; CRMs choose activity types and categories by it."""

    CALL = "call"
    SMS = "sms"
    SHARED_SMS = "shared sms"
    VOICEMAIL = "voicemail"
    FAX = "fax"


class LogDraft(BaseModel):
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

    def chosen(self, field: str) -> str | None:
        """What the log form says for ``field``: the id, ``""`` to clear it, None when it does not say.

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


class LogRecord(BaseModel):
    """A log as the CRM has it, read back by a connector."""

    id: str
    subject: str = ""
    body: str = ""
    contact_id: str = ""
    contact_name: str = ""
    start: datetime | None = None
    duration: int | None = None
    dispositions: JsonObject = Field(default_factory=dict)
    raw: Json = None


# -- results --


class MessageLevel(StrEnum):
    """How a message to the user is coloured."""

    SUCCESS = "success"
    WARNING = "warning"
    DANGER = "danger"
    ERROR = "error"


class DetailItem(Wire):
    """One line of a message's details."""

    id: str
    type: Literal["text"] = "text"
    text: str


class Detail(Wire):
    """A titled group of lines below a message."""

    title: str
    items: list[DetailItem]


class ReturnMessage(Wire):
    """What App Connect shows to the person; ``ttl`` in milliseconds."""

    message: str
    message_type: MessageLevel
    ttl: int = 2000
    details: list[Detail] | None = None


class RateLimitStatus(Wire):
    """What the CRM last said of its limits. None: it did not say, which is not the same as zero."""

    ratelimit_remaining: int | None = None
    ratelimit_amount: int | None = None
    ratelimit_reset: float | None = None


class Tracking(RateLimitStatus):
    """``extraDataTracking``: rate limits, always, and what the log was made with."""

    with_smart_note_log: bool | None = None
    with_transcript: bool | None = None


class Result(Wire):
    """What every workbench operation gives back. ``error`` is for whoever debugs and is never on the wire."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, extra="ignore", arbitrary_types_allowed=True
    )

    successful: bool = True
    return_message: ReturnMessage | None = None
    extra_data_tracking: Tracking = Field(default_factory=Tracking)
    error: AppConnectError | None = Field(default=None, exclude=True, repr=False)

    @property
    def message(self) -> str:
        """The sentence for the person, or ""."""
        return self.return_message.message if self.return_message else ""


class SignedIn(Result):
    """Who is connected now."""

    user: User | None = None


class SignedOut(Result):
    """The local credentials are gone; the message says whether the CRM revoked them too."""


class ContactMatches(Result):
    """Contacts that carry the number, or whose name matches."""

    matched_contact_info: list[Contact] = Field(default_factory=list)

    @property
    def contacts(self) -> list[Contact]:
        """The real contacts, without the "Create new contact..." entry."""
        return [contact for contact in self.matched_contact_info if not contact.is_new_contact]


class ContactCreated(Result):
    """The new contact."""

    contact_info: NewContact | None = None


class Logged(Result):
    """A call or message is in the CRM under ``log_id``."""

    log_id: str | None = None


class LogUpdated(Result):
    """A log was changed; ``updated_note`` is the agent's note as it now stands, ``log_id`` stays here."""

    log_id: str | None = Field(default=None, exclude=True)
    updated_note: str | None = None


class CallLogInfo(Wire):
    """A call log read back: what a person wrote, and everything else."""

    subject: str = ""
    note: str = ""
    contact_name: str = ""
    full_body: str = ""
    full_log_response: Json = None
    dispositions: JsonObject = Field(default_factory=dict)


class CallLogRead(Result):
    """A call log as it stands in the CRM."""

    call_log_info: CallLogInfo | None = None


class UserList(Result):
    """The CRM's active users."""

    users: list[CrmUser] = Field(default_factory=list)


class UserMapping(Wire):
    """An admin's word on whose logs are whose: one CRM user for one or several RingCentral extensions."""

    model_config = ConfigDict(coerce_numbers_to_str=True)

    crm_user_id: str
    rc_extension_id: str | list[str] = ""

    def covers(self, extension_id: str) -> bool:
        """Whether this mapping names the extension; ids compare as text."""
        ids = self.rc_extension_id if isinstance(self.rc_extension_id, list) else [self.rc_extension_id]
        return extension_id in [str(each) for each in ids]


class AdminConfiguration(Wire):
    """What an account's admin has set; found by the hashed account id."""

    hashed_account_id: str
    user_mappings: list[UserMapping] = Field(default_factory=list)
    custom: JsonObject = Field(default_factory=dict)


UserSettings = Mapping[str, JsonValue]
"""App Connect's user settings: ``{"addCallLogNote": {"value": true}, …}``."""


def setting(settings: UserSettings, key: str, default: JsonValue) -> JsonValue:
    """``settings[key].value``, or the default when it is not set."""
    entry = settings.get(key)
    value = entry.get("value") if isinstance(entry, dict) else None
    return default if value is None else value
