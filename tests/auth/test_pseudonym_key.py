"""The key of pseudonyms: random, private, beside the vault's key, and never in a project."""

import stat
from concurrent.futures import ThreadPoolExecutor

import pytest
from pydantic import SecretStr

from appconnect.auth.pseudonym_key import known_pseudonym_key, pseudonym_key
from appconnect.errors import ConfigurationError, StoreError


def test_it_is_made_once_at_random_and_for_its_owner_only(tmp_path):
    here, elsewhere = pseudonym_key(tmp_path / "here"), pseudonym_key(tmp_path / "elsewhere")
    assert here == pseudonym_key(tmp_path / "here") != elsewhere
    assert 64 == len(here)
    assert 0o600 == stat.S_IMODE((tmp_path / "here" / "pseudonym.key").stat().st_mode)


def test_first_uses_at_the_same_moment_agree_on_one_key(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        assert 1 == len(set(pool.map(lambda _: pseudonym_key(tmp_path), range(8))))


def test_a_replay_takes_a_key_but_makes_none(tmp_path):
    assert b"" == known_pseudonym_key(tmp_path)
    assert [] == list(tmp_path.iterdir())
    assert pseudonym_key(tmp_path) == known_pseudonym_key(tmp_path)


def test_the_setting_wins_over_the_file(tmp_path):
    key = SecretStr("k" * 32)
    assert b"k" * 32 == pseudonym_key(tmp_path, key) == known_pseudonym_key(tmp_path, key)
    assert [] == list(tmp_path.iterdir())


def test_a_setting_that_can_be_guessed_is_refused_and_not_shown(tmp_path):
    with pytest.raises(ConfigurationError) as caught:
        pseudonym_key(tmp_path, SecretStr("wren"))
    assert (
        "APPCONNECT_PSEUDONYM_KEY is too short to be kept secret: set 32 random characters or more, "
        "or leave it out and a key file is made for you."
    ) == caught.value.message


@pytest.mark.parametrize("content", [b"", b"short", b"\xff\xfe" * 40])
def test_a_damaged_file_is_named(tmp_path, content):
    (tmp_path / "pseudonym.key").write_bytes(content)
    for read in (pseudonym_key, known_pseudonym_key):
        with pytest.raises(StoreError) as caught:
            read(tmp_path)
        assert (
            f"The key of pseudonyms {tmp_path / 'pseudonym.key'} is damaged: restore a copy, or delete it, "
            "and live recordings get new pseudonyms."
        ) == caught.value.message


def test_a_key_may_have_space_around_it_and_32_characters_are_enough(tmp_path):
    (tmp_path / "pseudonym.key").write_text(f" {'f' * 32}\n")
    for read in (pseudonym_key, known_pseudonym_key):
        assert b"f" * 32 == read(tmp_path) == read(tmp_path, SecretStr(" \n"))
        assert b"k" * 32 == read(tmp_path, SecretStr(f" {'k' * 32}\n"))


def test_a_setting_may_be_any_bytes(tmp_path):
    assert b"\xed\xb3\xbf" * 32 == pseudonym_key(tmp_path, SecretStr("\udcff" * 32))


def test_a_file_that_others_can_read_is_made_private_and_said(tmp_path, caplog):
    pseudonym_key(tmp_path)
    (tmp_path / "pseudonym.key").chmod(0o644)
    known_pseudonym_key(tmp_path)
    assert 0o600 == stat.S_IMODE((tmp_path / "pseudonym.key").stat().st_mode)
    assert "pseudonym.key could be read" in caplog.text


@pytest.mark.parametrize("read", [pseudonym_key, known_pseudonym_key])
def test_a_key_that_cannot_be_read_is_named_with_the_system_s_reason(tmp_path, read):
    path = tmp_path / "pseudonym.key"
    path.mkdir()
    with pytest.raises(StoreError) as caught:
        read(tmp_path)
    assert f"The key of pseudonyms {path} cannot be read or made (Is a directory)." == caught.value.message


def test_where_the_system_gives_no_reason_the_kind_of_error_is_told(tmp_path, monkeypatch):
    pseudonym_key(tmp_path)

    def read_text(_):
        raise TimeoutError

    monkeypatch.setattr("pathlib.Path.read_text", read_text)
    with pytest.raises(StoreError) as caught:
        known_pseudonym_key(tmp_path)
    assert caught.value.message.endswith("cannot be read or made (TimeoutError).")
