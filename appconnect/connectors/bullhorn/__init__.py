"""Bullhorn: OAuth and a session; calls and messages become notes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from appconnect.connectors.bullhorn.connector import Bullhorn
from appconnect.connectors.bullhorn.redaction import REDACTION
from appconnect.connectors.bullhorn.settings import BullhornSettings
from appconnect.connectors.bullhorn.sign_in import BullhornSignIn
from appconnect.connectors.platform import Platform
from appconnect.error_book import ErrorBook

if TYPE_CHECKING:
    from appconnect.connectors.bullhorn.sandbox import BullhornSandbox

__all__ = ["PLATFORM", "Bullhorn"]


def _sandbox() -> type[BullhornSandbox]:
    from appconnect.connectors.bullhorn.sandbox import BullhornSandbox

    return BullhornSandbox


PLATFORM = Platform(
    connector=Bullhorn,
    sign_in=BullhornSignIn,
    settings=BullhornSettings,
    redaction=REDACTION,
    sandbox=_sandbox,
    error_book=ErrorBook.in_folder_of(__file__),
    reachable_at=("rest.bullhornstaffing.com",),
)
