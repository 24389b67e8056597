"""What Pipedrive needs to be set, by the variables' names."""

from __future__ import annotations

import pytest

from appconnect.connectors.pipedrive.settings import PipedriveSettings
from appconnect.errors import ConfigurationError
from appconnect.settings import CALLBACK


def test_what_is_needed_is_named_and_where_to_get_it() -> None:
    with pytest.raises(ConfigurationError) as caught:
        PipedriveSettings.load().require("the CRM")
    assert (
        "To reach the CRM, set PIPEDRIVE_CLIENT_ID and PIPEDRIVE_CLIENT_SECRET in the environment or in .env: "
        "create an app in the Developer Hub (developers.pipedrive.com), they are under OAuth & access scopes."
    ) == caught.value.message


def test_unless_it_is_set_the_callback_is_the_workbenchs_own(monkeypatch: pytest.MonkeyPatch) -> None:
    assert ("", CALLBACK) == (PipedriveSettings.load().client_id, PipedriveSettings.load().redirect_uri)
    monkeypatch.setenv("PIPEDRIVE_REDIRECT_URI", "https://acme.example/callback")
    assert "https://acme.example/callback" == PipedriveSettings.load().redirect_uri


@pytest.mark.parametrize("variable", ["PIPEDRIVE_CLIENT_SECRET"])
def test_secrets_are_never_shown(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.setenv(variable, "wren-secret")
    loaded = PipedriveSettings.load()
    assert "wren-secret" not in f"{loaded!r} {loaded} {loaded.model_dump()} {loaded.model_dump_json()}"
