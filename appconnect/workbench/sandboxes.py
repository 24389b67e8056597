"""The sandbox with the CRMs that are installed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from appconnect.connectors import registry
from appconnect.connectors.platform import Platform
from appconnect.errors import ConfigurationError

if TYPE_CHECKING:
    from appconnect.sandbox.base import CrmSandbox
    from appconnect.sandbox.clock import Clock
    from appconnect.sandbox.server import Sandbox


def make_sandbox(*platforms: str | Platform, clock: Clock | None = None) -> Sandbox:
    """Return a sandbox that plays these platforms, by default all that are installed and have one.

    Raises ConfigurationError for a name that is not installed or a platform without a sandbox.
    """
    from appconnect.sandbox.clock import SandboxClock
    from appconnect.sandbox.server import Sandbox

    clock = clock or SandboxClock()
    return Sandbox(clock, [kind(clock) for kind in sandbox_kinds(*platforms).values()])


def sandbox_kinds(*platforms: str | Platform) -> dict[str, type[CrmSandbox]]:
    """Return the classes that play these platforms, by default all there are, by name."""
    kinds: dict[str, type[CrmSandbox]] = {}
    wanted = [each if isinstance(each, Platform) else registry.platform(each) for each in platforms]
    for platform in wanted or registry.platforms():
        if platforms:
            has_sandbox(platform)
        if platform.sandbox is not None:
            kinds[platform.name] = platform.sandbox()
    return kinds


def has_sandbox(platform: Platform) -> None:
    """Raise ConfigurationError for a platform without a sandbox; none is loaded."""
    if platform.sandbox is None:
        raise ConfigurationError(
            f"{platform.title} has no sandbox; choose mode live, or replay with a recording."
        )
