"""New CRM: calls become calls of a contact. ``PLATFORM`` is what appconnect finds by the entry point."""

from __future__ import annotations

from typing import TYPE_CHECKING

from appconnect.connectors.platform import Platform
from appconnect.error_book import ErrorBook

from newcrm_connector.connector import NewcrmConnector
from newcrm_connector.redaction import REDACTION
from newcrm_connector.settings import NewcrmSettings
from newcrm_connector.sign_in import NewcrmSignIn

if TYPE_CHECKING:
    from newcrm_connector.sandbox import NewcrmSandbox

__all__ = ["PLATFORM", "NewcrmConnector"]


def _sandbox() -> type[NewcrmSandbox]:
    """Load the sandbox when it is used: a live connection needs none."""
    from newcrm_connector.sandbox import NewcrmSandbox

    return NewcrmSandbox


PLATFORM = Platform(
    connector=NewcrmConnector,
    sign_in=NewcrmSignIn,
    settings=NewcrmSettings,
    redaction=REDACTION,
    sandbox=_sandbox,
    error_book=ErrorBook.in_folder_of(__file__),
)
