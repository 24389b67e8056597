"""What Pipedrive needs to be set, by the variables' names."""

from __future__ import annotations

import pytest

from appconnect.connectors.pipedrive.settings import PipedriveSettings
from appconnect.errors import ConfigurationError


def test_what_is_needed_is_named_and_where_to_get_it() -> None:
    with pytest.raises(ConfigurationError) as caught:
        PipedriveSettings.load().require("the CRM")
    needed = ["PIPEDRIVE_CLIENT_ID", "PIPEDRIVE_CLIENT_SECRET"]
    assert needed == [name for name in needed if name in caught.value.message]
    assert "Developer Hub" in caught.value.message


@pytest.mark.parametrize("variable", ["PIPEDRIVE_CLIENT_SECRET"])
def test_secrets_are_never_shown(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.setenv(variable, "wren-secret")
    loaded = PipedriveSettings.load()
    assert "wren-secret" not in f"{loaded!r} {loaded} {loaded.model_dump()} {loaded.model_dump_json()}"
