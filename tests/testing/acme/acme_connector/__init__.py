"""Acme: a made-up CRM in a package of its own, as a stranger would write it."""

from __future__ import annotations

from acme_connector.connector import Acme
from acme_connector.sign_in import AcmeSettings, AcmeSignIn
from appconnect.connectors.platform import Platform
from appconnect.sandbox.base import CrmSandbox


def _sandbox() -> type[CrmSandbox]:
    from acme_connector.sandbox import AcmeSandbox

    return AcmeSandbox


PLATFORM = Platform(connector=Acme, sign_in=AcmeSignIn, settings=AcmeSettings, sandbox=_sandbox)
