"""Settings from the environment and from .env."""

import os
from pathlib import Path

import pytest
from platformdirs import user_data_path
from platforms import CRMS, OAUTH
from pydantic import SecretStr

from appconnect.connectors import registry
from appconnect.errors import ConfigurationError
from appconnect.settings import (
    Mode,
    Settings,
    env_file,
    project_root,
)

ALL = [*(registry.platform(name).settings for name in CRMS), Settings]
SAMPLE = registry.platform(OAUTH).settings
CLIENT_ID, REDIRECT = SAMPLE.variable("client_id"), SAMPLE.variable("redirect_uri")


@pytest.fixture(autouse=True)
def project(tmp_path, monkeypatch):
    """A project's folder, with a notebooks folder in it that is the current one."""
    root = tmp_path / "project"
    (root / "notebooks").mkdir(parents=True)
    (root / "pyproject.toml").touch()
    monkeypatch.chdir(root / "notebooks")
    return root


def test_nothing_has_to_be_set_for_the_sandbox(project):
    settings = Settings.load()
    assert Mode.SANDBOX is settings.mode
    assert user_data_path("appconnect") == settings.home
    assert project / "fixtures" == settings.fixtures
    assert "US" == settings.default_region
    assert settings.database_url is settings.app_server_secret_key is settings.vault_key is None


def test_the_environment_is_read(monkeypatch):
    monkeypatch.setenv("APPCONNECT_MODE", "Live")
    monkeypatch.setenv("APPCONNECT_HOME", "~/elsewhere")
    monkeypatch.setenv("APPCONNECT_FIXTURES", "/recordings")
    monkeypatch.setenv("APPCONNECT_DEFAULT_REGION", "gb")
    monkeypatch.setenv("APPCONNECT_VAULT_KEY", "k")
    monkeypatch.setenv("DATABASE_URL", "postgres://ada:pw@db/app")
    monkeypatch.setenv("APP_SERVER_SECRET_KEY", "s")
    settings = Settings.load()
    assert Mode.LIVE is settings.mode
    assert Path.home() / "elsewhere" == settings.home
    assert Path("/recordings") == settings.fixtures
    assert "GB" == settings.default_region
    assert SecretStr("k") == settings.vault_key
    assert SecretStr("postgres://ada:pw@db/app") == settings.database_url
    assert SecretStr("s") == settings.app_server_secret_key


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        ("APPCONNECT_MODE", "prod", "APPCONNECT_MODE is not valid: choose one of sandbox, replay, live."),
        (
            "APPCONNECT_DEFAULT_REGION",
            "Germany",
            "APPCONNECT_DEFAULT_REGION is not valid: use a country's two letters, like US, GB or DE.",
        ),
    ],
)
def test_a_wrong_value_is_named_with_the_valid_ones(monkeypatch, variable, value, sentence):
    monkeypatch.setenv(variable, value)
    with pytest.raises(ConfigurationError) as caught:
        Settings.load()
    assert sentence == caught.value.message


@pytest.mark.parametrize("name", ["~nobody-of-this-name/x", "x" * 300, f"{'x' * 300}/y", f"y/{'x' * 300}"])
@pytest.mark.parametrize("variable", ["HOME", "FIXTURES", "CONNECTORS"])
def test_a_folder_that_cannot_be_looked_up_is_named(project, monkeypatch, variable, name):
    monkeypatch.setenv(f"APPCONNECT_{variable}", name)
    with pytest.raises(ConfigurationError) as caught:
        Settings.load()
    assert caught.value.message.startswith(f"APPCONNECT_{variable} is not valid: ")
    assert caught.value.message.endswith("; choose another path.")


@pytest.mark.parametrize("settings", ALL, ids=lambda each: each.__name__)
def test_a_current_folder_that_was_deleted_is_told(project, settings):
    (project / "notebooks").rmdir()
    with pytest.raises(
        ConfigurationError, match=r"^The current folder was deleted; change to another one\.$"
    ):
        settings.load()


@pytest.mark.parametrize("variable", ["APPCONNECT_VAULT_KEY", "APPCONNECT_HOME", "APP_SERVER_SECRET_KEY"])
def test_a_character_that_cannot_be_written_is_told_with_the_variable(monkeypatch, variable):
    monkeypatch.setenv(variable, "a\udcff")
    with pytest.raises(ConfigurationError) as caught:
        Settings.load()
    assert f"{variable} has a character in it that cannot be written (\\udcff)." == caught.value.message


def test_what_is_kept_and_recorded_unless_told_otherwise(monkeypatch):
    monkeypatch.delenv("APPCONNECT_HISTORY")
    settings = Settings.load()
    assert (False, True, ()) == (settings.record, settings.history, settings.connectors)
    assert settings.home / "recordings" == settings.unreviewed
    monkeypatch.setenv("APPCONNECT_RECORD", "1")
    monkeypatch.setenv("APPCONNECT_HISTORY", "0")
    assert (True, False) == (Settings.load().record, Settings.load().history)


def test_folders_of_connectors_are_a_list_that_begins_at_the_project(project, monkeypatch):
    separated = os.pathsep.join([" ../mine ", "", "/theirs"])
    monkeypatch.setenv("APPCONNECT_CONNECTORS", separated)
    assert (project.parent / "mine", Path("/theirs")) == Settings.load().connectors
    assert (Path("x"),) == Settings(connectors=(Path("x"),)).connectors


@pytest.mark.parametrize("marker", ["pyproject.toml", ".git"])
def test_a_project_begins_where_its_description_or_repository_is(tmp_path, marker):
    (tmp_path / "mine" / "a" / "b").mkdir(parents=True)
    (tmp_path / "mine" / marker).mkdir()
    for start in ("mine", "mine/a", "mine/a/b"):
        assert tmp_path / "mine" == project_root(tmp_path / start)
    assert tmp_path / "mine" != project_root(tmp_path)


def test_an_empty_variable_is_an_unset_one(monkeypatch):
    monkeypatch.setenv("APPCONNECT_MODE", "")
    assert Mode.SANDBOX is Settings.load().mode


@pytest.mark.parametrize("name", CRMS)
def test_exactly_the_missing_variables_are_named_and_where_to_get_them(monkeypatch, name):
    settings = registry.platform(name).settings
    first, *missing = map(settings.variable, settings.needed)
    monkeypatch.setenv(first, "present")
    if missing:
        with pytest.raises(ConfigurationError) as caught:
            settings.load().require("the CRM")
        assert first not in caught.value.message
        assert all(name in caught.value.message for name in missing)
        assert settings.where in caught.value.message
    for variable in missing:
        monkeypatch.setenv(variable, "present")
    assert settings.load() == settings.load().require("the CRM")


def test_optional_settings_are_required_only_when_asked_for():
    empty = SAMPLE.model_construct(client_id="", redirect_uri="", client_secret=SecretStr(""))
    secret = SAMPLE.variable("client_secret")
    for fields, listed in (
        (["client_id"], CLIENT_ID),
        (["client_id", "redirect_uri"], f"{CLIENT_ID} and {REDIRECT}"),
        (["client_id", "redirect_uri", "client_secret"], f"{CLIENT_ID}, {REDIRECT} and {secret}"),
    ):
        with pytest.raises(ConfigurationError) as caught:
            empty.require("Acme", *fields)
        told = f"To reach Acme, set {listed} in the environment or in .env: {SAMPLE.where}."
        assert told == caught.value.message


def test_the_redirect_address_is_the_loopback_page_unless_set(monkeypatch):
    assert "http://127.0.0.1:8738/callback" == SAMPLE.load().redirect_uri
    monkeypatch.setenv(REDIRECT, "http://127.0.0.1:9000/back")
    assert "http://127.0.0.1:9000/back" == SAMPLE.load().redirect_uri


def test_a_dot_env_of_the_project_is_found_from_its_folders(project):
    (project / ".env").write_text(f"{CLIENT_ID}=from-file\nSOMETHING_ELSE=1\nAPPCONNECT_MODE=replay\n")
    assert "from-file" == SAMPLE.load().client_id
    assert Mode.REPLAY is Settings.load().mode


def test_the_nearest_dot_env_counts_and_the_environment_wins(project, monkeypatch):
    (project / ".env").write_text(f"{CLIENT_ID}=root")
    (project / "notebooks" / ".env").write_text(f"{CLIENT_ID}=nearest")
    assert "nearest" == SAMPLE.load().client_id
    monkeypatch.setenv(CLIENT_ID, "environment")
    assert "environment" == SAMPLE.load().client_id


def test_a_dot_env_above_the_project_is_not_ours(project):
    (project.parent / ".env").write_text(f"{CLIENT_ID}=foreign")
    assert env_file() is None
    assert "" == SAMPLE.load().client_id


def test_outside_of_a_project_only_the_current_folder_is_looked_at(tmp_path):
    folder = tmp_path / "loose" / "inner"
    folder.mkdir(parents=True)
    (tmp_path / "loose" / ".env").touch()
    assert env_file(folder) is None
    (folder / ".env").touch()
    assert folder / ".env" == env_file(folder)


def test_a_dot_env_that_is_no_text_is_named(project):
    (project / ".env").write_bytes(CLIENT_ID.encode() + b"=\xff\xfe")
    with pytest.raises(ConfigurationError) as caught:
        SAMPLE.load()
    assert f"{project / '.env'} cannot be read; it must be a text file in UTF-8." == caught.value.message


def test_settings_can_be_given_by_name(tmp_path):
    settings = Settings(home=tmp_path, database_url=SecretStr("sqlite://"))
    assert (tmp_path, SecretStr("sqlite://")) == (settings.home, settings.database_url)


@pytest.mark.parametrize("settings", ALL)
def test_secrets_are_never_shown(monkeypatch, settings):
    secret = [name for name, field in settings.model_fields.items() if "SecretStr" in str(field.annotation)]
    assert secret
    for name in secret:
        monkeypatch.setenv(settings.variable(name), "wren-secret")
    loaded = settings.load()
    shown = f"{loaded!r} {loaded} {loaded.model_dump()} {loaded.model_dump_json()}"
    assert "wren-secret" not in shown
    assert "**********" in shown
