"""The sandbox with the CRMs that are installed."""

from __future__ import annotations

from appconnect.connectors import registry
from appconnect.errors import ConfigurationError
from appconnect.sandbox.base import CrmSandbox
from appconnect.sandbox.clock import Clock, SandboxClock
from appconnect.sandbox.server import Sandbox


def make_sandbox(*names: str, clock: Clock | None = None) -> Sandbox:
    """Return a sandbox that plays the named platforms, by default all that are installed and have one.

    Raises ConfigurationError for a name that is not installed or whose platform has no sandbox.
    """
    clock = clock or SandboxClock()
    return Sandbox(clock, [kind(clock) for kind in sandbox_kinds(*names).values()])


def sandbox_kinds(*names: str) -> dict[str, type[CrmSandbox]]:
    """Return the classes that play the named platforms, by default all there are, by name."""
    kinds: dict[str, type[CrmSandbox]] = {}
    for platform in [registry.platform(name) for name in names] or registry.platforms():
        if platform.sandbox is not None:
            kinds[platform.name] = platform.sandbox()
        elif names:
            raise ConfigurationError(
                f"{platform.title} has no sandbox; choose mode live, or replay with a recording."
            )
    return kinds
