"""What a CRM consists of: the one object that its package hands to the workbench.

A package outside this repository has the same shape and one entry point in its ``pyproject.toml``::

    [project.entry-points."appconnect.connectors"]
    acme = "acme_connector:PLATFORM"
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from appconnect.auth.sign_in import RenewalContext, SignIn
from appconnect.connector import Connector
from appconnect.error_book import ErrorBook
from appconnect.http.rules import HOST
from appconnect.redaction import RedactionRules
from appconnect.settings import CrmSettings

if TYPE_CHECKING:
    from appconnect.sandbox.base import CrmSandbox


@dataclass(frozen=True)
class Platform:
    """Everything about one CRM.

    ``redaction`` states where its requests and records hold secrets and people's data; the names of its
    rate-limit headers and its hosts are added to it from the connector's rules.
    ``sandbox`` gives the class that plays the CRM; it is a function, so that a live connection does not load
    the sandbox. None: there is no sandbox.
    ``error_book`` says what the CRM's error answers mean; without one, only what HTTP says is known of them.
    ``reachable_at`` are hosts that ``appconnect doctor --online`` tries, where the connector's rules spell
    out none, or more than are used.
    """

    connector: type[Connector]
    sign_in: Callable[[RenewalContext], SignIn]
    settings: type[CrmSettings]
    redaction: RedactionRules = field(default_factory=RedactionRules)
    sandbox: Callable[[], type[CrmSandbox]] | None = None
    reachable_at: tuple[str, ...] = ()
    error_book: ErrorBook = field(default_factory=ErrorBook)

    def __post_init__(self) -> None:
        stated = [*self.redaction.limit_headers, *self.connector.rules.limit_headers.headers.values()]
        names = tuple(dict.fromkeys(name.lower() for name in stated if name))
        hosts = tuple(dict.fromkeys([*self.redaction.hosts, *self.connector.rules.hosts]))
        object.__setattr__(self, "redaction", replace(self.redaction, limit_headers=names, hosts=hosts))

    @property
    def name(self) -> str:
        """``"pipedrive"``: the name in ids, settings, paths, and of the entry point."""
        return self.connector.platform

    @property
    def title(self) -> str:
        """``"Pipedrive"``: the name for people."""
        return self.connector.title

    @property
    def hosts_to_try(self) -> tuple[str, ...]:
        """The hosts that tell whether the CRM can be reached: as stated, else as the rules spell them."""
        spelled_out = tuple(each for each in self.connector.rules.hosts if HOST.fullmatch(each))
        return self.reachable_at or spelled_out
