"""READ FIRST: the connector contract, fifteen operations that every CRM connector implements.

A connector speaks one CRM's API. It gets finished drafts, returns records and raises the errors of
:mod:`appconnect.errors`. It never composes log bodies, never decides who owns a log, never writes messages
for people, never reads rate-limit headers, never refreshes a token and never retries: the HTTP client and
the workbench do that, once for all CRMs.

The names are those of App Connect's connector guide in snake case: ``findContact`` is :meth:`find_contact`,
``unAuthorize`` is :meth:`unauthorize`.
To write a connector, state the class attributes, implement the operations, and name the class in your
package's :class:`appconnect.connectors.platform.Platform`. What the CRM cannot do, or the
connector not yet, is declared in :attr:`Connector.unsupported` with its reason. What it inherits:

- ``self.crm`` sends requests and decodes answers (:class:`appconnect.http.CrmClient`);
- :func:`appconnect.http.write`, ``change`` and ``remove`` count a write as done only when the answer has the
  :class:`appconnect.http.Sign` that the vendor documents; else they raise
  :class:`appconnect.errors.Unconfirmed`, after a change or deletion was looked up in the CRM;
- ``self.account`` says for whom, with which settings;
- :meth:`remembered` keeps lists that change rarely, :func:`appconnect.http.or_default` asks for what is
  optional and tells the person what is missing;
- :meth:`follow_up` does the writes that belong to a log and come after it, so that none loses the log's id.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, TypeVar

from pydantic import JsonValue, SecretStr

from appconnect import models, operations
from appconnect.errors import NotSupported
from appconnect.models.settings import setting
from appconnect.operations import NOT_YET
from appconnect.outbox import FollowUp, FollowUpWrites, Handler, MemoryOutbox, Outbox
from appconnect.remembered import A_DAY, Cache, NoCache, Read, Remembered

if TYPE_CHECKING:
    from appconnect.directory import Directory
    from appconnect.http import ApiRules, CrmClient, Pace
    from appconnect.http.replies import Reply
    from appconnect.models import (
        AuthType,
        Choices,
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
        UserSettings,
    )
    from appconnect.phone import PhoneNumber

__all__ = [
    "NOT_YET",
    "Account",
    "Cache",
    "Connector",
    "Cost",
    "IsClaimed",
    "NoCache",
    "PlanLimits",
    "never_claimed",
]

T = TypeVar("T")
IsClaimed = Callable[[str], bool]
"""Whether a log, by its id in the CRM, is known to be another call's or conversation's."""


def never_claimed(log_id: str) -> bool:
    """Return False: no log is anybody's yet."""
    return False


@dataclass
class Account:
    """The user and settings that a connector works for.

    ``client_id``, ``client_secret`` and ``redirect_uri`` are the registered OAuth app; ``options`` are the
    CRM's own settings (Bullhorn: ``username``, ``timezone``; Insightly: ``apiUrl``, ``phoneFields``; Redtail:
    ``redtailCustomTimezone``); ``settings`` are App Connect's user settings, ``admin_settings`` those of the
    account's admin in the same shape; ``user`` is None before sign-in.
    """

    client_id: str = field(default_factory=str)  # no attribute of the class: a subclass may read it later
    client_secret: SecretStr = field(default_factory=lambda: SecretStr(""))
    redirect_uri: str = field(default_factory=str)
    options: Mapping[str, str] = field(default_factory=dict)
    settings: UserSettings = field(default_factory=dict)
    user: User | None = None
    admin_settings: UserSettings = field(default_factory=dict)

    @property
    def effective_settings(self) -> UserSettings:
        """The user's settings over the admin's; the admin's where users may not choose."""
        return {**self.admin_settings, **self.settings, **self._fixed}

    @property
    def _fixed(self) -> UserSettings:
        """The settings that the admin has set for everybody: those with ``customizable`` false."""
        named = ("customizable", "isCustomizable")
        return {
            key: entry
            for key, entry in self.admin_settings.items()
            if isinstance(entry, dict) and any(entry.get(name) is False for name in named)
        }

    def setting(self, key: str, default: str = "") -> str:
        """Return a setting as text, a number too: the user's, else the admin's; see `effective_settings`."""
        for settings in self._in_order(key):
            value = setting(settings, key, None)
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            if text := str(value).strip() if is_number or isinstance(value, str) else "":
                return text
        return default

    def flag(self, key: str) -> bool:
        """Return whether a setting is switched on; forms may say "true"."""
        return self.setting(key).casefold() == "true" or any(
            setting(settings, key, default=False) is True for settings in self._in_order(key)
        )

    def first_setting(self, *keys: str) -> tuple[str, str]:
        """Return the first of these settings that says something: its name and text; ("", "") for none."""
        return next(((key, text) for key in keys if (text := self.setting(key))), ("", ""))

    def _in_order(self, key: str) -> tuple[UserSettings, ...]:
        """Return the settings that may say this one, those that count first in front."""
        return (self._fixed,) if key in self._fixed else (self.settings, self.admin_settings)


@dataclass(frozen=True)
class Cost:
    """The requests that one operation takes, and the units of the CRM's daily budget.

    A search adds per match, up to ``max_log_form_options`` of them; each further page is a request more.
    """

    requests: int
    units: int = 0
    requests_per_match: int = 0
    units_per_match: int = 0
    path: str = ""
    """Path of the first request, where the CRM keeps that one to a pace of its own (``Pace.path``)."""


@dataclass(frozen=True)
class PlanLimits:
    """What a plan of the CRM allows: units a day, None where there is no such budget, and paces."""

    daily: int | None = None
    rate_limits: tuple[Pace, ...] = ()


class Connector(ABC):
    """The fifteen operations against one CRM, on behalf of one signed-in user."""

    platform: ClassVar[str]
    """The CRM's name in code, such as ``"pipedrive"``: in ids, settings, paths."""
    title: ClassVar[str]
    """The CRM's name for people, such as ``"Pipedrive"``."""
    rules: ClassVar[ApiRules]
    """What the HTTP client needs to know of this API."""
    contact_types: ClassVar[tuple[str, ...]] = ()
    """The types that :meth:`create_contact` can make; the first is the default."""
    default_contact_type: ClassVar[str] = ""
    """The type that the form for a new contact begins with, where App Connect is told one."""
    extensions_lack_plus: ClassVar[bool] = False
    """Whether App Connect takes every number without "+" for an internal extension with this CRM."""
    form_fields: ClassVar[tuple[str, ...]] = ()
    """What the log form offers for a contact: keys of ``additional_info`` and ``additional_submission``."""
    common_form_fields: ClassVar[tuple[str, ...]] = ()
    """Which of them offer the same for every contact, such as a category: a log that moves keeps these."""
    exclusive_form_fields: ClassVar[tuple[tuple[str, ...], ...]] = ()
    """Groups of form fields of which a log can have one at most: a deal or a lead."""
    disposition_fields: ClassVar[tuple[str, ...]] = ()
    """Which of them :meth:`upsert_call_disposition` can set and clear later."""
    max_body: ClassVar[int | None] = None
    """How long a log body may be, in UTF-16 units, where the CRM sets a narrow limit."""
    max_matches: ClassVar[int | None] = None
    """With how many contacts a search ends, so that a common name does not spend the company's day."""
    max_log_form_options: ClassVar[int | None] = None
    """How many of them come with what the log form offers (``form_fields``), where each costs requests."""
    costs: ClassVar[Mapping[str, Cost]] = {}
    """What an operation costs, by its name here, as far as the vendor documents it."""
    plans: ClassVar[Mapping[str, PlanLimits]] = {}
    """What the vendor's plans allow, by their name, the smallest first, as far as the vendor documents it."""
    unsupported: ClassVar[Mapping[str, str]] = {}
    """What this CRM cannot do, or this connector not yet: operation → the reason, a sentence for people.

    ``{"get_user_list": "Acme has no list of users."}``. Such an operation is not implemented: calling it
    raises :class:`NotSupported` with the reason, the person sees that sentence, and the contract's table
    shows a dash with a footnote. A reason that begins with :data:`NOT_YET` is for what is still to be
    written; ``appconnect contract`` names it as the next step.
    """

    def __init_subclass__(cls, **options: object) -> None:
        """Let unsupported operations refuse; TypeError for one that is neither written nor declared."""
        super().__init_subclass__(**options)
        if hasattr(cls, "platform"):
            cls.unsupported = operations.settle(cls, Connector, cls.unsupported)

    def __init__(
        self,
        crm: CrmClient,
        account: Account | None = None,
        cache: Cache | None = None,
        outbox: Outbox | None = None,
    ) -> None:
        self.crm = crm
        self.account = account if account is not None else Account()
        self.cache = cache if cache is not None else NoCache()
        self.outbox: Outbox = outbox if outbox is not None else MemoryOutbox()

    # -- who --

    @abstractmethod
    def get_auth_type(self) -> AuthType:
        """Return ``oauth`` or ``apiKey``."""

    async def get_oauth_info(self) -> OAuthInfo:
        """Return the OAuth addresses and app; unsupported by CRMs without OAuth."""
        raise NotImplementedError

    @abstractmethod
    async def get_user_info(self) -> User:
        """Return the CRM user behind the credentials."""

    async def unauthorize(self) -> None:
        """Revoke what the CRM can revoke. The caller forgets the credentials whatever happens here."""
        await self.crm.revoke()

    def timezone(self) -> str:
        """Return the user's zone by name, which knows when clocks change; else the offset given at sign-in.

        :class:`ConfigurationError` where it is a setting and names no zone.
        """
        user = self.account.user
        return (user.timezone_name or user.timezone_offset) if user else ""

    def is_owner(self, user_id: int | str | None, draft: LogDraft) -> bool:
        """Return whether a log that this user owns may be the draft's: its owner's, or else mine.

        True where either is not known.
        """
        owner = draft.owner_id or (self.account.user.crm_id if self.account.user else "")
        return not owner or user_id is None or str(user_id) == owner

    # -- contacts --

    async def find_contact(self, number: PhoneNumber, *, overriding_format: str = "") -> list[Contact]:
        """Return the contacts that carry the number, checked digit by digit, each once.

        ``overriding_format`` is a comma list of templates in which each ``*`` or ``#`` takes one digit of
        the national number; CRMs that compare text search those forms as well.
        """
        raise NotImplementedError

    async def find_contact_with_name(self, name: str) -> list[Contact]:
        """Return the contacts whose name matches, each once."""
        raise NotImplementedError

    async def create_contact(
        self,
        number: PhoneNumber,
        new_contact_name: str,
        new_contact_type: str = "",
        additional_submission: Mapping[str, JsonValue] | None = None,
    ) -> NewContact:
        """Create a contact with this number. Nobody repeats this: a caller checks for doubles first.

        Set ``contact_types`` first: ``new_contact_type`` is one of them, or "" where there are none.
        """
        raise NotImplementedError

    # -- call logs --

    async def create_call_log(self, contact: Contact, draft: LogDraft) -> str:
        """Write a call log and return its id in the CRM."""
        raise NotImplementedError

    async def update_call_log(self, log_id: str, draft: LogDraft) -> None:
        """Change what the draft says and leave the rest."""
        raise NotImplementedError

    async def get_call_log(self, log_id: str) -> LogRecord:
        """Return the log as the CRM has it; :class:`NotFound` when it is gone."""
        raise NotImplementedError

    async def upsert_call_disposition(self, log_id: str, dispositions: JsonObject) -> str | None:
        """Set or clear (``""``, ``"none"``) what a log belongs to.

        Return the log's id, or None when there was nothing to set.
        """
        raise NotImplementedError

    # -- message logs: in most CRMs a record like a call's, of another kind --

    async def create_message_log(self, contact: Contact, draft: LogDraft) -> str:
        """Write a message log and return its id in the CRM."""
        return await self.create_call_log(contact, draft)

    async def update_message_log(self, log_id: str, draft: LogDraft) -> None:
        """Change what the draft says and leave the rest."""
        await self.update_call_log(log_id, draft)

    # -- about the CRM --

    @abstractmethod
    def get_log_format_type(self) -> LogFormat:
        """Return what log bodies are written in."""

    async def get_user_list(self) -> list[CrmUser]:
        """Return all active CRM users, for admins to map extensions to."""
        raise NotImplementedError

    # -- beside the contract: what the workbench needs to lose and double nothing --

    async def find_log(
        self, contact: Contact, draft: LogDraft, *, is_claimed: IsClaimed = never_claimed
    ) -> str | None:
        """Return the id of a log that was written from this very draft, if there is one.

        Asked only after a write whose answer was lost, so that the same call is never logged twice. Two calls
        may read the same; a log that ``is_claimed`` is known to be another one's.
        """
        raise NotImplementedError

    async def get_message_log(self, log_id: str) -> LogRecord:
        """Return the message log as the CRM has it."""
        return await self.get_call_log(log_id)

    def user_in(self, answer: Reply) -> User | None:
        """Return the user whom the last answer of a sign-in tells; None where that is to be asked for.

        Optional, for a sign-in that checks a key by reading whose it is.
        """
        return None

    async def get_log_to_change(self, log_id: str, kind: LogKind) -> LogRecord:
        """Return a log that is about to be changed, as the CRM has it.

        Optional, where this takes fewer requests than reading it for a person: its contact needs no name.
        """
        return await (self.get_call_log if kind is models.LogKind.CALL else self.get_message_log)(log_id)

    async def delete_call_log(self, log_id: str) -> None:
        """Delete a call log, which has been written anew at another contact.

        Optional. Where a connector cannot, the old log gets "(moved to NAME)" in its subject instead.
        """
        raise NotSupported(f"{self.title} logs cannot be deleted from here.")

    async def new_contact_choices(self) -> Choices:
        """Return what the form for a new contact offers: lists by field, or by contact type and field.

        ``{"category": […]}`` is for all types, ``{"Lead": {"status": […]}}`` for leads alone.
        """
        return {}

    def directory(self) -> Directory | None:
        """Return what reads all contacts page by page; None where the CRM has no such list.

        Optional, for batch work: without it each number is searched for.
        """
        return None

    @property
    def current_costs(self) -> Mapping[str, Cost]:
        """Return what operations cost now, by name: ``costs`` unless what is known by now makes them less."""
        return self.costs

    def require(self, operation: str) -> None:
        """Raise :class:`NotSupported` if an operation, by its name here, is declared as unsupported."""
        if operation in self.unsupported:
            raise NotSupported(self.unsupported[operation])

    # -- what every connector can do --

    @property
    def cache(self) -> Cache:
        """Where :meth:`remembered` keeps what it has read, apart for every account."""
        return self._remembered.cache

    @cache.setter
    def cache(self, cache: Cache) -> None:
        self._remembered = Remembered(cache)

    async def remembered(
        self,
        key: str,
        read: Read[T],
        *,
        into: type[T],
        seconds: float = A_DAY,
        enough: Callable[[T], bool] = lambda value: True,
        fresh: bool = False,
    ) -> T:
        """Return what ``read()`` gave the last time, or read it now and remember it for ``seconds``.

        It is read again when it is ``fresh`` that is wanted, or when what is remembered is not ``enough``:
        a list that lacks the entry in question may be old. Who asks while a reading is under way shares it.
        """
        wanted = (lambda value: False) if fresh else enough
        return await self._remembered.get(key, read, into=into, seconds=seconds, enough=wanted)

    @property
    def follow_ups(self) -> Mapping[str, Handler]:
        """Return the handler of each kind of :meth:`follow_up`; it also makes later attempts."""
        return {}

    async def follow_up(self, log_id: str, kind: str, payload: JsonObject, *, missing: str) -> None:
        """Do a write that belongs to a log and comes after it, by the handler of its kind.

        What fails raises nothing. It is a warning in the result, beginning with what the log is ``missing``
        ("The log is not linked to Project 601"), and waits in the outbox for :meth:`catch_up`.
        """
        await self._follow_up_writes.write(log_id, kind, payload, missing)

    async def catch_up(self, log_id: str = "") -> list[FollowUp]:
        """Do the follow-up writes that are waiting, of one log or of all; return what is waiting still.

        To be called at the end of every update and disposition of a log.
        """
        return await self._follow_up_writes.catch_up(log_id)

    def follow_up_done(self, log_id: str, kind: str) -> None:
        """Note that a follow-up write, if it is waiting, was done by another write by the way."""
        self._follow_up_writes.done_otherwise(log_id, kind)

    def follow_ups_waiting(self, log_id: str) -> list[FollowUp]:
        """Return the follow-up writes of a log that are waiting, as far as the store can be read."""
        return self._follow_up_writes.waiting(log_id)

    def drop_follow_up(self, log_id: str, kind: str) -> None:
        """Forget a follow-up write that is no longer wanted."""
        self._follow_up_writes.drop(log_id, kind)

    @property
    def _follow_up_writes(self) -> FollowUpWrites:
        return FollowUpWrites(self.outbox, self.follow_ups, self.crm.clock, self.crm.rules.total_timeout)
