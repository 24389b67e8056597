"""What the contract needs of a workbench's inside, all in one place: sandbox, clock, store and connector."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from appconnect.connector import Connector
from appconnect.connectors import registry
from appconnect.models import User
from appconnect.sandbox.base import CrmSandbox
from appconnect.store import Connection
from appconnect.workbench import Workbench


def sandbox_of(workbench: Workbench) -> CrmSandbox:
    """Return the played CRM that the workbench speaks to; AssertionError when it is not in the sandbox."""
    assert workbench.sandbox is not None, "this workbench does not speak to the sandbox"
    return workbench.sandbox


def connector_of(workbench: Workbench) -> Connector:
    """Return the connector at work."""
    return workbench.connector


def advance(workbench: Workbench, seconds: float) -> None:
    """Let the sandbox's time pass."""
    sandbox_of(workbench).clock.advance(seconds)


def remember_user(workbench: Workbench, user: User) -> None:
    """Store a second user of the CRM, as if they had signed in before."""
    known = Connection(workbench.platform, user.id, "", {"user": user.to_wire()})
    workbench.environment.store.save_connection(known, current=False)


def kept_connections(workbench: Workbench) -> int:
    """Return how many connections to this CRM are stored."""
    return len(workbench.environment.store.connections(workbench.platform))


def another_process(workbench: Workbench, **changes: Any) -> Workbench:
    """Return a workbench that shares nothing but what is stored and what answers.

    ``changes`` are parts of its environment, such as the ``transport``.
    """
    platform = registry.platform(workbench.platform)
    here = replace(workbench.environment, **changes)
    return Workbench(platform, here, settings={}, options=workbench.context.account.options)
