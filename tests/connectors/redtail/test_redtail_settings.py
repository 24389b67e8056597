"""What Redtail needs to be set, by the variables' names."""

from __future__ import annotations

import pytest

from appconnect.connectors.redtail.settings import RedtailSettings
from appconnect.errors import ConfigurationError


def test_what_is_needed_is_named_and_where_to_get_it() -> None:
    with pytest.raises(ConfigurationError) as caught:
        RedtailSettings.load().require("the CRM")
    assert (
        "To reach the CRM, set REDTAIL_API_KEY, REDTAIL_USERNAME and REDTAIL_PASSWORD in the environment or in .env: "
        "Redtail issues the API key to partners, name and password are those of the CRM's own login."
    ) == caught.value.message


@pytest.mark.parametrize("variable", ["REDTAIL_API_KEY", "REDTAIL_PASSWORD"])
def test_secrets_are_never_shown(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.setenv(variable, "wren-secret")
    loaded = RedtailSettings.load()
    assert "wren-secret" not in f"{loaded!r} {loaded} {loaded.model_dump()} {loaded.model_dump_json()}"
