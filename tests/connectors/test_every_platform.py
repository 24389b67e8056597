"""What every installed platform has, and that each of its parts says the same of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from appconnect.connectors import registry
from appconnect.workbench.sandboxes import make_sandbox

ROOT = Path(__file__).parents[2]
every_platform = pytest.mark.parametrize("name", registry.names())


@every_platform
def test_a_platform_has_one_name_and_one_title(name: str) -> None:
    platform = registry.platform(name)
    crm = make_sandbox(name)[name]
    assert {(name, platform.title)} == {
        (platform.name, platform.connector.title),
        (crm.name, crm.title),
        (name, crm.guide().title),
    }


@every_platform
def test_env_example_has_every_setting(name: str) -> None:
    settings = registry.platform(name).settings
    lines = (ROOT / ".env.example").read_text("utf-8").splitlines()
    offered = [line.partition("=")[0] for line in lines]
    assert [] == [name for name in map(settings.variable, settings.model_fields) if f"#{name}" not in offered]


@every_platform
def test_a_platform_has_a_recording(name: str) -> None:
    assert [] != list((ROOT / "fixtures" / name).glob("*.json"))
