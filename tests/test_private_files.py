"""Keys, stores and recordings are their owner's alone, whoever made them and how."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from appconnect import private_files
from appconnect.private_files import keep_private, private_folder, read_or_make

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Modes say nothing there")


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


@pytest.fixture(autouse=True)
def open_to_all() -> object:
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.parametrize(("given", "left"), [(0o644, 0o600), (0o755, 0o700), (0o601, 0o600), (0o420, 0o400)])
def test_what_others_may_do_is_taken_away_and_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, given: int, left: int
) -> None:
    path = tmp_path / "key"
    path.touch()
    path.chmod(given)
    keep_private(path)
    keep_private(path)
    assert left == mode(path)
    assert [
        f"{path} could be read or changed by other users of this computer (mode {given:03o}); now only you can. "
        "If others use this computer, replace what is secret in it."
    ] == caplog.messages
    assert ["WARNING"] == [each.levelname for each in caplog.records]


@pytest.mark.parametrize("given", [0o600, 0o700, 0o400])
def test_what_is_private_stays_as_it_is(tmp_path: Path, caplog: pytest.LogCaptureFixture, given: int) -> None:
    path = tmp_path / "key"
    path.touch()
    path.chmod(given)
    keep_private(path)
    keep_private(tmp_path / "none")
    assert (given, []) == (mode(path), caplog.messages)


def test_elsewhere_modes_say_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "key"
    path.touch()
    before = mode(path)
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(private_files.os, "name", "other")
        keep_private(path)
    assert before == mode(path) != 0o600


def test_a_folder_is_made_private_or_becomes_so(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    folder = tmp_path / "a" / "b"
    assert folder == private_folder(folder)
    assert (0o700, []) == (mode(folder), caplog.messages)
    folder.chmod(0o750)
    assert folder == private_folder(folder)
    assert (0o700, 1) == (mode(folder), len(caplog.messages))


def test_a_file_is_made_once_whole_and_private(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "a" / "b" / "key"
    assert "one\n" == read_or_make(path, "one")
    assert "one\n" == read_or_make(path, "other")
    assert (0o600, 0o700, []) == (mode(path), mode(path.parent), caplog.messages)
    assert [path] == list(path.parent.iterdir())
    path.chmod(0o604)
    assert "one\n" == read_or_make(path, "other")
    assert (0o600, 1) == (mode(path), len(caplog.messages))


def test_of_two_who_make_a_file_at_once_the_first_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, link = tmp_path / "key", os.link

    def later(draft: str, to: Path) -> None:
        to.write_text("theirs\n")
        link(draft, to)

    monkeypatch.setattr(os, "link", later)
    assert "theirs\n" == read_or_make(path, "mine")
    assert [path] == list(tmp_path.iterdir())


def test_what_fails_leaves_no_draft(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refused)
    with pytest.raises(PermissionError):
        read_or_make(tmp_path / "key", "mine")
    assert [] == list(tmp_path.iterdir())
