"""Redtail: a user key; calls and messages become activities of a contact."""

from __future__ import annotations

from typing import TYPE_CHECKING

from appconnect.connectors.platform import Platform
from appconnect.connectors.redtail.connector import Redtail
from appconnect.connectors.redtail.redaction import REDACTION
from appconnect.connectors.redtail.settings import RedtailSettings
from appconnect.connectors.redtail.sign_in import RedtailSignIn
from appconnect.error_book import ErrorBook

if TYPE_CHECKING:
    from appconnect.connectors.redtail.sandbox import RedtailSandbox

__all__ = ["PLATFORM", "Redtail"]


def _sandbox() -> type[RedtailSandbox]:
    from appconnect.connectors.redtail.sandbox import RedtailSandbox

    return RedtailSandbox


PLATFORM = Platform(
    connector=Redtail,
    sign_in=RedtailSignIn,
    settings=RedtailSettings,
    redaction=REDACTION,
    sandbox=_sandbox,
    error_book=ErrorBook.in_folder_of(__file__),
    reachable_at=("crm.redtailtechnology.com",),
)
