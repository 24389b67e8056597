"""The sandbox kit: base class, clock, faults, limits, OAuth, pages and server for played CRMs.

A played CRM has the real addresses and rules and made-up people, and needs no account. It shares no code with
its connector, or it would share its mistakes.
"""

from appconnect.sandbox.base import CrmSandbox, SeenRequest
from appconnect.sandbox.clock import Clock, RealClock, SandboxClock
from appconnect.sandbox.server import PortTaken, Sandbox, serve

__all__ = ["Clock", "CrmSandbox", "PortTaken", "RealClock", "Sandbox", "SandboxClock", "SeenRequest", "serve"]
