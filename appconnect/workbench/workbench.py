"""All flows together, and the one function that makes a workbench."""

from __future__ import annotations

from collections.abc import Mapping

from appconnect.connectors import registry
from appconnect.models import UserSettings
from appconnect.sandbox.server import Sandbox
from appconnect.settings import Mode
from appconnect.workbench.calls import Calls
from appconnect.workbench.contacts import Contacts
from appconnect.workbench.environment import environment
from appconnect.workbench.messages import Messages
from appconnect.workbench.signing_in import SigningIn


class Workbench(SigningIn, Contacts, Calls, Messages):
    """A connector at work: sign in, match contacts, log calls and messages, see the traffic."""


def connect(
    crm: str,
    *,
    mode: Mode | str | None = None,
    scenario: str = "walkthrough",
    record: bool | None = None,
    sandbox: Sandbox | None = None,
    settings: UserSettings | None = None,
    options: Mapping[str, str] | None = None,
    plan: str = "",
) -> Workbench:
    """A workbench for one CRM; nothing is sent yet.

    ``mode`` is ``sandbox``, ``replay`` or ``live`` (default: ``APPCONNECT_MODE``, else the sandbox). Replay
    answers from ``fixtures/<crm>/<scenario>.json``; ``record=True`` (or ``APPCONNECT_RECORD=1``) writes that
    file when the workbench is closed. ``sandbox`` is one to share, by default each workbench has its own.
    ``settings`` are App Connect's user settings, ``options`` the CRM's own.
    ``plan`` is the rate-limit plan that the sandbox plays; a recording and the live CRM have theirs.

    Raises :class:`ConfigurationError` and :class:`RecordingError` in one sentence each.
    """
    platform = registry.platform(crm)
    chosen = environment(platform, mode, scenario=scenario, record=record, sandbox=sandbox, plan=plan)
    return Workbench(platform, chosen, settings=settings or {}, options=options or {})
