"""The one function that makes a workbench."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from appconnect.connectors import registry
from appconnect.connectors.platform import Platform
from appconnect.errors import ConfigurationError
from appconnect.live_outputs import mark_live_outputs
from appconnect.models import UserSettings
from appconnect.settings import Mode
from appconnect.workbench import validation
from appconnect.workbench.environment import environment
from appconnect.workbench.workbench import Workbench

if TYPE_CHECKING:
    from appconnect.sandbox.server import Sandbox


def connect(
    crm: str | Platform,
    *,
    mode: Mode | str | None = None,
    scenario: str = "walkthrough",
    record: bool | None = None,
    sandbox: Sandbox | None = None,
    settings: UserSettings | None = None,
    options: Mapping[str, str] | None = None,
    plan: str = "",
    made_up: bool = False,
    user_id: str = "",
    reload: bool = False,
) -> Workbench:
    """Return a workbench for one CRM; nothing is sent yet.

    ``crm`` is the name of an installed connector, or a ``Platform`` that is not installed.
    ``mode`` is ``sandbox``, ``replay`` or ``live`` (default: ``APPCONNECT_MODE``, else the sandbox). Replay
    answers from ``fixtures/<crm>/<scenario>.json``; ``record=True`` (or ``APPCONNECT_RECORD=1``) writes that
    file when the workbench is closed. ``sandbox`` is one to share, by default each workbench has its own.
    ``settings`` are App Connect's user settings. ``options`` are the CRM's own, in camel case: its variables
    in ``.env.example`` without the CRM's name (``INSIGHTLY_API_URL`` is ``apiUrl``), and those that
    :class:`appconnect.connector.Account` lists. ``plan`` is the rate-limit plan that the sandbox plays, such
    as ``tiny``; a recording has the one that it was made on. ``made_up=True`` is for what makes sense with
    made-up people only: the sandbox or its recording answers, and where the mode is live, the sandbox.
    ``user_id`` is whose kept sign-in is taken up, ``"<crm id>-<platform>"``; else it is the newest one.
    ``reload=True`` reads the connector's package anew from disk, after an edit.

    Raises :class:`ConfigurationError`, :class:`InputError` and :class:`RecordingError` in one sentence each.
    As a context manager, ``async with connect("pipedrive") as workbench:``, it is closed at the end.
    """
    validation.writable(settings, "settings")
    validation.writable(options, "options")
    platform = _platform(crm, reload=reload)
    chosen = environment(
        platform,
        mode,
        scenario=scenario,
        record=record,
        sandbox=sandbox,
        plan=plan,
        made_up=made_up,
    )
    if chosen.mode is Mode.LIVE:
        mark_live_outputs()
    workbench = Workbench(platform, chosen, settings=settings or {}, options=options or {})
    workbench.context.connections.wanted = user_id or None
    return workbench


def _platform(crm: str | Platform, *, reload: bool) -> Platform:
    if not isinstance(crm, Platform):
        return registry.reload(crm) if reload else registry.platform(crm)
    if reload:
        raise ConfigurationError("A Platform object cannot be read anew; give the connector's name.")
    return crm
