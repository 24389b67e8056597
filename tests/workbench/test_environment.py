"""What answers is chosen in one place: the sandbox, a recording, or the live CRM."""

from __future__ import annotations

import json
import re
import socket
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from answers import NIA, NOBODY, call
from platforms import OAUTH
from workbench_steps import CRMS, nia, sandbox_of, secrets_of, signed_in, walk

from appconnect.auth.loopback import approve_in
from appconnect.errors import NoMatch, NotSignedIn, RecordingError
from appconnect.settings import Mode
from appconnect.store import Store
from appconnect.workbench import Workbench, connect
from appconnect.workbench import environment as surroundings
from appconnect.workbench.sandboxes import make_sandbox


@pytest.fixture
def fixtures(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where recordings are kept."""
    monkeypatch.setenv("APPCONNECT_FIXTURES", str(tmp_path / "fixtures"))
    return tmp_path / "fixtures"


async def recorded(scenario: str = "walkthrough") -> None:
    """A recording of a sign-in and a search."""
    workbench = await signed_in(OAUTH, record=True, scenario=scenario)
    await workbench.find_contact(NIA)
    await workbench.close()


def recorded_exchanges(fixtures: Path) -> list[dict]:
    return json.loads((fixtures / OAUTH / "walkthrough.json").read_text())["exchanges"]


def files(folder: Path) -> list[Path]:
    return list(folder.rglob("*"))


# -- choosing --


@pytest.mark.parametrize(
    ("variable", "argument", "expected"),
    [
        (None, None, Mode.SANDBOX),
        (None, "live", Mode.LIVE),
        ("live", None, Mode.LIVE),
        (" Live ", None, Mode.LIVE),
        ("live", "sandbox", Mode.SANDBOX),
        ("live", Mode.SANDBOX, Mode.SANDBOX),
    ],
)
def test_the_argument_wins_over_the_variable_and_without_both_it_is_the_sandbox(
    monkeypatch: pytest.MonkeyPatch, variable: str | None, argument: str | None, expected: Mode
) -> None:
    if variable:
        monkeypatch.setenv("APPCONNECT_MODE", variable)
    assert expected is connect(OAUTH, mode=argument).mode


async def test_the_variable_chooses_a_replay(fixtures: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    await recorded()
    monkeypatch.setenv("APPCONNECT_MODE", "replay")
    workbench = connect(OAUTH)
    assert (Mode.REPLAY, None) == (workbench.mode, workbench.sandbox)


# -- recording --


@pytest.mark.parametrize(
    ("variable", "argument", "expected"),
    [("", None, False), ("1", None, True), ("1", False, False), ("", True, True), ("0", None, False)],
)
async def test_what_is_to_be_recorded_is_saved_on_closing(
    fixtures: Path, monkeypatch: pytest.MonkeyPatch, variable: str, argument: bool | None, expected: bool
) -> None:
    monkeypatch.setenv("APPCONNECT_RECORD", variable)
    path = fixtures / OAUTH / "mine.json"
    workbench = await signed_in(OAUTH, record=argument, scenario="mine")
    assert not path.exists()
    await workbench.close()
    assert expected is path.exists()


async def test_a_recording_says_where_from_and_when(fixtures: Path) -> None:
    await recorded("mine")
    header = json.loads((fixtures / OAUTH / "mine.json").read_text())["header"]
    said = {"crm": OAUTH, "scenario": "mine", "recorded_from": "sandbox", "people": False}
    assert {**said, "recorded_at": "2026-01-02T09:30:00Z"} == {
        key: header[key] for key in (*said, "recorded_at")
    }


async def test_a_workbench_that_asked_for_nothing_leaves_an_older_recording_alone(fixtures: Path) -> None:
    await recorded()
    before = (fixtures / OAUTH / "walkthrough.json").read_bytes()
    await connect(OAUTH, mode="sandbox", record=True).close()
    assert before == (fixtures / OAUTH / "walkthrough.json").read_bytes()


# -- replaying --


async def test_a_replay_never_reaches_for_the_network(
    fixtures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await recorded()

    def refused(*_: object, **__: object) -> socket.socket:
        raise AssertionError("a replay opened a socket")

    monkeypatch.setattr(socket, "socket", refused)
    monkeypatch.setattr(socket, "create_connection", refused)
    monkeypatch.setattr(surroundings, "network", refused)
    workbench = connect(OAUTH, mode="replay")
    await workbench.sign_in()
    assert ["Nia Holt"] == [contact.name for contact in (await workbench.find_contact(NIA)).contacts]
    unrecorded = await workbench.find_contact(NOBODY)
    assert isinstance(unrecorded.error, NoMatch)
    assert re.search(r"query\.\w+: recorded .*4155550142.*, sent .*3035550199", unrecorded.message)


async def test_a_replay_runs_on_the_recordings_clock(fixtures: Path) -> None:
    sandbox = make_sandbox()
    sandbox.clock.advance(86_400)
    workbench = await signed_in(OAUTH, record=True, sandbox=sandbox)
    began = workbench.now()
    await workbench.close()
    assert began == connect(OAUTH, mode="replay").now()


async def test_closing_a_replay_names_what_was_never_asked_for(fixtures: Path) -> None:
    await recorded()
    workbench = connect(OAUTH, mode="replay")
    await workbench.sign_in()
    with pytest.raises(RecordingError) as caught:
        await workbench.close()
    signing_in, search = len(workbench.trace), len(recorded_exchanges(fixtures)) - len(workbench.trace)
    told = (
        f"{signing_in} of {signing_in + search} recorded exchanges of {OAUTH}/walkthrough were used; unused: "
    )
    assert told == caught.value.message[: len(told)]
    unused = [urlsplit(each["request"]["url"]).path for each in recorded_exchanges(fixtures)[signing_in:]]
    assert (True, []) == (search > 0, [path for path in unused if path not in caught.value.message])


async def test_closing_a_replay_that_was_played_out_says_nothing(fixtures: Path) -> None:
    await recorded()
    workbench = connect(OAUTH, mode="replay")
    await workbench.sign_in()
    await workbench.find_contact(NIA)
    await workbench.close()


# -- the sandbox --


async def test_every_workbench_has_a_sandbox_of_its_own() -> None:
    one, other = await signed_in(OAUTH), await signed_in(OAUTH)
    await one.create_contact(NOBODY, "Ann Lee")
    assert [] == (await other.find_contact(NOBODY)).contacts


async def test_workbenches_that_share_a_sandbox_see_each_others_work() -> None:
    shared = make_sandbox()
    one, other = [await signed_in(OAUTH, sandbox=shared) for _ in range(2)]
    log_id = (await one.log_call(call(), await nia(one), note="From one")).log_id
    await other.update_call_log(log_id or "", note="From the other")
    read = (await one.get_call_log(log_id or "")).call_log_info
    assert read is not None
    assert "From the other" == read.note


async def test_workbenches_for_several_crms_share_a_sandbox_and_its_clock() -> None:
    shared = make_sandbox()
    benches = [await signed_in(crm, sandbox=shared) for crm in CRMS]
    shared.clock.advance(60)
    assert {shared.clock.now()} == {workbench.now() for workbench in benches}
    assert ["Nia Holt"] * len(CRMS) == [(await nia(workbench)).name for workbench in benches]


async def test_the_sandbox_writes_nothing_to_disk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("APPCONNECT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("APPCONNECT_FIXTURES", str(tmp_path / "fixtures"))
    await walk(workbench := connect(OAUTH, mode="sandbox"))
    await workbench.close()
    assert [] == files(tmp_path)


# -- live, with the sandbox in the network's place --


class Live:
    """A computer whose network leads to a sandbox, whose time is the computer's."""

    def __init__(self, crm: str, home: Path) -> None:
        self.crm, self.home, self.sandbox = crm, home, make_sandbox(crm)

    def connect(self, **how: bool) -> Workbench:
        return connect(self.crm, mode="live", **how)

    async def sign_in(self) -> Workbench:
        workbench = self.connect()
        result = await workbench.sign_in(consent=approve_in(self.sandbox.transport()))
        assert result.error is None
        return workbench

    def on_disk(self) -> bytes:
        return b"\n".join(path.read_bytes() for path in files(self.home) if path.is_file())


@pytest.fixture(params=CRMS)
def live(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Live:
    live = Live(request.param, tmp_path / "home")
    monkeypatch.setattr(surroundings, "network", live.sandbox.transport)
    monkeypatch.setattr(surroundings, "SystemClock", lambda: live.sandbox.clock)
    monkeypatch.setenv("APPCONNECT_HOME", str(live.home))
    for name, value in live.sandbox[live.crm].credentials.items():
        monkeypatch.setenv(f"{live.crm}_{name}".upper(), value)
    return live


async def test_a_connection_is_taken_up_again_without_asking(live: Live) -> None:
    await (await live.sign_in()).close()
    before = len(live.sandbox[live.crm].requests)
    again = live.connect()
    assert "Nia Holt" == (await nia(again)).name
    assert again.user is not None
    assert "Rae Quill" == again.user.name
    asked = [request.path for request in live.sandbox[live.crm].requests[before:]]
    assert [] == [path for path in asked if "oauth" in path or path.endswith("/authentication")]
    await again.close()


async def test_no_secret_is_on_disk_in_plain_text(live: Live) -> None:
    workbench = await live.sign_in()
    await workbench.find_contact(NIA)
    secrets = secrets_of(workbench)
    assert secrets
    assert [] == [secret for secret in secrets if secret.encode() in live.on_disk()]
    await workbench.close()


async def test_signing_out_leaves_nothing_on_disk_not_even_sealed(live: Live) -> None:
    workbench = await live.sign_in()
    [kept] = workbench.environment.store.connections(live.crm)
    assert (await workbench.sign_out()).successful
    await workbench.close()
    assert (False, True) == (kept.sealed.encode() in live.on_disk(), live.on_disk() != b"")
    assert [] == Store.at(live.home).connections(live.crm)
    assert isinstance((await live.connect().find_contact(NIA)).error, NotSignedIn)


async def test_a_log_is_remembered_by_the_next_workbench(live: Live) -> None:
    workbench = await live.sign_in()
    first = await workbench.log_call(call(), await nia(workbench), note="First")
    await workbench.close()
    again = live.connect()
    second = await again.log_call(call(), await nia(again), note="Second")
    assert (None, first.log_id) == (second.error, second.log_id)
    assert first.log_id == again.logged_call("s-1")


async def test_a_connection_that_cannot_be_unsealed_asks_for_a_sign_in_each_time(live: Live) -> None:
    await (await live.sign_in()).close()
    (live.home / "vault.key").unlink()
    workbench = live.connect()
    for _ in range(2):
        error = (await workbench.find_contact(NIA)).error
        assert isinstance(error, NotSignedIn)
        assert "sealed with another vault key" in error.message
    assert workbench.user is None


@pytest.mark.parametrize("live", ["bullhorn"], indirect=True)
async def test_a_user_name_that_was_only_typed_is_known_to_the_next_workbench(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bullhorn's data centre is found by it."""
    monkeypatch.delenv("BULLHORN_USERNAME")
    workbench = live.connect()
    password = live.sandbox["bullhorn"].credentials["password"]
    assert (await workbench.sign_in({"username": "rae.quill", "password": password})).successful
    await workbench.close()
    assert "Nia Holt" == (await nia(live.connect())).name


async def test_what_is_recorded_live_has_stand_ins_for_people(live: Live, fixtures: Path) -> None:
    workbench = live.connect(record=True)
    await workbench.sign_in(consent=approve_in(live.sandbox.transport()))
    await workbench.find_contact(NIA)
    secrets = secrets_of(workbench)
    await workbench.close()
    text = (live.home / "recordings" / live.crm / "walkthrough.json").read_text()
    assert [] == files(fixtures)
    assert ("live", True) == (json.loads(text)["header"]["recorded_from"], '"people": true' in text)
    assert [] == [secret for secret in ("Nia Holt", "Holt", *secrets) if secret in text]


def test_a_live_workbench_has_no_sandbox(live: Live) -> None:
    assert (Mode.LIVE, None) == (live.connect().mode, live.connect().sandbox)
    with pytest.raises(AssertionError):
        sandbox_of(live.connect())
