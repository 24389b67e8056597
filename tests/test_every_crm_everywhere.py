"""A connector is listed in several places; each of them knows every CRM."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import contract_table
import played
import pytest

from appconnect.auth.ways import SIGN_INS
from appconnect.connectors import CONNECTORS
from appconnect.errors import ConfigurationError
from appconnect.replay.people import PEOPLE
from appconnect.sandbox import server
from appconnect.settings import CrmSettings
from appconnect.workbench import CRMS, connect, environment, workbench

ROOT = Path(__file__).parents[1]
TABLES: Mapping[str, Iterable[str]] = {
    "auth/ways.py": SIGN_INS,
    "workbench/environment.py": environment.CRM_SETTINGS,
    "sandbox/server.py": [crm.name for crm in server.CRMS],
    "replay/people.py": PEOPLE,
    "workbench": CRMS,
    "tests/played.py": played.CRMS,
    "tests/contract_table.py": [crm.lower() for crm in contract_table.CRMS],
}


@pytest.mark.parametrize("table", TABLES)
def test_a_table_has_every_connector_in_the_same_order(table: str) -> None:
    assert list(CONNECTORS) == list(TABLES[table])


@pytest.mark.parametrize("crm", CONNECTORS)
def test_a_crm_has_one_title(crm: str) -> None:
    titles = {
        "connector": CONNECTORS[crm].title,
        "settings": environment.CRM_SETTINGS[crm].crm,
        "sandbox": server.Sandbox()[crm].title,
        "sandbox guide": server.Sandbox()[crm].guide().title,
    }
    assert dict.fromkeys(titles, CONNECTORS[crm].title) == titles
    assert CONNECTORS[crm].title in contract_table.CRMS
    assert crm == CONNECTORS[crm].platform


@pytest.mark.parametrize("settings", environment.CRM_SETTINGS.values())
def test_env_example_has_every_setting(settings: type[CrmSettings]) -> None:
    offered = [line.partition("=")[0] for line in (ROOT / ".env.example").read_text("utf-8").splitlines()]
    assert [] == [name for name in map(settings.variable, settings.model_fields) if f"#{name}" not in offered]


@pytest.mark.parametrize("crm", CONNECTORS)
def test_a_crm_has_a_recording(crm: str) -> None:
    assert [] != list((ROOT / "fixtures" / crm).glob("*.json"))


def test_a_connector_without_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbench, "CRM_SETTINGS", {})
    with pytest.raises(ConfigurationError, match="pipedrive has no settings yet"):
        connect("pipedrive")
