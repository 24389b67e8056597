"""Secrets at rest."""

import stat
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from appconnect.auth.vault import Vault, new_key
from appconnect.errors import ConfigurationError, NotSignedIn, StoreError

SECRETS = {"access_token": "at-wren-411", "refresh_token": "rt-wren-412"}


@given(st.dictionaries(st.text(), st.text()))
def test_what_is_sealed_opens_again(data):
    vault = Vault.in_memory()
    assert data == vault.open(vault.seal(data))


def test_sealed_text_shows_nothing():
    sealed = Vault.in_memory().seal(SECRETS)
    assert "wren" not in sealed
    assert "access_token" not in sealed


@pytest.mark.parametrize("sealed", [Vault.in_memory().seal(SECRETS), "", "garbage", "gAAAAA==", "ünïcode"])
def test_what_another_key_sealed_asks_to_sign_in_again(sealed):
    with pytest.raises(NotSignedIn, match="Sign in again"):
        Vault.in_memory().open(sealed)
    with pytest.raises(NotSignedIn, match="Sign in again"):
        Vault.in_memory().reseal(sealed)


def test_a_vault_without_a_key_is_none():
    with pytest.raises(ValueError, match=r"^A vault needs a key\.$"):
        Vault([])


def test_a_vault_shows_nothing():
    vault = Vault([new_key()])
    assert "<Vault>" == repr(vault) == str(vault)


def test_keys_rotate():
    old, new = new_key(), new_key()
    sealed = Vault([old]).seal(SECRETS)
    both = Vault([new, old])
    assert SECRETS == both.open(sealed)
    resealed = both.reseal(sealed)
    assert SECRETS == Vault([new]).open(resealed)
    with pytest.raises(NotSignedIn):
        Vault([old]).open(resealed)


def test_the_key_file_is_made_once_and_kept(tmp_path):
    home = tmp_path / "home"
    sealed = Vault.at(home).seal(SECRETS)
    assert SECRETS == Vault.at(home).open(sealed)
    assert ["vault.key"] == [file.name for file in home.iterdir()]


def test_the_key_file_is_for_its_owner_only(tmp_path):
    home = tmp_path / "home"
    Vault.at(home)
    assert 0o700 == stat.S_IMODE(home.stat().st_mode)
    assert 0o600 == stat.S_IMODE((home / "vault.key").stat().st_mode)


def test_first_uses_at_the_same_moment_agree_on_one_key(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        vaults = list(pool.map(lambda _: Vault.at(tmp_path / "home"), range(8)))
    sealed = vaults[0].seal(SECRETS)
    assert [SECRETS] * 8 == [vault.open(sealed) for vault in vaults]


def test_a_key_file_with_several_lines_opens_what_any_of_them_sealed(tmp_path):
    sealed = Vault.at(tmp_path).seal(SECRETS)
    file = tmp_path / "vault.key"
    file.write_text(f"{new_key()}\n{file.read_text()}")
    assert SECRETS == Vault.at(tmp_path).open(sealed)


@pytest.mark.parametrize("between", [",", ", ", " ,\n"])
def test_keys_from_the_environment_need_no_file(tmp_path, between):
    old, new = new_key(), new_key()
    sealed = Vault([old]).seal(SECRETS)
    assert SECRETS == Vault.at(tmp_path, SecretStr(f"{new}{between}{old}")).open(sealed)
    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize("key", [None, SecretStr(""), SecretStr(" \n")], ids=repr)
def test_a_setting_without_a_key_leaves_it_to_the_file(tmp_path, key):
    sealed = Vault.at(tmp_path).seal(SECRETS)
    assert SECRETS == Vault.at(tmp_path, key).open(sealed)


@pytest.mark.parametrize("key", ["too-short", "hunter2-wren, ", "x" * 44])
def test_a_wrong_key_in_the_environment_is_named_and_not_shown(tmp_path, key):
    with pytest.raises(ConfigurationError, match="APPCONNECT_VAULT_KEY") as caught:
        Vault.at(tmp_path, SecretStr(key))
    assert key not in caught.value.message


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", " is damaged: restore a copy, or delete it and sign in again."),
        (b"not a key", " is damaged: restore a copy, or delete it and sign in again."),
        (b"\xff\xfe", " cannot be read or made: 'utf-8' codec can't decode byte 0xff in position 0"),
    ],
)
def test_a_damaged_key_file_is_named(tmp_path, content, reason):
    path = tmp_path / "vault.key"
    path.write_bytes(content)
    with pytest.raises(StoreError) as caught:
        Vault.at(tmp_path)
    assert caught.value.message.startswith(f"The vault's key file {path}{reason}")


def test_a_home_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "home").write_text("a file where a folder belongs")
    with pytest.raises(StoreError, match=r"home.vault\.key"):
        Vault.at(tmp_path / "home")


@pytest.mark.parametrize("mode", [0o644, 0o660, 0o604, 0o777])
def test_a_key_file_that_others_can_read_is_made_private_and_said_once(tmp_path, mode, caplog):
    Vault.at(tmp_path)
    file = tmp_path / "vault.key"
    file.chmod(mode)
    Vault.at(tmp_path)
    Vault.at(tmp_path)
    assert 0 == stat.S_IMODE(file.stat().st_mode) & 0o077
    [warning] = caplog.messages
    assert f"{file} could be read or changed by other users" in warning
    assert file.read_text().strip() not in warning


def test_a_private_key_file_is_nothing_to_talk_about(tmp_path, caplog):
    Vault.at(tmp_path)
    Vault.at(tmp_path)
    assert [] == caplog.messages
