"""A package made by ``appconnect new`` works as it is: contract, types, notebook, panels, recordings, commands."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from answers import call
from made_packages import NAMES, Made, Packages, git_status, known_here, make
from pydantic.alias_generators import to_snake
from typer.testing import CliRunner
from workbench_steps import secrets_of, signed_in, walk

from appconnect.cli import app
from appconnect.connector import NOT_YET
from appconnect.connectors import registry
from appconnect.errors import CredentialsRejected, NotSupported
from appconnect.panels import (
    CallLogPanel,
    ChooserPanel,
    ConnectPanel,
    ContactsPanel,
    MessageLogPanel,
    RateLimitsPanel,
    SandboxPanel,
    TimelinePanel,
)
from appconnect.sandbox.server import serve
from appconnect.sandbox.state import SandboxState, load
from appconnect.testing import steps
from appconnect.workbench import connect
from appconnect.workbench.checkup import Verdict, checkup
from appconnect.workbench.sandboxes import make_sandbox

FEWER = ("-p", "no:hypothesispytest")
"""Hypothesis's plugin loads all of it at the end of every run."""
every_kind = pytest.mark.parametrize("name", NAMES)


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Packages]:
    """Packages in an empty folder outside this repository, known to this process."""
    before = git_status()
    with known_here(make(tmp_path_factory.mktemp("packages"))) as made:
        yield made
    assert before == git_status(), "something was written into this repository"


@pytest.fixture
def made(packages: Packages, name: str) -> Made:
    return packages[name]


# -- as it is made --


def test_the_contract_of_every_kind_is_green_at_its_level(packages: Packages) -> None:
    told = packages.run("appconnect", "contract", *NAMES, cwd=packages["acme"].folder)
    rows = {line.split()[0]: re.findall(r"[✓✗–]|level", line) for line in told.splitlines() if line}
    assert ["–", "✓", "–"] == rows["getOauthInfo"]
    for operation in ("getUserInfo", "unAuthorize", "findContact", "findContactWithName", "createCallLog"):
        assert ["✓"] * 3 == rows[operation], told
    assert ["–"] * 3 == rows["updateCallLog"]
    assert NOT_YET in told


def test_its_own_tests_pass_with_pytest_alone(packages: Packages) -> None:
    told = packages.run("pytest", "-q", *FEWER, "-k", "duration or stated", cwd=packages["cedar2"].folder)
    assert re.search(r"\d+ passed", told)
    assert "failed" not in told


def test_its_types_are_strict(packages: Packages, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All kinds in one run, for their settings are the same, and what they import is looked through once."""
    first, *others = packages.values()
    strict = mypy_settings(first)
    assert (True, ["src", "tests"]) == (strict["strict"], strict["files"])
    assert [strict] * len(others) == [mypy_settings(each) for each in others]
    files = [first.folder / "src", first.folder / "tests"]
    for each in others:
        files += each.folder.glob("src/*")
        for test in each.folder.glob("tests/*.py"):  # of one name there may be but one module
            files.append(Path(shutil.copy(test, tmp_path / f"{each.name}_{test.name}")))
    monkeypatch.setenv("MYPYPATH", os.pathsep.join(str(each.folder / "src") for each in others))
    told = packages.run("mypy", "--cache-dir", str(tmp_path / "cache"), *map(str, files), cwd=first.folder)
    count = sum(len([*each.folder.glob("*/**/*.py")]) for each in packages.values())
    assert f"Success: no issues found in {count} source files" in told


def mypy_settings(made: Made) -> dict[str, object]:
    settings: dict[str, object] = tomllib.loads((made.folder / "pyproject.toml").read_text("utf-8"))["tool"][
        "mypy"
    ]
    return settings


def test_its_notebook_says_what_is_stored(packages: Packages) -> None:
    notebooks = [str(path) for each in packages.values() for path in each.folder.glob("notebooks/*.ipynb")]
    assert 3 == len(notebooks)
    nbval = ["--nbval", "--nbval-current-env", "-p", "no:cacheprovider", *FEWER]
    told = packages.run("pytest", *nbval, *notebooks, cwd=packages["acme"].folder.parent)
    assert re.search(r"\d+ passed", told)


# -- the workbench knows it --


@every_kind
async def test_every_panel_works_with_it(made: Made) -> None:
    chooser = ChooserPanel()
    chooser.crm.value = made.name
    workbench = chooser.connect()
    connection, contacts = ConnectPanel(workbench), ContactsPanel(workbench, "(415) 555-0142")
    assert (await connection.sign_in()).successful
    await contacts.search()
    assert contacts.chosen is not None and "Nia Holt" == contacts.chosen.name
    form = CallLogPanel(workbench, contacts, note="A quote")
    assert (await form.log()).successful
    messages = MessageLogPanel(workbench, contacts, "Hi")
    assert isinstance((await messages.log()).error, NotSupported)
    assert NOT_YET in messages.status.value
    assert "no requests" not in RateLimitsPanel(workbench).about()
    assert f"{len(workbench.trace)} requests" in TimelinePanel(workbench).about()
    assert (await connection.sign_out()).successful
    await workbench.close()


@every_kind
async def test_people_of_its_sandbox_are_added_and_changed_by_hand(made: Made) -> None:
    workbench = await signed_in(made.name, options={})
    panel = SandboxPanel(workbench)
    people = panel.parts["People"]
    panel.part.value = "People"
    assert "Nia Holt" in people.listed.value
    people.name.value, people.phone.value = "Jo van Lindt", "+1 (212) 555-0177"
    await people.save()
    (jo,) = (await workbench.find_contact("+12125550177")).contacts
    assert "Jo van Lindt" == jo.name
    people.person.value = next(each for _, each in people.person.options if jo.id == str(each and each.key))
    people.name.value, people.phone.value = "Jo Moss", "+1 (212) 555-0188"
    await people.save()
    (moss,) = (await workbench.find_contact("+12125550188")).contacts
    assert (jo.id, "Jo Moss") == (moss.id, moss.name)
    panel.part.value = "Records"
    assert {"users", "contacts", "calls"} <= {value for _, value in panel.parts["Records"].table.options}
    await workbench.close()


@every_kind
async def test_what_its_sandbox_holds_is_kept_between_runs(made: Made, tmp_path: Path) -> None:
    workbench = await signed_in(made.name, options={})
    contact = (await workbench.find_contact("+14155550142")).contacts[0]
    logged = await workbench.log_call(call(), contact)
    SandboxState.of(workbench.environment.sandbox).save(tmp_path / "state.json")
    again = make_sandbox(made.name)
    load(again, tmp_path / "state.json")
    assert int(logged.log_id) in again[made.name].tables()["calls"]
    await workbench.close()


@every_kind
async def test_a_request_exported_as_a_script_runs_against_its_sandbox_on_a_port(made: Made) -> None:
    workbench = await signed_in(made.name, options={})
    await workbench.find_contact("+14155550142")
    number = workbench.trace[-1].number
    async with serve(make_sandbox(made.name)) as url:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            workbench.trace.as_httpx(number, sandbox=url),
            stdout=asyncio.subprocess.PIPE,
        )
        told, _ = await process.communicate()
    assert told.startswith(b"200 ")
    assert b"Nia Holt" in told
    await workbench.close()


@every_kind
async def test_wrong_credentials_are_said_to_be_wrong(made: Made) -> None:
    workbench = connect(made.name, mode="sandbox")
    secret = [field.name for field in workbench.sign_in_fields if field.secret]
    if made.auth == "oauth":
        assert [] == secret
    else:
        result = await workbench.sign_in({secret[0]: "not-the-right-one"})
        assert isinstance(result.error, CredentialsRejected)
        assert made.title in result.message
    await workbench.close()


@every_kind
async def test_its_own_rate_limit_headers_are_read_and_kept_to(made: Made) -> None:
    workbench = await signed_in(made.name)
    assert (100, True) == (workbench.limits.amount, (workbench.limits.remaining or 0) > 90)
    for _ in range(120):
        assert (await workbench.find_contact("+14155550142")).successful
    assert {200} == {each.status for each in workbench.trace}, "the client waits before there are too many"
    await workbench.close()


@every_kind
async def test_a_smaller_plan_is_waited_out(made: Made) -> None:
    workbench = await signed_in(made.name, plan="tiny")
    assert all([(await workbench.find_contact("+14155550142")).successful for _ in range(6)])
    assert 429 in {each.status for each in workbench.trace}
    await workbench.close()


# -- recorded and replayed --


@every_kind
async def test_what_is_recorded_shows_no_secret_and_can_be_replayed(
    made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("APPCONNECT_FIXTURES", str(tmp_path))
    live = connect(made.name, mode="sandbox", record=True, scenario="whole")
    results = [each.to_wire() for each in await walk(live)]
    assert secrets_of(live), "there are secrets to be kept"
    shown = repr(list(live.trace)) + "".join(
        f"{each.request_headers}{each.response_headers}{each.request_body}{each.response_body}"
        for each in live.trace
    )
    await live.close()
    text = (tmp_path / made.name / "whole.json").read_text("utf-8")
    leaked = [each for each in secrets_of(live) if each in text or each in shown]
    assert [] == leaked
    left = f"x-{made.name.replace('_', '-')}-left"
    assert f'"{left}": "9' in text, "the CRM's own rate-limit headers are kept"

    replay = connect(made.name, mode="replay", scenario="whole")
    assert results == [each.to_wire() for each in await walk(replay)]
    await replay.close()


def test_record_and_fixtures_know_it_in_its_own_folder(
    packages: Packages, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = packages["blue_bird"]
    told = packages.run("appconnect", "record", "--all", cwd=made.folder)
    assert f"{made.name}: outputs as before" in told
    assert f"{made.name}/walkthrough: new" in told
    assert (made.folder / "fixtures" / made.name / "walkthrough.json").is_file()
    monkeypatch.chdir(made.folder / "notebooks")
    listed = CliRunner().invoke(app, ["fixtures"])
    assert 0 == listed.exit_code, listed.output
    assert [f"{made.name}/limits", f"{made.name}/walkthrough"] == re.findall(
        r"^\S+", listed.stdout, re.MULTILINE
    )


# -- the other commands --


async def test_the_sandbox_serves_it_to_any_client(packages: Packages) -> None:
    async with serve(make_sandbox()) as url, httpx.AsyncClient(base_url=url) as client:
        index = (await client.get("/")).text
        assert [] == [each.title for each in packages.values() if each.title not in index]
        assert 401 == (await client.get("/acme/v1/me")).status_code
        me = await client.get("/acme/v1/me", headers={"X-Acme-Key": "sandbox-acme-key-of-rae"})
        assert ("Rae Quill", "100") == (me.json()["data"]["name"], me.headers["x-acme-limit"])


@every_kind
def test_doctor_says_what_it_needs_and_shows_no_value(
    made: Made, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("APPCONNECT_HOME", str(tmp_path))
    needed = [f"{made.prefix}{field.upper()}" for field in registry.platform(made.name).settings.needed]
    assert [] == [each for each in needed if each not in _doctor(made)]
    for variable in needed:
        monkeypatch.setenv(variable, "s3cret-value")
    assert _doctor(made).startswith(f"ok      {made.title}: ")
    assert "s3cret" not in _doctor(made)


def _doctor(made: Made) -> str:
    findings = list(checkup())
    assert [] == [each for each in findings if each.verdict is Verdict.FAILED]
    return next(str(each) for each in findings if each.what.startswith(f"{made.title}: "))


def test_doctor_names_the_redirect_address_of_an_oauth_app(
    packages: Packages, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("APPCONNECT_HOME", str(tmp_path))
    assert "with the redirect address http://127.0.0.1:8738/callback." in _doctor(packages["blue_bird"])


@every_kind
def test_every_setting_can_be_typed_into_the_connect_panel_too(made: Made) -> None:
    workbench = connect(made.name, mode="sandbox")
    typed = {to_snake(each.name) for each in (*workbench.app_fields, *workbench.sign_in_fields)}
    assert registry.platform(made.name).settings.model_fields.keys() == typed
    assert registry.platform(made.name).hosts_to_try


@every_kind
def test_its_example_of_settings_names_every_one_of_them(made: Made) -> None:
    settings = registry.platform(made.name).settings
    example = (made.folder / ".env.example").read_text("utf-8")
    known = {settings.variable(field) for field in settings.model_fields}
    assert known == set(re.findall(r"^#([A-Z0-9_]+)=", example, re.MULTILINE))


# -- while it is written --


async def test_an_edited_connector_is_taken_up_with_reload(packages: Packages) -> None:
    made = packages["acme"]
    path = made.folder / "src" / "acme_connector" / "connector.py"
    source = path.read_text("utf-8")
    before = await signed_in("acme")
    path.write_text(source.replace("data.name\n", "data.name.upper()\n"), "utf-8")
    try:
        after = await signed_in("acme", reload=True)
        for workbench, name in ((before, "Nia Holt"), (after, "NIA HOLT")):
            read = await workbench.get_call_log(await steps.log(workbench))
            assert read.call_log_info is not None and name == read.call_log_info.contact_name
            await workbench.close()
    finally:
        path.write_text(source, "utf-8")
        registry.reload("acme")
