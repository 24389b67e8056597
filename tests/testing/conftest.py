"""A stranger's package: Acme, a made-up CRM with a connector, a sandbox and a contract of its own."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from appconnect.connectors import registry

collect_ignore = ["acme"]
ACME = Path(__file__).parent / "acme"


@pytest.fixture
def acme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of Acme's package, installed from there as ``pip install --editable`` does."""
    project = shutil.copytree(ACME, tmp_path / "acme", ignore=shutil.ignore_patterns("__pycache__"))
    about = tmp_path / "site" / "acme_connector-1.0.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-connector\nVersion: 1.0\n", "utf-8")
    (about / "entry_points.txt").write_text(
        "[appconnect.connectors]\nacme = acme_connector:PLATFORM\n", "utf-8"
    )
    for folder in (project, about.parent):
        monkeypatch.syspath_prepend(str(folder))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)  # an edit within a second would not be seen
    registry.forget()
    yield project
    for name in [name for name in sys.modules if name.startswith(("acme_connector", "test_contract"))]:
        del sys.modules[name]
    monkeypatch.undo()
    registry.forget()
