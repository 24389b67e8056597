"""What Bullhorn needs to be set, by the variables' names."""

from __future__ import annotations

import pytest

from appconnect.connectors.bullhorn.settings import BullhornSettings
from appconnect.errors import ConfigurationError


def test_what_is_needed_is_named_and_where_to_get_it() -> None:
    with pytest.raises(ConfigurationError) as caught:
        BullhornSettings.load().require("the CRM")
    needed = ["BULLHORN_CLIENT_ID", "BULLHORN_CLIENT_SECRET"]
    assert needed == [name for name in needed if name in caught.value.message]
    assert "Bullhorn Support" in caught.value.message


@pytest.mark.parametrize("variable", ["BULLHORN_CLIENT_SECRET", "BULLHORN_PASSWORD"])
def test_secrets_are_never_shown(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.setenv(variable, "wren-secret")
    loaded = BullhornSettings.load()
    assert "wren-secret" not in f"{loaded!r} {loaded} {loaded.model_dump()} {loaded.model_dump_json()}"


def test_name_and_password_are_required_only_when_asked_for() -> None:
    with pytest.raises(ConfigurationError, match="set BULLHORN_USERNAME and BULLHORN_PASSWORD in"):
        BullhornSettings.load().require("the CRM", "username", "password")
