"""What a new process loads: a library that is heavy waits until it is used."""

from __future__ import annotations

import subprocess
import sys

import pytest

WAIT_FOR_THEIR_USE = {
    "IPython", "anywidget", "cryptography", "httpx", "ipywidgets", "jwt", "oauthlib", "pandas", "phonenumbers", "sqlalchemy",
    "sqlite3", "starlette", "uvicorn",
    "appconnect.connectors.pipedrive.sandbox", "appconnect.error_book.entries", "appconnect.history.writer",
    "appconnect.http.exchange", "appconnect.http.trace", "appconnect.models.phone_system",
    "appconnect.models.results", "appconnect.panels", "appconnect.phone.written", "appconnect.redaction.people",
    "appconnect.redaction.redact", "appconnect.replay.transport", "appconnect.sandbox.base",
    "appconnect.workbench.calls", "appconnect.workbench.sign_in", "appconnect.store.database",
    "appconnect.testing",
}  # fmt: skip

BY_IPYTHON = {"sqlite3"}


def loaded_by(code: str) -> set[str]:
    script = f"{code}\nimport sys\nprint(*sys.modules)"
    return set(subprocess.check_output([sys.executable, "-c", script], text=True).split())


@pytest.mark.parametrize(
    "code", ["from appconnect import connect", "from appconnect.workbench import Workbench"]
)
def test_what_a_workbench_does_not_need_yet_is_not_loaded(code: str) -> None:
    assert loaded_by(code) & WAIT_FOR_THEIR_USE == set()


@pytest.mark.parametrize("panel", ["ConnectPanel", "ContactsPanel"])
def test_the_first_panel_loads_neither_the_sandbox_nor_what_sends(panel: str) -> None:
    code = (
        "from appconnect import connect\n"
        f"from appconnect.panels import {panel}\n"
        f"shown = {panel}(connect('pipedrive', mode='sandbox'))"
    )
    needed = {"IPython", "ipywidgets", "appconnect.panels"} | BY_IPYTHON
    assert loaded_by(code) & (WAIT_FOR_THEIR_USE - needed) == set()
