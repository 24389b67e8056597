"""What a contract states about its CRM: facts, and how to look at and upset its sandbox.

What a connector wrote is judged by what the sandbox has stored, not by what the connector says: `stored`
reads the sandbox's own record.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import ClassVar, Generic, TypeVar
from zoneinfo import ZoneInfo

from appconnect.models import AuthType, Json, LogFormat, UserSettings
from appconnect.sandbox.base import CrmSandbox
from appconnect.testing.operations import LEVELS, Level

S = TypeVar("S", bound=CrmSandbox)
NEEDED: Mapping[Level, tuple[str, ...]] = {
    "sign-in": ("platform", "auth_type", "time_zone", "renews", "expire"),
    "match": ("crowd", "add_contact", "refusal_body"),
    "log": ("log_format", "log_paths", "write_path", "kit", "stored", "edit", "delete", "count"),
}
"""The answers without a default, by the level that first needs them."""


@dataclass(frozen=True, kw_only=True)
class StoredLog:
    """A log as the CRM has stored it, read from the sandbox's record and not through its API.

    ``start`` is aware; ``duration`` is in seconds as stored (end less start, or minutes times 60), None where
    the record has none; ``owner`` and ``contact`` are ids in the CRM. ``associations`` has a value for each
    of the connector's ``disposition_fields`` that the record is linked to, and no others. ``subject`` is None
    in a CRM whose logs have none.
    """

    body: str
    start: datetime
    duration: int | None
    owner: str
    contact: str
    associations: Mapping[str, str] = field(default_factory=dict)
    subject: str | None = None


class Answers(Generic[S]):
    """What differs from CRM to CRM. Each level needs the answers of its section and those above it."""

    platform: ClassVar[str]
    """The platform's name: ``"acme"``."""
    level: ClassVar[Level] = "everything"
    """How far the connector has come: ``sign-in``, ``match``, ``log``, ``messages`` or ``everything``."""
    options: ClassVar[Mapping[str, str]] = {}
    """What `connect` is told beside the user settings, where the sandbox needs it."""
    fault_settings: ClassVar[UserSettings] = {}
    """User settings with which a log takes the most requests; ``appconnect faults`` breaks each of them."""

    # -- sign-in --

    auth_type: ClassVar[AuthType]
    time_zone: ClassVar[str]
    """Rae's zone in the sandbox: an IANA name, or an offset such as ``"+05:30"``; in summer it is not UTC."""
    renews: ClassVar[bool]
    """Whether an expired session comes back by itself, as OAuth's do; a withdrawn key does not."""

    def expire(self, sandbox: S) -> None:
        """End Rae's session; where a key is all there is, withdraw it."""
        raise NotImplementedError

    def revoke(self, sandbox: S) -> None:
        """End the connection for good, so that only a new sign-in helps; by default as `expire` does."""
        self.expire(sandbox)

    named_settings: ClassVar[tuple[str, ...]] = ()
    """The connector's own settings that name a type, a category, a field, by App Connect's ids."""
    switches: ClassVar[tuple[str, ...]] = ()
    """Its own settings that are on or off."""

    # -- match --

    contact_type: ClassVar[str] = ""
    """The type that new contacts get; "" is the connector's default."""
    detail_path: ClassVar[str] = ""
    """A glob for what is read beside a contact and may be forbidden (a list of deals); "" for nothing."""

    search_paths: ClassVar[tuple[str, ...]] = ()
    """Globs for the searches by number, one for each kind of contact, where the CRM searches them apart."""

    def add_contact(self, sandbox: S, name: str, phone: str) -> None:
        """Add a contact to the sandbox's own records, with the phone written just like this."""
        raise NotImplementedError

    def refusal_body(self, words: str) -> Json:
        """Return the body with which the CRM refuses a request, and says why in these words."""
        raise NotImplementedError

    def crowd(self, sandbox: S) -> tuple[str, int]:
        """Add more people with one number than fit on a page; return the number, in E.164, and how many."""
        raise NotImplementedError

    # -- log --

    log_format: ClassVar[LogFormat]
    log_paths: ClassVar[str]
    """A glob for the requests that read and write logs: ``"/api/calls*"``."""
    write_path: ClassVar[str]
    """The path of the request that creates a log."""
    write_method: ClassVar[str] = "POST"
    kit: ClassVar[str]
    """The CRM's id of Kit Moss."""
    duration_step: ClassVar[int] = 1
    """Seconds that the CRM counts durations in: 60 for whole minutes, of which begun ones count."""
    associations: ClassVar[Mapping[str, str]] = {}
    """A value that Nia's log can get, for each of the connector's ``disposition_fields``: a deal, a lead."""
    clears: ClassVar[bool] = True
    """Whether an association can be taken away again."""

    def stored(self, sandbox: S, log_id: str) -> StoredLog:
        """Return the log from the sandbox's own record."""
        raise NotImplementedError

    def edit(self, sandbox: S, log_id: str, text: str) -> None:
        """Rewrite the log's body as a person does in the CRM."""
        raise NotImplementedError

    def delete(self, sandbox: S, log_id: str) -> None:
        """Delete the log as a person does in the CRM."""
        raise NotImplementedError

    def count(self, sandbox: S) -> int:
        """Return how many logs the sandbox has got since it began."""
        raise NotImplementedError

    def as_stored(self, body: str) -> str:
        """Return what the CRM makes of a body that it is sent; most keep it as it is."""
        return body

    # -- read by the cases --

    @property
    def zone(self) -> tzinfo:
        """Rae's zone."""
        offset = self.time_zone.startswith(("+", "-"))
        found = datetime.strptime(self.time_zone, "%z").tzinfo if offset else ZoneInfo(self.time_zone)
        assert found is not None
        return found

    @classmethod
    def missing(cls) -> Iterator[str]:
        """The answers that the contract's level needs and that it does not state."""
        for level in LEVELS[: LEVELS.index(cls.level) + 1]:
            for name in NEEDED.get(level, ()):
                if getattr(cls, name, None) in (None, getattr(Answers, name, None)):
                    yield name
