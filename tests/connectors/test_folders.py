"""The connectors that a project folder declares, and whose they are."""

from __future__ import annotations

import locale
from pathlib import Path

import pytest

from appconnect.connectors.folders import sources
from appconnect.errors import ConfigurationError

DECLARED = '[project.entry-points."appconnect.connectors"]\nAcme = "acme_connector:PLATFORM"\n'


@pytest.mark.parametrize(
    ("head", "package"),
    [
        ('[project]\nname = "appconnect-acme"\n', "appconnect-acme"),
        ("[project]\n", "of-acme"),
        ("", "of-acme"),
    ],
)
def test_a_connector_is_of_the_package_that_is_named_or_else_of_its_folder(
    tmp_path: Path, head: str, package: str
) -> None:
    folder = tmp_path / "of-acme"
    folder.mkdir()
    (folder / "pyproject.toml").write_text(head + DECLARED, "utf-8")
    [source] = sources(folder)
    assert (package, "acme", "acme_connector") == (source.package, source.name, source.module)


def test_a_description_is_in_utf_8_whatever_the_computer_writes(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(f'[project]\nname = "büro"\n{DECLARED}', "utf-8")
    before = locale.setlocale(locale.LC_CTYPE)
    locale.setlocale(locale.LC_CTYPE, "C")
    try:
        [source] = sources(tmp_path)
    finally:
        locale.setlocale(locale.LC_CTYPE, before)
    assert "büro" == source.package


@pytest.mark.parametrize(
    "text", ["project = 3", "[project]\nname = 3", '[project]\nentry-points = {"a" = {"b" = 3}}']
)
def test_what_is_otherwise_in_a_description_than_it_should_be_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "pyproject.toml").write_text(text, "utf-8")
    with pytest.raises(ConfigurationError) as caught:
        sources(tmp_path)
    assert (
        f"The table [project] of {tmp_path / 'pyproject.toml'} is not as it should be."
        == caught.value.message
    )


def test_a_folder_that_declares_none_says_what_to_add(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "acme"\n', "utf-8")
    with pytest.raises(ConfigurationError, match=r'add \[project.entry-points."appconnect.connectors"\]'):
        sources(tmp_path)
