"""What Insightly needs to be set, by the variables' names."""

from __future__ import annotations

import pytest

from appconnect.connectors.insightly.settings import InsightlySettings
from appconnect.errors import ConfigurationError


def test_what_is_needed_is_named_and_where_to_get_it() -> None:
    with pytest.raises(ConfigurationError) as caught:
        InsightlySettings.load().require("the CRM")
    needed = ["INSIGHTLY_API_KEY", "INSIGHTLY_API_URL"]
    assert needed == [name for name in needed if name in caught.value.message]
    assert "User Settings" in caught.value.message


@pytest.mark.parametrize("variable", ["INSIGHTLY_API_KEY"])
def test_secrets_are_never_shown(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.setenv(variable, "wren-secret")
    loaded = InsightlySettings.load()
    assert "wren-secret" not in f"{loaded!r} {loaded} {loaded.model_dump()} {loaded.model_dump_json()}"
