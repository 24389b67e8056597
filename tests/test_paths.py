"""Paths that people name: written out, or told why they cannot be looked up."""

from __future__ import annotations

from pathlib import Path

import pytest

from appconnect.errors import ConfigurationError
from appconnect.paths import current_folder, looked_up


def test_a_path_is_looked_up_whether_something_is_there_or_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert (tmp_path, tmp_path / "x" / "y", Path("x"), Path("../y")) == (
        looked_up("~"), looked_up("~/x/y"), looked_up("x"), looked_up(Path("../y")),
    )  # fmt: skip
    assert tmp_path == current_folder()
    for name in ("x" * 255, "é" * 127):
        assert tmp_path / name == looked_up(tmp_path / name)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("x" * 256, "file name too long"),
        ("é" * 128, "file name too long"),
        (f"{'x' * 256}/y", "file name too long"),
        ("a\0b", "embedded null byte"),
        ("circle/x", "symlink loop"),
        ("~nobody-of-this-name/x", "could not determine home directory"),
    ],
)
def test_a_path_that_cannot_be_looked_up_is_told_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, reason: str
) -> None:
    (tmp_path / "circle").symlink_to(tmp_path / "circle")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigurationError) as caught:
        looked_up(name)
    assert f" cannot be looked up ({reason}" in caught.value.message
    assert caught.value.message.endswith("); choose another path.")
    assert len(caught.value.message) < 400


def test_a_path_is_named_in_the_sentence() -> None:
    with pytest.raises(ConfigurationError) as caught:
        looked_up("~nobody-of-this-name/x")
    said = "~nobody-of-this-name/x cannot be looked up (could not determine home directory); choose another path."
    assert said == caught.value.message


def test_in_a_folder_that_was_deleted_only_whole_paths_are_looked_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    for asked in (lambda: looked_up("x"), current_folder):
        with pytest.raises(ConfigurationError) as caught:
            asked()
        assert "The current folder was deleted; change to another one." == caught.value.message
    assert tmp_path / "x" == looked_up(tmp_path / "x")
