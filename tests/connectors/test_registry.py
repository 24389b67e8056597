"""The registry: every installed platform is found, and one that is broken takes no other down."""

from __future__ import annotations

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
    registry.forget()
    yield tmp_path
    registry.forget()
    for name in [name for name in sys.modules if name.startswith("stranger")]:
        del sys.modules[name]


def install(folder: Path, name: str, source: str, value: str = "stranger:PLATFORM") -> None:
    """Install a package of one module, ``stranger``, with one entry point."""
    (folder / "stranger.py").write_text(source, "utf-8")
    about = folder / "stranger_connector-1.0.dist-info"
    about.mkdir(exist_ok=True)
    (about / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: stranger-connector\nVersion: 1.0\n", "utf-8"
    )
    (about / "entry_points.txt").write_text(f"[appconnect.connectors]\n{name} = {value}\n", "utf-8")
    registry.forget()


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
