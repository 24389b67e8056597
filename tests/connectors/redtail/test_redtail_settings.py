"""What Redtail needs to be set, by the variables' names."""

from __future__ import annotations

import pytest

from appconnect.connectors.redtail.settings import RedtailSettings
from appconnect.errors import ConfigurationError


def test_what_is_needed_is_named_and_where_to_get_it() -> None:
    with pytest.raises(ConfigurationError) as caught:
        RedtailSettings.load().require("the CRM")
    needed = ["REDTAIL_API_KEY", "REDTAIL_USERNAME", "REDTAIL_PASSWORD"]
    assert needed == [name for name in needed if name in caught.value.message]
    assert "partners" in caught.value.message


@pytest.mark.parametrize("variable", ["REDTAIL_API_KEY", "REDTAIL_PASSWORD"])
def test_secrets_are_never_shown(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.setenv(variable, "wren-secret")
    loaded = RedtailSettings.load()
    assert "wren-secret" not in f"{loaded!r} {loaded} {loaded.model_dump()} {loaded.model_dump_json()}"
