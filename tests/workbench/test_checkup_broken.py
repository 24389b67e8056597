"""Each thing that ``appconnect doctor`` looks at, broken: it is named with what to do, and nothing else is."""

from __future__ import annotations

import json
import socket
import sys
import zoneinfo
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest
from platforms import ALL_OAUTH, CRMS
from ports import free_port
from typer.testing import CliRunner

from appconnect.cli import app
from appconnect.connectors import registry
from appconnect.workbench import checkup as machine
from appconnect.workbench import checkup_jupyter
from appconnect.workbench.checkup import Verdict, checkup
from appconnect.workbench.sandboxes import make_sandbox


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("APPCONNECT_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(machine, "PORTS", {})
    return tmp_path / "home"


def must_be_mended() -> str:
    """The one thing that is found; the command's exit status tells it too."""
    [found] = all_that_must_be_mended()
    return found


def all_that_must_be_mended() -> list[str]:
    """What is found; the command's exit status tells it too."""
    found = [each.what for each in checkup() if each.verdict is Verdict.FAILED]
    result = CliRunner().invoke(app, ["doctor"])
    assert (1, []) == (result.exit_code, [each for each in found if each not in result.stdout])
    return found


def test_a_machine_that_is_well_has_nothing_to_mend() -> None:
    assert [] == [each for each in checkup() if each.verdict is Verdict.FAILED]
    assert 0 == CliRunner().invoke(app, ["doctor"]).exit_code


# -- Python, packages, kernel, panels, time zones --


def test_an_old_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 4))
    assert "Python 3.10.4 is too old; install 3.11 or newer." in must_be_mended()


def test_a_package_of_another_version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        metadata, "version", lambda name, real=metadata.version: "0.1" if name == "httpx" else real(name)
    )
    found = must_be_mended()
    assert "another version: httpx" in found and found.endswith("pip install -e .")


def test_no_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkup_jupyter, "find_spec", lambda _: None)
    assert "there is no kernel for notebooks; run: pip install ipykernel" == must_be_mended()


def kernel_in(prefix: Path, text: str) -> Path:
    folder = prefix / "share" / "jupyter" / "kernels" / "python3"
    folder.mkdir(parents=True)
    (folder / "kernel.json").write_text(text)
    return folder


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "cannot be read"),
        ('{"argv": []}', "cannot be read"),
        ('{"argv": ["/nowhere/python"]}', "starts /nowhere/python, which is not there"),
        ('{"argv": ["/bin/sh"]}', "starts another Python, /bin/sh"),
    ],
)
def test_a_kernel_that_starts_something_else(tmp_path: Path, text: str, told: str) -> None:
    folder = kernel_in(tmp_path, text)
    found = checkup_jupyter.kernel(tmp_path)
    assert (Verdict.FAILED, True) == (found.verdict, f"the kernel in {folder} {told}" in found.what)
    assert found.what.endswith("run: python -m ipykernel install --sys-prefix")


@pytest.mark.parametrize("program", ["python", "python3", sys.executable])
def test_a_kernel_that_starts_this_python_is_well(tmp_path: Path, program: str) -> None:
    kernel_in(tmp_path, json.dumps({"argv": [program, "-m", "ipykernel_launcher"]}))
    assert Verdict.OK is checkup_jupyter.kernel(tmp_path).verdict


def test_a_kernel_for_all_environments_is_noted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = kernel_in(tmp_path, '{"argv": ["/bin/sh"]}')
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "share" / "jupyter"))
    found = checkup_jupyter.kernel()
    assert (Verdict.NOTE, True) == (
        found.verdict,
        f"{folder}, which starts another Python, /bin/sh" in found.what,
    )


def test_no_extension_for_panels(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(checkup_jupyter, "_jupyter_folders", lambda name: [tmp_path / name])
    assert must_be_mended().endswith("run: pip install --force-reinstall jupyterlab_widgets")


@pytest.fixture
def _no_zones(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Neither the system's time zones nor the package's."""
    monkeypatch.setitem(sys.modules, "tzdata", None)
    zoneinfo.reset_tzpath(to=[])
    yield
    zoneinfo.reset_tzpath()


@pytest.mark.usefixtures("_no_zones")
def test_no_time_zones() -> None:
    assert must_be_mended().endswith("run: pip install --force-reinstall tzdata")


def test_hardly_any_time_zones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "available_timezones", lambda: {"UTC"})
    assert "there are only 1 time zones" in must_be_mended()


# -- store and vault --


def test_a_store_that_is_no_database(home: Path) -> None:
    list(checkup())
    [store] = home.glob("*.sqlite3")
    store.write_text("this is no database, but long enough to be taken for one at first sight " * 9)
    assert str(store) in must_be_mended()


def test_a_vault_whose_key_is_damaged(home: Path) -> None:
    home.mkdir()
    (home / "vault.key").write_text("no key")
    found = must_be_mended()
    assert "is damaged: restore a copy, or delete it and sign in again" in found


def test_a_vault_key_that_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APPCONNECT_VAULT_KEY", "tr0ub4dor")
    found = must_be_mended()
    assert "APPCONNECT_VAULT_KEY is not a vault key" in found and "tr0ub4dor" not in found


# -- ports --


@pytest.mark.parametrize("crm", ALL_OAUTH)
def test_the_port_of_a_sign_in_that_is_taken_must_be_free_where_the_crm_is_set_up(
    crm: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setenv(f"{crm}_redirect_uri".upper(), f"http://127.0.0.1:{port}/callback")
        [line] = [each for each in checkup() if f"port {port}" in each.what]
        assert Verdict.NOTE is line.verdict
        for name, value in make_sandbox(crm)[crm].credentials.items():
            monkeypatch.setenv(f"{crm}_{name}".upper(), value)
        found = must_be_mended()
    assert f"port {port} is taken (browsers come back to it for {registry.platform(crm).title})" in found
    assert "register a redirect address with another port" in found


@pytest.mark.parametrize(
    ("port", "remedy"), [(8888, "takes the next free one"), (8700, "appconnect sandbox --port 0")]
)
def test_the_remedy_for_a_port_of_ours(port: int, remedy: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        found = machine._port(taken.getsockname()[1], "ours", machine.PORT_REMEDIES[port])
    assert (Verdict.NOTE, True) == (found.verdict, remedy in found.what)


# -- credentials --


@pytest.mark.parametrize(
    "left_over", ['"{}"', "'{}'", "<your-id>", "changeme", "your-key-here", "xxxx", "TODO"]
)
def test_a_value_that_was_never_filled_in(left_over: str, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = list[str]()
    for crm in CRMS:
        platform, credentials = registry.platform(crm), make_sandbox(crm)[crm].credentials
        monkeypatch.setenv(f"{crm}_redirect_uri".upper(), f"http://127.0.0.1:{free_port()}/callback")
        for name, value in credentials.items():
            monkeypatch.setenv(f"{crm}_{name}".upper(), value)
        variable = platform.settings.variable(platform.settings.needed[0])
        monkeypatch.setenv(variable, left_over.format("s3cret-value"))
        expected.append(f"{platform.title}: {variable} is a placeholder")
    found = all_that_must_be_mended()
    assert [True] * len(expected) == [told in each for told, each in zip(expected, found, strict=True)]
    assert "s3cret" not in "".join(found)


@pytest.mark.parametrize("crm", ALL_OAUTH)
@pytest.mark.parametrize(
    ("address", "verdict", "told"),
    [
        ("callback", Verdict.FAILED, "must be a web address such as http://127.0.0.1:8738/callback"),
        ("http://127.0.0.1:99999/callback", Verdict.FAILED, "must be a web address"),
        ("https://work.example/callback", Verdict.NOTE, "is not a page on this computer"),
        ("https://127.0.0.1:8738/callback", Verdict.NOTE, "is not a page on this computer"),
    ],
)
def test_the_redirect_address(
    crm: str, address: str, verdict: Verdict, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    title, variable = registry.platform(crm).title, registry.platform(crm).settings.variable("redirect_uri")
    monkeypatch.setenv(variable, address)
    found = [each for each in checkup() if told in each.what]
    assert [(verdict, True, True)] == [
        (each.verdict, each.what.startswith(f"{title}: "), variable in each.what) for each in found
    ]
