"""The registry: every installed platform is found, and one that is broken takes no other down."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from platforms import CRMS, needs

from appconnect.connectors import registry
from appconnect.errors import ConfigurationError
from appconnect.http.rules import LimitHeaders
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


@needs("redtail")
def test_our_own_connectors_need_no_others_to_be_looked_for(
    installed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("APPCONNECT_MODE", "dream")  # so that nothing can be looked for
    registry.forget()
    assert "Redtail" == registry.platform(" Redtail ").title
    with pytest.raises(ConfigurationError, match=r"^APPCONNECT_MODE is not valid"):
        registry.platform("stranger")


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


@pytest.mark.parametrize("spelled", ["stranger", " Stranger ", "STRANGER"])
def test_a_platform_is_known_by_its_name_however_that_is_spelled(installed: Path, spelled: str) -> None:
    install(installed, "stranger", STRANGER)
    before = registry.platform(spelled)
    (installed / "stranger.py").write_text(STRANGER.replace('"Stranger"', '"Changed!"'), "utf-8")
    assert ("Stranger", "Changed!") == (before.title, registry.reload(spelled).title)


def test_platforms_are_in_the_order_of_their_names(installed: Path) -> None:
    install(installed, "stranger", STRANGER)
    expected = sorted([*CRMS, "stranger"])
    assert expected == [each.name for each in registry.platforms()]
    assert (expected, expected) == (list(registry.names()), list(registry.titles()))


def test_of_two_with_one_name_both_packages_are_named(installed: Path) -> None:
    install(installed, "stranger", STRANGER.replace('"Stranger"', '"Old Stranger"'))
    folder = project(installed / "mine")
    described = (folder / "pyproject.toml").read_text("utf-8")
    (folder / "pyproject.toml").write_text(described.replace("stranger-connector", "newcomer"), "utf-8")
    registry.add(folder)
    assert "Stranger" == registry.platform("stranger").title  # the folder's, which is being written
    told = (
        "The connector 'stranger' of the package stranger-connector is not used: "
        "newcomer has one of the same name."
    )
    assert {"stranger (stranger-connector)": told} == registry.failures()


def test_a_project_without_a_name_is_called_like_its_folder(installed: Path) -> None:
    folder = project(installed / "mine", "1 / 0\n")
    described = (folder / "pyproject.toml").read_text("utf-8")
    (folder / "pyproject.toml").write_text(described.replace("name =", "version ="), "utf-8")
    registry.add(folder)
    told = (
        "The connector 'stranger' of the package mine cannot be loaded: ZeroDivisionError: division by zero."
    )
    assert told == registry.failures()["stranger"]


def test_a_folder_may_have_its_code_beside_the_description(installed: Path) -> None:
    folder = project(installed / "mine")
    (folder / "src" / "stranger.py").rename(folder / "stranger.py")
    (folder / "src").rmdir()
    registry.add(folder)
    assert "Stranger" == registry.platform("stranger").title


def test_a_folder_is_put_on_the_path_once_and_first(installed: Path) -> None:
    folder = project(installed / "mine")
    for _ in range(2):
        registry.add(folder)
        assert "stranger" in registry.names()
    assert "Stranger" == registry.platform("stranger").title
    assert (str(folder / "src"), 1) == (sys.path[0], sys.path.count(str(folder / "src")))


def test_a_folder_in_ones_home_may_be_spelled_with_a_tilde(
    installed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(installed))
    project(installed / "mine")
    assert ("stranger",) == registry.add("~/mine")
    assert "Stranger" == registry.platform("stranger").title


def test_a_folder_that_was_added_and_has_gone_is_told_as_it_is(installed: Path) -> None:
    folder = project(installed / "mine")
    registry.add(folder)
    (folder / "pyproject.toml").unlink()
    registry.forget()
    with pytest.raises(ConfigurationError) as caught:
        registry.platform("stranger")
    told = f"There is no {folder / 'pyproject.toml'}; name the folder of a connector's project."
    assert caught.value.message.endswith(f". {told}")


def test_a_reload_reads_anew_what_belongs_to_the_connector_and_nothing_else(installed: Path) -> None:
    for name in ("stranger_things", "stranger2"):
        (installed / f"{name}.py").write_text("", "utf-8")
    imports = "import stranger_things\nimport stranger2\n"
    install(installed, "stranger", imports + STRANGER)
    registry.platform("stranger")
    before = [sys.modules[name] for name in ("stranger_things", "stranger2", "stranger")]
    registry.reload("stranger")
    after = [sys.modules[name] for name in ("stranger_things", "stranger2", "stranger")]
    assert [True, True, False] == [old is new for old, new in zip(before, after, strict=True)]


def test_a_reload_of_what_is_not_there_says_what_there_is() -> None:
    with pytest.raises(ConfigurationError, match=f"no connector for 'nope'; choose one of: {CRMS[0]}, "):
        registry.reload("nope")


@pytest.mark.parametrize(
    ("reachable_at", "hosts", "to_try"),
    [
        ((), ("api.example.com", "*.example.org"), ("api.example.com",)),
        (("www.example.com",), ("api.example.com",), ("www.example.com",)),
        ((), ("*.example.org",), ()),
    ],
)
def test_hosts_to_try_are_those_that_are_stated_or_spelled_out(
    reachable_at: tuple[str, ...], hosts: tuple[str, ...], to_try: tuple[str, ...]
) -> None:
    given = registry.platform(OTHER)
    rules = replace(given.connector.rules, hosts=hosts)
    connector = type("Stranger", (given.connector,), {"rules": rules})
    assert to_try == replace(given, connector=connector, reachable_at=reachable_at).hosts_to_try


def test_headers_of_limits_are_redacted_as_the_rules_name_them() -> None:
    given = registry.platform(OTHER)
    limits = LimitHeaders(remaining="X-LEFT", daily_amount="X-Daily")
    connector = type(
        "Stranger", (given.connector,), {"rules": replace(given.connector.rules, limit_headers=limits)}
    )
    redaction = replace(given.redaction, limit_headers=("x-left", "X-Other"))
    made = replace(given, connector=connector, redaction=redaction)
    assert ("x-left", "x-other", "x-daily") == made.redaction.limit_headers
