"""A local sandbox that plays the CRMs: same addresses, same rules, made-up people, no account needed.

It shares no code with the connectors, or it would share their mistakes.
"""

from appconnect.sandbox.base import CrmSandbox, SeenRequest
from appconnect.sandbox.clock import Clock, RealClock, SandboxClock
from appconnect.sandbox.server import PortTaken, Sandbox, serve

__all__ = ["Clock", "CrmSandbox", "PortTaken", "RealClock", "Sandbox", "SandboxClock", "SeenRequest", "serve"]
