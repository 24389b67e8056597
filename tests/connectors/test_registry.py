"""The registry: every installed platform is found, and one that is broken takes no other down."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from platforms import CRMS

from appconnect.connectors import registry
from appconnect.errors import ConfigurationError
from appconnect.workbench.checkup import Verdict, checkup

OTHER = CRMS[-1]


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder in which packages count as installed: what is written there is found by the registry."""
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(registry, "_added", {})
    monkeypatch.setattr(sys, "path", [*sys.path])
    registry.forget()
    yield tmp_path
    for name in [name for name in sys.modules if name.startswith("stranger")]:
        del sys.modules[name]


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """After the test and its settings, what is really installed."""
    yield
    registry.forget()


STRANGER = f"""\
from appconnect.connectors.platform import Platform
from appconnect.connectors.{OTHER} import PLATFORM as GIVEN

class Stranger(GIVEN.connector):
    platform = "stranger"
    title = "Stranger"

PLATFORM = Platform(connector=Stranger, sign_in=GIVEN.sign_in, settings=GIVEN.settings)
"""


def install(folder: Path, name: str, source: str, value: str = "stranger:PLATFORM") -> None:
    """Install a package of one module, ``stranger``, with one entry point."""
    (folder / "stranger.py").write_text(source, "utf-8")
    describe(folder, name, value)
    registry.forget()


def describe(folder: Path, name: str = "stranger", value: str = "stranger:PLATFORM") -> None:
    """Let a package count as installed, wherever its code is."""
    about = folder / "stranger_connector-1.0.dist-info"
    about.mkdir(exist_ok=True)
    (about / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: stranger-connector\nVersion: 1.0\n", "utf-8"
    )
    (about / "entry_points.txt").write_text(f"[appconnect.connectors]\n{name} = {value}\n", "utf-8")


def project(folder: Path, source: str = STRANGER, *, table: str = "appconnect.connectors") -> Path:
    """A project folder with one connector, as on the disk of somebody who writes one."""
    (folder / "src").mkdir(parents=True)
    (folder / "src" / "stranger.py").write_text(source, "utf-8")
    entry_point = f'[project.entry-points."{table}"]\nstranger = "stranger:PLATFORM"\n'
    (folder / "pyproject.toml").write_text(f'[project]\nname = "stranger-connector"\n{entry_point}', "utf-8")
    return folder


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("import no_such_module\n", "ModuleNotFoundError: No module named 'no_such_module'"),
        ("1 / 0\n", "ZeroDivisionError: division by zero"),
        ("def broken(:\n", "SyntaxError"),
        ("OTHER = 1\n", "AttributeError"),
        ("PLATFORM = 1\n", "stranger:PLATFORM is not a Platform"),
        ("raise SystemExit('gone')\n", "SystemExit: gone"),
        (f"from appconnect.connectors.{OTHER} import PLATFORM\n", f"its connector is called '{OTHER}'"),
    ],
)
def test_a_platform_that_cannot_be_loaded_is_named_with_its_reason_and_the_others_work(
    installed: Path, source: str, reason: str
) -> None:
    others = [each.name for each in registry.platforms()]
    install(installed, "stranger", source)
    told = registry.failures()["stranger"]
    assert "'stranger' of the package stranger-connector cannot be loaded" in told
    assert reason in told
    assert others == [each.name for each in registry.platforms()]
    with pytest.raises(ConfigurationError, match="cannot be loaded"):
        registry.platform("stranger")


def test_an_entry_point_that_names_no_module_takes_no_other_down(installed: Path) -> None:
    install(installed, "stranger", STRANGER, value="not a module")
    assert "cannot be loaded" in registry.failures()["stranger"]
    assert OTHER in registry.titles()


def test_doctor_names_a_platform_that_cannot_be_loaded(installed: Path) -> None:
    install(installed, "stranger", "import no_such_module\n")
    failed = [each.what for each in checkup() if each.verdict is Verdict.FAILED]
    assert [True] == ["no_such_module" in each for each in failed]


def test_two_packages_with_one_name_are_told_and_the_first_is_kept(installed: Path) -> None:
    install(installed, OTHER, "PLATFORM = 1\n")
    assert OTHER in registry.titles()
    assert "stranger-connector" in registry.failures()[f"{OTHER} (stranger-connector)"]


def test_an_unknown_platform_is_one_sentence_with_those_there_are() -> None:
    with pytest.raises(ConfigurationError, match=f"no connector for 'nope'; choose one of: {CRMS[0]}, "):
        registry.platform("nope")


# -- while a connector is written --


def test_a_package_that_is_installed_while_this_process_runs_is_found(installed: Path) -> None:
    assert "stranger" not in registry.names()
    (installed / "stranger.py").write_text(STRANGER, "utf-8")
    describe(installed)
    assert "Stranger" == registry.platform("stranger").title


def test_a_package_is_found_though_its_folder_looks_as_old_as_before(installed: Path) -> None:
    """A file system may tell two changes within a moment by the same time."""
    describe(installed)
    assert "stranger" not in registry.titles()
    times = installed.stat()
    (installed / "stranger.py").write_text(STRANGER, "utf-8")
    os.utime(installed, ns=(times.st_atime_ns, times.st_mtime_ns))
    registry.forget()
    assert "Stranger" == registry.platform("stranger").title


def test_a_connector_whose_package_has_folders_without_init_is_reloaded(installed: Path) -> None:
    folder = installed / "stranger"
    (folder / "parts").mkdir(parents=True)
    (folder / "parts" / "words.py").write_text('TITLE = "Stranger"\n', "utf-8")
    source = STRANGER.replace('title = "Stranger"', "title = TITLE")
    (folder / "__init__.py").write_text(f"from stranger.parts.words import TITLE\n{source}", "utf-8")
    describe(installed)
    assert "Stranger" == registry.platform("stranger").title
    (folder / "parts" / "words.py").write_text('TITLE = "Changed!"\n', "utf-8")
    assert "Changed!" == registry.reload("stranger").title


def test_an_editable_install_that_is_made_while_this_process_runs_is_found(installed: Path) -> None:
    assert "stranger" not in registry.names()
    source = project(installed / "elsewhere") / "src"
    (installed / "_stranger.pth").write_text(f"{source}\n", "utf-8")
    describe(installed)
    assert "Stranger" == registry.platform("stranger").title


def test_a_folder_that_was_added_counts_like_an_installed_package(installed: Path) -> None:
    assert ("stranger",) == registry.add(project(installed / "mine"))
    assert "Stranger" == registry.titles()["stranger"]


def test_folders_are_named_in_the_environment(installed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folders = [str(project(installed / "mine")), str(installed / "nowhere")]
    monkeypatch.setenv("APPCONNECT_CONNECTORS", os.pathsep.join(folders))
    assert "Stranger" == registry.platform("stranger").title


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (None, "APPCONNECT_CONNECTORS names {folder}, which has no pyproject.toml."),
        ("[project", "APPCONNECT_CONNECTORS names {folder}: {folder}/pyproject.toml is not valid TOML."),
    ],
)
def test_a_connector_that_is_missing_is_told_with_the_folders_that_cannot_be_used(
    installed: Path, monkeypatch: pytest.MonkeyPatch, text: str | None, told: str
) -> None:
    folder = installed / "nowhere"
    if text is not None:
        folder.mkdir()
        (folder / "pyproject.toml").write_text(text, "utf-8")
    monkeypatch.setenv("APPCONNECT_CONNECTORS", str(folder))
    with pytest.raises(ConfigurationError) as caught:
        registry.platform("zeta")
    known = f"There is no connector for 'zeta'; choose one of: {', '.join(registry.names())}."
    assert f"{known} {told.format(folder=folder)}" == caught.value.message


def test_folders_are_named_in_env_and_begin_at_the_project(
    installed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project(installed / "mine")
    notebooks = installed / "work" / "notebooks"
    notebooks.mkdir(parents=True)
    (installed / "work" / "pyproject.toml").touch()
    (installed / "work" / ".env").write_text("APPCONNECT_CONNECTORS=../mine\n", "utf-8")
    monkeypatch.chdir(notebooks)
    assert "Stranger" == registry.platform("stranger").title


def test_a_folder_comes_before_an_installed_copy_of_the_same_package(installed: Path) -> None:
    install(installed, "stranger", STRANGER.replace('"Stranger"', '"Old Stranger"'))
    registry.add(project(installed / "mine"))
    assert "Stranger" == registry.platform("stranger").title
    assert {} == registry.failures()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (None, "There is no {path}; name the folder of a connector's project."),
        ("[project", "{path} is not valid TOML."),
        ("[project]\nentry-points = 3\n", "The table [project] of {path} is not as it should be."),
        (
            '[project]\nname = "x"\n',
            '{path} declares no connector; add [project.entry-points."appconnect.connectors"].',
        ),
    ],
)
def test_a_bad_folder_is_told_in_one_sentence_and_takes_no_other_down(
    installed: Path, monkeypatch: pytest.MonkeyPatch, text: str | None, problem: str
) -> None:
    if text is not None:
        (installed / "pyproject.toml").write_text(text, "utf-8")
    told = problem.format(path=installed / "pyproject.toml")
    with pytest.raises(ConfigurationError, match=re.escape(told)):
        registry.add(installed)
    monkeypatch.setenv("APPCONNECT_CONNECTORS", str(installed))
    registry.forget()
    assert {str(installed): told} == registry.failures()
    assert OTHER in registry.titles()
    assert told in [each.what for each in checkup() if each.verdict is Verdict.FAILED]


@pytest.mark.parametrize("way", ["added", "installed"])
def test_an_edit_is_taken_up_by_reload_however_quick_it_was(installed: Path, way: str) -> None:
    folder = project(installed / "mine")
    if way == "added":
        registry.add(folder)
    else:
        (installed / "_stranger.pth").write_text(f"{folder / 'src'}\n", "utf-8")
        describe(installed)
    before = registry.platform("stranger")
    source = folder / "src" / "stranger.py"
    times = source.stat()
    source.write_text(STRANGER.replace('"Stranger"', '"Changed!"'), "utf-8")  # as long as it was
    os.utime(source, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert ("Stranger", "Changed!") == (before.title, registry.reload("stranger").title)
    assert "Changed!" == registry.platform("stranger").title


def test_an_edit_that_is_no_python_is_told_by_reload_and_mended_by_the_next(installed: Path) -> None:
    folder = project(installed / "mine")
    registry.add(folder)
    source = folder / "src" / "stranger.py"
    source.write_text("def broken(:\n", "utf-8")
    with pytest.raises(
        ConfigurationError, match="'stranger' of the package stranger-connector cannot be loaded"
    ):
        registry.reload("stranger")
    source.write_text(STRANGER, "utf-8")
    assert "Stranger" == registry.reload("stranger").title
