"""Insightly: an API key; calls and messages become events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from appconnect.connectors.insightly.connector import Insightly
from appconnect.connectors.insightly.redaction import REDACTION
from appconnect.connectors.insightly.settings import InsightlySettings
from appconnect.connectors.insightly.sign_in import InsightlySignIn
from appconnect.connectors.platform import Platform
from appconnect.error_book import ErrorBook

if TYPE_CHECKING:
    from appconnect.connectors.insightly.sandbox import InsightlySandbox

__all__ = ["PLATFORM", "Insightly"]


def _sandbox() -> type[InsightlySandbox]:
    from appconnect.connectors.insightly.sandbox import InsightlySandbox

    return InsightlySandbox


PLATFORM = Platform(
    connector=Insightly,
    sign_in=InsightlySignIn,
    settings=InsightlySettings,
    redaction=REDACTION,
    sandbox=_sandbox,
    error_book=ErrorBook.in_folder_of(__file__),
    reachable_at=("api.na1.insightly.com",),
)
