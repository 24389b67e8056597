"""What a new process loads: a library that is heavy waits until it is used."""

from __future__ import annotations

import subprocess
import sys

import pytest

WAIT_FOR_THEIR_USE = {
    "IPython", "cryptography", "ipywidgets", "jwt", "oauthlib", "pandas", "sqlalchemy", "starlette", "uvicorn",
    "appconnect.panels", "appconnect.redaction.people", "appconnect.replay.transport", "appconnect.sandbox",
    "appconnect.store.database", "appconnect.testing",
}  # fmt: skip


def loaded_by(code: str) -> set[str]:
    script = f"{code}\nimport sys\nprint(*sys.modules)"
    return set(subprocess.check_output([sys.executable, "-c", script], text=True).split())


@pytest.mark.parametrize(
    "code", ["from appconnect import connect", "from appconnect.workbench import Workbench"]
)
def test_what_a_workbench_does_not_need_yet_is_not_loaded(code: str) -> None:
    assert loaded_by(code) & WAIT_FOR_THEIR_USE == set()
