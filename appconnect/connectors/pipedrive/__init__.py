"""Pipedrive: OAuth; calls and messages become activities of a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from appconnect.connectors.pipedrive.connector import Pipedrive
from appconnect.connectors.pipedrive.redaction import REDACTION
from appconnect.connectors.pipedrive.settings import PipedriveSettings
from appconnect.connectors.pipedrive.sign_in import PipedriveSignIn
from appconnect.connectors.platform import Platform
from appconnect.error_book import ErrorBook

if TYPE_CHECKING:
    from appconnect.connectors.pipedrive.sandbox import PipedriveSandbox

__all__ = ["PLATFORM", "Pipedrive"]


def _sandbox() -> type[PipedriveSandbox]:
    from appconnect.connectors.pipedrive.sandbox import PipedriveSandbox

    return PipedriveSandbox


PLATFORM = Platform(
    connector=Pipedrive,
    sign_in=PipedriveSignIn,
    settings=PipedriveSettings,
    redaction=REDACTION,
    sandbox=_sandbox,
    error_book=ErrorBook.in_folder_of(__file__),
    reachable_at=("oauth.pipedrive.com", "api.pipedrive.com"),
)
