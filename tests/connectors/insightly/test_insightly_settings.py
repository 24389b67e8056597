"""What Insightly needs to be set, by the variables' names."""

from __future__ import annotations

import pytest

from appconnect.connectors.insightly.settings import InsightlySettings
from appconnect.errors import ConfigurationError


def test_what_is_needed_is_named_and_where_to_get_it() -> None:
    with pytest.raises(ConfigurationError) as caught:
        InsightlySettings.load().require("the CRM")
    assert (
        "To reach the CRM, set INSIGHTLY_API_KEY and INSIGHTLY_API_URL in the environment or in .env: "
        "both are in Insightly under User Settings, API."
    ) == caught.value.message


@pytest.mark.parametrize("variable", ["INSIGHTLY_API_KEY"])
def test_secrets_are_never_shown(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.setenv(variable, "wren-secret")
    loaded = InsightlySettings.load()
    assert "wren-secret" not in f"{loaded!r} {loaded} {loaded.model_dump()} {loaded.model_dump_json()}"
