"""What is installed is complete, and what is written down in several files says the same."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
import venv
import zipfile
from importlib import metadata
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from platforms import OURS

from appconnect.connectors import registry
from appconnect.settings import NetworkSettings, Settings

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
ON_CONDA = {"playwright": "playwright-python", "tzdata": "python-tzdata"}


def direct() -> list[Requirement]:
    """Everything pyproject.toml asks for, extras included."""
    extras = PROJECT["optional-dependencies"].values()
    return [Requirement(each) for each in [*PROJECT["dependencies"], *(r for extra in extras for r in extra)]]


def pinned() -> list[Requirement]:
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    return [Requirement(line) for line in lines if not line.startswith("#")]


def bounds(requirement: Requirement) -> tuple[str, str]:
    return canonicalize_name(requirement.name), str(requirement.specifier)


def run(*command: str | Path, cwd: Path) -> str:
    """What a command prints, without this checkout in sight; JupyterLab's parts are those of its libraries."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PYTEST"))}
    env["JUPYTER_PATH"] = str(Path(sys.prefix) / "share" / "jupyter")
    done = subprocess.run(command, cwd=cwd, env=env, text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built offline."""
    folder = tmp_path_factory.mktemp("wheel")
    pip: list[str | Path] = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    run(
        *pip,
        "wheel",
        "--no-index",
        "--no-deps",
        "--no-build-isolation",
        "--wheel-dir",
        folder,
        ROOT,
        cwd=folder,
    )
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The ``bin`` of an environment that has the wheel, and the libraries of this one."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder, with_pip=False)
    scripts = folder / ("Scripts" if os.name == "nt" else "bin")
    python = scripts / "python"
    libraries = [path for path in sys.path if path.endswith("site-packages")]
    site = Path(
        run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder).strip()
    )
    pip: list[str | Path] = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", python]
    run(*pip, "install", "--no-index", "--no-deps", wheel, cwd=folder)
    (site / "libraries.pth").write_text("\n".join(libraries), "utf-8")
    return scripts


def test_the_wheel_can_be_imported_without_the_source_tree(installed: Path, tmp_path: Path) -> None:
    where = run(installed / "python", "-c", "import appconnect; print(appconnect.__file__)", cwd=tmp_path)
    assert Path(where.strip()).is_relative_to(installed.parent)


def test_the_command_runs_without_the_source_tree(installed: Path, tmp_path: Path) -> None:
    assert "sandbox" in run(installed / "appconnect", "--help", cwd=tmp_path)


def test_the_wheel_has_every_module_and_says_that_it_is_typed(wheel: Path) -> None:
    package = ROOT / "appconnect"
    modules = {str(path.relative_to(ROOT)) for path in package.rglob("*") if path.suffix in {".py", ".typed"}}
    assert "appconnect/py.typed" in modules
    assert modules == {
        name
        for name in zipfile.ZipFile(wheel).namelist()
        if name.startswith("appconnect/") and name.endswith((".py", ".typed"))
    }


def test_the_wheel_has_the_whole_template_of_new_packages(wheel: Path) -> None:
    template = ROOT / "appconnect" / "scaffold" / "templates"
    files = {
        str(path.relative_to(ROOT))
        for path in template.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert len(files) > 30
    assert set() == files - set(zipfile.ZipFile(wheel).namelist())


def test_the_wheel_brings_the_contract_as_a_pytest_plugin(wheel: Path) -> None:
    files = zipfile.ZipFile(wheel)
    entry_points = next(name for name in files.namelist() if name.endswith("entry_points.txt"))
    plugin = "[pytest11]\nappconnect = appconnect.testing.plugin\n"
    assert plugin in files.read(entry_points).decode().replace("\r\n", "\n")


def test_the_wheel_tells_jupyters_server_of_its_extension(wheel: Path) -> None:
    files = zipfile.ZipFile(wheel).namelist()
    assert any(name.endswith("data/etc/jupyter/jupyter_server_config.d/appconnect.json") for name in files)


def test_the_wheel_carries_its_license(wheel: Path) -> None:
    assert any(name.endswith("LICENSE") for name in zipfile.ZipFile(wheel).namelist())


# -- a connector of one's own, beside the wheel --

INSTALL_WHILE_RUNNING = """\
import asyncio, subprocess, sys
from appconnect import connect
from appconnect.connectors import registry
from appconnect.testing import steps

assert "acme" not in registry.names()
subprocess.run([*sys.argv[1:]], check=True, capture_output=True)

async def main():
    workbench = connect("acme", record=True)
    print((await workbench.sign_in()).message)
    await steps.log(workbench)
    await workbench.close()

asyncio.run(main())
"""
REPLAY = """\
import asyncio
from appconnect import connect
from appconnect.testing import steps

async def main():
    async with connect("acme", mode="replay") as workbench:
        await workbench.sign_in()
        print(await steps.log(workbench))

asyncio.run(main())
"""


def test_a_package_made_by_new_is_installed_and_everything_knows_it(installed: Path, tmp_path: Path) -> None:
    """Without an index, and into an environment that has the wheel only; a running process finds it too."""
    appconnect, python, folder = installed / "appconnect", installed / "python", tmp_path / "appconnect-acme"
    run(appconnect, "new", "acme", "--title", "Acme CRM", cwd=tmp_path)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", str(python), "install"]
    install = [*pip, "--no-index", "--no-deps", "--no-build-isolation", "--editable", str(folder)]
    told = run(python, "-c", INSTALL_WHILE_RUNNING, *install, cwd=folder)
    assert "Connected to Acme CRM as Rae Quill\n" == told
    assert "acme/walkthrough" in run(appconnect, "fixtures", cwd=folder)
    assert "1001\n" == run(python, "-c", REPLAY, cwd=folder)
    assert "Acme CRM: not set up for live use." in run(appconnect, "doctor", cwd=folder)
    assert "createCallLog          ✓ " in run(appconnect, "contract", "acme", "-k", "duration", cwd=tmp_path)


def test_the_changelog_opens_with_this_version() -> None:
    newest = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert newest is not None
    assert PROJECT["version"] == newest[1]
    assert PROJECT["version"] == metadata.version("appconnect")


def test_conda_gets_what_pip_gets() -> None:
    listed = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))["dependencies"]
    (by_pip,) = (each["pip"] for each in listed if isinstance(each, dict))
    conda = [Requirement(each) for each in listed if isinstance(each, str) and each != "pip"]
    names = {conda_name: name for name, conda_name in ON_CONDA.items()}
    got = {(names.get(name, name), bound) for name, bound in map(bounds, conda)}
    assert "-e ." in by_pip
    got |= {bounds(Requirement(each)) for each in by_pip if each != "-e ."}
    assert {("python", PROJECT["requires-python"]), *map(bounds, direct())} == got


def test_every_direct_dependency_is_pinned_within_its_bounds() -> None:
    pins = {(canonicalize_name(pin.name), spec.version) for pin in pinned() for spec in pin.specifier}
    loose = [
        str(requirement)
        for requirement in direct()
        if not any(
            name == canonicalize_name(requirement.name) and version in requirement.specifier
            for name, version in pins
        )
    ]
    assert [] == loose


def test_a_pin_is_one_version_and_no_address() -> None:
    assert [] == [str(p) for p in pinned() if p.url or [s.operator for s in p.specifier] != ["=="]]


def test_the_example_env_file_names_every_setting_and_sets_none() -> None:
    example = (ROOT / ".env.example").read_text("utf-8")
    ours = [each for each in registry.platforms() if each.connector.__module__.startswith("appconnect.")]
    settings = [Settings, NetworkSettings, *(each.settings for each in ours)]
    known = {each.variable(field) for each in settings for field in each.model_fields}
    absent = tuple(f"{name.upper()}_" for name in OURS if name not in registry.names())
    offered = set(re.findall(r"^#([A-Z_]+)=", example, re.MULTILINE))
    assert known == {name for name in offered if not name.startswith(absent)}
    assert [] == re.findall(r"^[^#\n].*", example, re.MULTILINE)
