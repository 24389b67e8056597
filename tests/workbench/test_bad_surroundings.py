"""What is missing, damaged or taken around a workbench: one clear sentence, and what was there stays."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from answers import NIA, NOBODY, call, sms
from platforms import OAUTH, OAUTH_TITLE
from workbench_steps import CRMS, nia, signed_in

from appconnect.auth.loopback import LoopbackPage, approve_in
from appconnect.errors import (
    CassetteCorrupt,
    CassetteMissing,
    ConfigurationError,
    ProxyFault,
    RecordingError,
    StoreError,
    Unreachable,
)
from appconnect.sandbox.server import PortTaken, serve
from appconnect.workbench import Workbench, connect
from appconnect.workbench import environment as surroundings
from appconnect.workbench.sandboxes import make_sandbox

HOW = "Record it with APPCONNECT_RECORD=1, or all of them with: appconnect record --all."


@pytest.fixture
def fixtures(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where recordings are kept."""
    monkeypatch.setenv("APPCONNECT_FIXTURES", str(tmp_path))
    return tmp_path


@pytest.fixture
def taken_port() -> Iterator[int]:
    """A port on which another program listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


# -- what was asked for --


def test_an_unknown_crm() -> None:
    with pytest.raises(ConfigurationError) as caught:
        connect("salesforce")
    sentence = f"There is no connector for 'salesforce'; choose one of: {', '.join(CRMS)}."
    assert sentence == caught.value.message


def test_a_crm_may_be_spelled_as_people_do() -> None:
    assert OAUTH == connect(f" {OAUTH_TITLE} ", mode="sandbox").platform


@pytest.mark.parametrize("mode", ["", "test", "SANDBOX?"])
def test_an_unknown_mode(mode: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        connect(OAUTH, mode=mode)
    assert f"There is no mode {mode!r}; choose one of sandbox, replay, live." == caught.value.message


def test_an_unknown_mode_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APPCONNECT_MODE", "test")
    with pytest.raises(ConfigurationError) as caught:
        connect(OAUTH)
    sentence = "APPCONNECT_MODE is not valid: choose one of sandbox, replay, live."
    assert sentence == caught.value.message


def test_an_unknown_plan() -> None:
    with pytest.raises(ConfigurationError) as caught:
        connect(OAUTH, mode="sandbox", plan="gold")
    plans = ", ".join(make_sandbox()[OAUTH].plans)
    assert f"{OAUTH_TITLE} has no plan 'gold'; there are: {plans}." == caught.value.message


@pytest.mark.parametrize("scenario", ["../walkthrough", "", "a b", "x" * 200])
def test_a_scenario_that_names_no_file(scenario: str, fixtures: Path) -> None:
    sentence = f"{scenario!r} cannot name a recording: use letters, digits, hyphens and underscores only."
    for how in ({"mode": "replay"}, {"mode": "sandbox", "record": True}):
        with pytest.raises(RecordingError) as caught:
            connect(OAUTH, scenario=scenario, **how)
        assert sentence == caught.value.message


def test_a_replay_is_not_recorded(fixtures: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        connect(OAUTH, mode="replay", record=True)
    assert "A replay cannot be recorded; record in the sandbox or live." == caught.value.message


# -- recordings --


@pytest.mark.parametrize("crm", CRMS)
def test_a_missing_recording(crm: str, fixtures: Path) -> None:
    with pytest.raises(CassetteMissing) as caught:
        connect(crm, mode="replay")
    path = fixtures / crm / "walkthrough.json"
    assert f"There is no recording at {path}: {HOW}" == caught.value.message


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda text: "", "is not JSON at line 1, column 1: Expecting value."),
        (lambda text: "{", "is not JSON at line 1, column 2: Expecting property name enclosed in double"),
        (lambda text: "[]", "is damaged: the file: "),
        (
            lambda text: text.replace('"status": 200', '"status": "fine"', 1),
            "is damaged: exchanges[0].response.",
        ),
        (lambda text: text.replace('"format": 1', '"format": 99'), "has file format 99, but this appconnect"),
    ],
)
async def test_a_corrupt_recording_is_named_and_left_alone(fixtures: Path, damage, said: str) -> None:
    workbench = await signed_in(OAUTH, record=True)
    await workbench.close()
    path = fixtures / OAUTH / "walkthrough.json"
    broken = damage(path.read_text())
    path.write_text(broken)
    with pytest.raises(CassetteCorrupt) as caught:
        connect(OAUTH, mode="replay")
    assert caught.value.message.startswith(f"The recording {path} {said}")
    assert broken == path.read_text()


BODIES: list[Any] = [
    {"base64": "!"}, {"base64": "é"}, {"base64": 1}, {"form": {"a": [1]}}, {"form": ["a"]}, {"form": None},
    {"text": ["a", 1]}, {"text": None}, {"json": 1, "text": "a"}, {"odd": "a"}, {}, "a", [],
]  # fmt: skip


@pytest.mark.parametrize("body", BODIES, ids=str)
@pytest.mark.parametrize("part", ["request", "response"])
@pytest.mark.parametrize("place", [0, -1], ids=["first", "last"])
async def test_a_body_that_is_damaged_is_named_wherever_it_is(
    fixtures: Path, part: str, place: int, body: Any
) -> None:
    workbench = await signed_in(OAUTH, record=True)
    await workbench.find_contact(NIA)
    await workbench.close()
    path = fixtures / OAUTH / "walkthrough.json"
    recording = json.loads(path.read_text())
    recording["exchanges"][place][part]["body"] = body
    path.write_text(json.dumps(recording))
    with pytest.raises(CassetteCorrupt) as caught:
        await used_up(connect(OAUTH, mode="replay"))
    number = range(len(recording["exchanges"]))[place]
    start = f"The recording {path} is damaged: exchanges[{number}].{part}.body"
    assert caught.value.message.startswith(start)


async def used_up(workbench: Workbench) -> None:
    """Play a recording to its end, and show it."""
    for result in (await workbench.sign_in(), await workbench.find_contact(NIA)):
        if result.error is not None:
            raise result.error
    workbench.show_recording()


async def test_a_recording_that_cannot_be_saved_leaves_the_old_one(
    fixtures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await (await signed_in(OAUTH, record=True)).close()
    path = fixtures / OAUTH / "walkthrough.json"
    before = path.read_bytes()
    workbench = await signed_in(OAUTH, record=True)
    await workbench.find_contact(NIA)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(Path, "replace", full)
        with pytest.raises((OSError, RecordingError)):
            await workbench.close()
    assert (before, ["walkthrough.json"]) == (path.read_bytes(), [each.name for each in siblings(path)])


def siblings(path: Path) -> list[Path]:
    return list(path.parent.iterdir())


# -- ports --


async def test_a_callback_port_that_is_taken(taken_port: int) -> None:
    page = LoopbackPage(f"http://127.0.0.1:{taken_port}/callback", state="s")
    with pytest.raises(ConfigurationError) as caught:
        async with page.listening():
            pass
    sentence = (
        f"Port {taken_port}, where the browser would be sent back to, is taken by another program, or another "
        "notebook that still waits. Close it, or paste the address that the browser ends at."
    )
    assert sentence == caught.value.message


async def test_a_callback_port_that_is_taken_in_a_sign_in(
    monkeypatch: pytest.MonkeyPatch, taken_port: int, told
) -> None:
    sandbox = make_sandbox()
    monkeypatch.setattr(surroundings, "network", sandbox.transport)
    known = {name: value for name, value in sandbox[OAUTH].credentials.items() if name != "password"}
    for name, value in {**known, "redirect_uri": f"http://127.0.0.1:{taken_port}/callback"}.items():
        monkeypatch.setenv(f"{OAUTH}_{name}".upper(), value)
    workbench = connect(OAUTH, mode="live")
    kind, sentence = told(workbench, await workbench.sign_in())
    assert (ConfigurationError, True) == (kind, f"Port {taken_port}, where" in sentence)


async def test_with_the_callback_port_taken_the_address_can_be_pasted(
    monkeypatch: pytest.MonkeyPatch, taken_port: int
) -> None:
    workbench = connect(OAUTH, mode="sandbox")
    workbench.connector.account.redirect_uri = f"http://127.0.0.1:{taken_port}/callback"
    request = await workbench.begin_sign_in()
    redirected = await workbench.ask_consent(request)
    async with workbench.consent_page(request) as page:
        assert f"Port {taken_port}" in page.problem
        page.paste(redirected)
        assert (await workbench.finish_sign_in(request, await page.answer())).successful


async def test_a_sandbox_port_that_is_taken(taken_port: int) -> None:
    with pytest.raises(PortTaken) as caught:
        async with serve(make_sandbox(), taken_port):
            pass
    sentence = f"Port {taken_port} is taken by another program; choose another, or 0 for any free one."
    assert sentence == str(caught.value)


# -- no network, no disk --


class Refusing(httpx.AsyncBaseTransport):
    """A network, or a proxy, that lets nothing through."""

    def __init__(self, error: type[httpx.TransportError] = httpx.ConnectError) -> None:
        self.error, self.count = error, 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.count += 1
        raise self.error("refused", request=request)


@pytest.mark.parametrize("crm", CRMS)
@pytest.mark.parametrize("error", [httpx.ConnectError, httpx.ProxyError, httpx.ConnectTimeout])
async def test_no_network_in_live_mode(
    crm: str,
    error: type[httpx.TransportError],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    told,
) -> None:
    sandbox = make_sandbox(crm)
    monkeypatch.setattr(surroundings, "network", sandbox.transport)
    monkeypatch.setattr(surroundings, "SystemClock", lambda: sandbox.clock)
    monkeypatch.setenv("APPCONNECT_HOME", str(tmp_path))
    for name, value in sandbox[crm].credentials.items():
        monkeypatch.setenv(f"{crm}_{name}".upper(), value)
    workbench = connect(crm, mode="live")
    consent = approve_in(sandbox.transport())
    assert (await workbench.sign_in(consent=consent)).successful
    contact = await nia(workbench)
    await workbench.close()

    monkeypatch.setattr(surroundings, "network", lambda: Refusing(error))
    offline = connect(crm, mode="live")
    expected = (Unreachable, f"{offline.title} cannot be reached")
    if error is httpx.ProxyError:
        expected = (ProxyFault, f"The proxy does not let {offline.title} be reached")
    for result in (
        await offline.find_contact(NIA),
        await offline.create_contact(NOBODY, "Ann Lee"),
        await offline.log_call(call(), contact, note="Mine"),
        await offline.log_message(sms("1", "Mine"), contact),
        await offline.list_users(),
    ):
        assert expected == told(offline, result)
    assert 1 == len(offline.environment.store.connections(crm))
    await offline.close()

    monkeypatch.setattr(surroundings, "network", sandbox.transport)
    online = connect(crm, mode="live")
    logged = await online.log_call(call(), contact, note="Mine")
    assert (None, "Call logged") == (logged.error, logged.message)
    await online.close()


def test_a_home_that_cannot_be_written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("APPCONNECT_HOME", str(tmp_path / "file" / "home"))
    with pytest.raises(StoreError) as caught:
        connect(OAUTH, mode="live")
    assert caught.value.message.endswith("Make it writable, or set APPCONNECT_HOME to another folder.")
    assert "in the way" == (tmp_path / "file").read_text()


async def test_a_replay_that_was_recorded_otherwise_is_told_and_goes_on(fixtures: Path, told) -> None:
    await (await signed_in(OAUTH, record=True)).close()
    assert 1 == json.loads((fixtures / OAUTH / "walkthrough.json").read_text())["header"]["format"]
    workbench = connect(OAUTH, mode="replay")
    assert (await workbench.sign_in()).successful
    kind, sentence = told(workbench, await workbench.find_contact(NIA))
    assert (True, True) == (issubclass(kind, RecordingError), sentence.endswith(HOW))
