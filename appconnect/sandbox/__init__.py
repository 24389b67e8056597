"""The sandbox kit: base class, clock, faults, limits, OAuth, pages and server for sandboxes of CRMs.

A sandbox has the real addresses and rules of its CRM, made-up people, and needs no account. It shares no code
with the connector, or it would share its mistakes.
"""

from typing import TYPE_CHECKING

from appconnect import lazily

if TYPE_CHECKING:
    from appconnect.sandbox.base import CrmSandbox, SeenRequest
    from appconnect.sandbox.clock import Clock, RealClock, SandboxClock
    from appconnect.sandbox.server import PortTaken, Sandbox, serve
else:
    __getattr__ = lazily.exported(
        __name__,
        {
            ".base": "CrmSandbox SeenRequest",
            ".clock": "Clock RealClock SandboxClock",
            ".server": "PortTaken Sandbox serve",
        },
    )

__all__ = ["Clock", "CrmSandbox", "PortTaken", "RealClock", "Sandbox", "SandboxClock", "SeenRequest", "serve"]
