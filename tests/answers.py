"""Numbers, calls and messages of the cast, under the names that our own tests use."""

from __future__ import annotations

from appconnect.testing import cast
from appconnect.testing.case import SECRET_KEY
from appconnect.testing.operations import covers
from appconnect.testing.samples import AGENT as RAE
from appconnect.testing.samples import NASTY, NINE_THIRTY, call, sms

NIA, SHARED, NOBODY, UNICODE = cast.NIA.number, cast.SHARED, cast.NOBODY, cast.SINEAD.number

__all__ = [
    "NASTY",
    "NIA",
    "NINE_THIRTY",
    "NOBODY",
    "RAE",
    "SECRET_KEY",
    "SHARED",
    "UNICODE",
    "call",
    "covers",
    "sms",
]
