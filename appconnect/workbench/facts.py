"""The facts that a workbench knows without asking the CRM: of the platform, the user, the limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from appconnect.connector import Connector, Cost
from appconnect.http import Pace
from appconnect.models import AuthType, LogFormat, User, UserSettings
from appconnect.settings import Mode
from appconnect.workbench import validation
from appconnect.workbench.connections import KeptSignIn
from appconnect.workbench.environment import Environment
from appconnect.workbench.parts import Parts

if TYPE_CHECKING:
    from appconnect.auth.sign_in import FormField
    from appconnect.history import History
    from appconnect.http import CrmClient, RateLimit, Trace
    from appconnect.http.ratelimit import Standing
    from appconnect.sandbox.base import CrmSandbox
    from appconnect.workbench.known_paths import KnownPath


class Facts(Parts):
    """The facts of a workbench."""

    # -- the platform --

    @property
    def platform(self) -> str:
        """The CRM's name in code, such as ``"pipedrive"``."""
        return self.context.platform

    @property
    def title(self) -> str:
        """The CRM's name for people, such as ``"Pipedrive"``."""
        return self.context.title

    @property
    def auth_type(self) -> AuthType:
        """``oauth`` or ``apiKey``."""
        return self.connector.get_auth_type()

    @property
    def sign_in_fields(self) -> tuple[FormField, ...]:
        """What a person types to sign in; empty where a consent page is all."""
        return self.context.connections.sign_in.fields

    @property
    def app_fields(self) -> tuple[FormField, ...]:
        """What a developer has from the CRM for the app that signs in; empty where a key or password does."""
        return self.context.connections.sign_in.app_fields

    @property
    def log_format(self) -> LogFormat:
        """What this CRM's log bodies are written in."""
        return self.context.log_format

    @property
    def contact_types(self) -> tuple[str, ...]:
        """The types of contact that can be created; the first is the default."""
        return self.connector.contact_types

    @property
    def log_form_fields(self) -> tuple[str, ...]:
        """What the log form offers for a contact, such as deals: keys of ``additional_submission``."""
        return self.connector.form_fields

    @property
    def disposition_fields(self) -> tuple[str, ...]:
        """Which of the log form's fields can be set and cleared later."""
        return self.connector.disposition_fields

    @property
    def exclusive_form_fields(self) -> tuple[tuple[str, ...], ...]:
        """Groups of the log form's fields of which a log can have one at most."""
        return self.connector.exclusive_form_fields

    # -- limits --

    @property
    def costs(self) -> Mapping[str, Cost]:
        """What operations take, by their name in the contract, as far as the vendor documents it.

        Before a contact is created, its number is searched for.
        """
        costs = dict(self.connector.current_costs)
        if "create_contact" in costs and "find_contact" in costs:
            search = costs["find_contact"]
            costs["create_contact"] = replace(
                search,
                requests=search.requests + costs["create_contact"].requests,
                units=search.units + costs["create_contact"].units,
            )
        return costs

    def cost(self, operation: str) -> Cost | None:
        """Return what an operation takes, None where the vendor does not document it."""
        return self.costs.get(validation.text(operation, "operation"))

    @property
    def rate_limits(self) -> Sequence[Pace]:
        """The pace that the workbench keeps to by itself."""
        return self.connector.rules.rate_limits

    @property
    def standing(self) -> Standing:
        """How the limits stand that are kept here: by this workbench and all that share its store."""
        return self.context.crm.standing()

    @property
    def limits(self) -> RateLimit:
        """What the CRM last said of its limits; empty when it has said nothing."""
        return self.trace.limits

    # -- requests of one's own --

    @property
    def writes_armed(self) -> bool:
        """Whether :meth:`request` may write: always in the sandbox and in replay, live when allowed."""
        return self._live_writes.are_armed

    def is_read(self, method: str, path: str) -> bool:
        """Return whether a request changes nothing, by its method or by what is known of the CRM's paths."""
        verb = validation.text(method, "method").upper()
        return self.connector.rules.is_read(verb, validation.text(path, "path"))

    def known_paths(self) -> tuple[KnownPath, ...]:
        """Return the requests that the CRM is known to have, as :meth:`request` takes their paths.

        They come from the list of the vendor's operations that the CRM's sandbox has; () without a sandbox.
        Before anybody has signed in, paths are as the vendor writes them.
        """
        from appconnect.workbench.known_paths import known_paths

        signer = self.crm.signer
        return known_paths(self.context.definition.sandbox, signer.base_url if signer else "")

    # -- who is signed in, and how --

    @property
    def user(self) -> User | None:
        """Who is signed in."""
        return self.context.user

    @property
    def kept_sign_in(self) -> KeptSignIn | None:
        """Who signed in last, as the store keeps it, also in an earlier session; the CRM is not asked."""
        kept = self.context.connections.kept()
        if kept is None or not self.context.has_ended:
            return kept
        return replace(kept, problem=f"{self.title} has ended this sign-in. Sign in again.")

    def who_in_words(self) -> str:
        """Return who is signed in: "signed in as Rae Quill", "not signed in", or what is kept."""
        if self.user is not None:
            ended = ", but the session has ended" if self.context.has_ended else ""
            return f"signed in as {self.user.name}{ended}"
        kept = self.kept_sign_in
        return "not signed in" if kept is None else f"signed in as {kept}"

    @property
    def settings(self) -> UserSettings:
        """App Connect's user settings: ``{"addCallLogNote": {"value": true}, …}``."""
        return self.context.account.settings

    @settings.setter
    def settings(self, settings: UserSettings) -> None:
        self.context.account.settings = settings

    @property
    def timezone(self) -> str:
        """The user's zone by name, or as an offset; "" when neither is known."""
        return self.connector.timezone()

    @property
    def zone(self) -> tzinfo:
        """The zone that logs are written in: by name, else by the offset given at sign-in, else UTC."""
        return self.context.zone

    @property
    def default_region(self) -> str:
        """The country of phone numbers without "+", in two letters."""
        return self.environment.settings.default_region

    # -- what answers --

    @property
    def mode(self) -> Mode:
        """What answers: the sandbox, a recording (``replay``), or the live CRM."""
        return self.environment.mode

    @property
    def sandbox(self) -> CrmSandbox | None:
        """The sandbox of this CRM, to look into or to upset; None in replay and live."""
        return self.environment.sandbox[self.platform] if self.environment.sandbox else None

    @property
    def trace(self) -> Trace:
        """Every request and its answer so far, secrets masked."""
        return self.context.trace

    @property
    def history(self) -> History:
        """What was done and sent on this computer: ``workbench.history.search("nia 429")``."""
        from appconnect.workbench.origin import history_of_this_computer

        return history_of_this_computer(self.environment.settings)

    def now(self) -> datetime:
        """Return the time: the sandbox's in the sandbox and in replay, the computer's when live."""
        return self.context.now()

    @property
    def began(self) -> datetime:
        """When this workbench was made, by its own clock; a replay begins when its recording did.

        Ids and times that are made from it are new in each live run, and the same in its replay.
        """
        return self.environment.began

    # -- for whoever debugs --

    @property
    def connector(self) -> Connector:
        """The connector itself, whose operations raise; see :mod:`appconnect.connector`."""
        return self.context.connector

    @property
    def environment(self) -> Environment:
        """What differs between sandbox, replay and live; for tests of the workbench itself."""
        return self.context.environment

    @property
    def crm(self) -> CrmClient:
        """The client that sends; for tests of the workbench itself."""
        return self.context.crm
