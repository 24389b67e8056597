"""What a CRM consists of: the one object that its package hands to the workbench.

A package outside this repository has the same shape and one entry point in its ``pyproject.toml``::

    [project.entry-points."appconnect.connectors"]
    acme = "acme_connector:PLATFORM"
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from appconnect.auth.sign_in import RenewalContext, SignIn
from appconnect.connector import Connector
from appconnect.sandbox.base import CrmSandbox
from appconnect.settings import CrmSettings


@dataclass(frozen=True)
class Platform:
    """Everything about one CRM.

    ``sandbox`` gives the class that plays the CRM; it is a function, so that a live connection does not load
    the sandbox. None: there is no sandbox.
    """

    connector: type[Connector]
    sign_in: Callable[[RenewalContext], SignIn]
    settings: type[CrmSettings]
    sandbox: Callable[[], type[CrmSandbox]] | None = None

    @property
    def name(self) -> str:
        """``"pipedrive"``: the name in ids, settings, paths, and of the entry point."""
        return self.connector.platform

    @property
    def title(self) -> str:
        """``"Pipedrive"``: the name for people."""
        return self.connector.title
