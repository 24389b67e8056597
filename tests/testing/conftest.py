"""A stranger's package: Acme, made by ``appconnect new``, with a connector, a sandbox and a contract of its own."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from made_packages import make

from appconnect.connectors import registry


@pytest.fixture
def acme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of Acme's package, known to this process as an installed one is."""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)  # an edit within a second would not be seen
    path = [*sys.path]
    project = make(tmp_path, ["acme"])["acme"].folder
    registry.add(project)
    yield project
    for name, module in list(sys.modules.items()):
        if str(getattr(module, "__file__", None)).startswith(str(tmp_path)):
            del sys.modules[name]
    registry._added.clear()
    registry.forget()
    sys.path[:] = path
