"""What ``appconnect doctor`` finds: what each CRM needs, what cannot be right, and what can be reached."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import httpx
import pytest
from live_machine import LiveMachine
from platforms import ALL_OAUTH, CRMS, OAUTH
from ports import free_port
from pydantic.alias_generators import to_snake

from appconnect.auth.sign_in import RenewalContext
from appconnect.clock import SystemClock
from appconnect.connectors import registry
from appconnect.errors import ConfigurationError
from appconnect.workbench import environment
from appconnect.workbench.checkup import Finding, Verdict, checkup, online_checkup
from appconnect.workbench.sandboxes import make_sandbox

SECRET = "s3cret-value-0123456789"


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("APPCONNECT_HOME", str(tmp_path))
    return tmp_path


def about(title: str) -> list[str]:
    """The lines that tell of a CRM, or of another thing."""
    return [str(each) for each in checkup() if title in each.what]


def variables(crm: str) -> dict[str, str]:
    """The variable of each field that the CRM's sign-in declares."""
    platform = registry.platform(crm)
    sign_in = platform.sign_in(RenewalContext(SystemClock()))
    fields = (*sign_in.app_fields, *sign_in.fields)
    return {each.name: platform.settings.variable(to_snake(each.name)) for each in fields}


def set_well(crm: str, monkeypatch: pytest.MonkeyPatch, **other: str) -> None:
    """Set everything as the sandbox has it, but for these."""
    for name, value in {**make_sandbox(crm)[crm].credentials, **other}.items():
        monkeypatch.setenv(f"{crm}_{name}".upper(), value)


# -- what is set --


@pytest.mark.parametrize("crm", CRMS)
def test_each_variable_that_is_missing_is_named_until_all_are_set(
    crm: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform = registry.platform(crm)
    missing = [platform.settings.variable(name) for name in platform.settings.needed]
    good = {f"{crm}_{name}".upper(): value for name, value in make_sandbox(crm)[crm].credentials.items()}
    while missing:
        [told] = about(f"{platform.title}: ")
        assert told.startswith(
            f"note    {platform.title}: not set up for live use. To reach {platform.title}"
        )
        assert [] == [each for each in missing if each not in told.partition("set ")[2]]
        monkeypatch.setenv(name := missing.pop(0), good[name])
        assert good[name] not in told
    [told] = about(f"{platform.title}: ")
    assert told.startswith(f"ok      {platform.title}: ")


@pytest.mark.parametrize("crm", CRMS)
def test_a_value_that_cannot_be_right_is_named_by_its_variable_and_not_shown(
    crm: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    title = registry.platform(crm).title
    sign_in = registry.platform(crm).sign_in(RenewalContext(SystemClock()))
    shaped = [each for each in (*sign_in.app_fields, *sign_in.fields) if each.shape]
    assert shaped or not sign_in.app_fields
    for field in shaped:
        set_well(crm, monkeypatch, **{to_snake(field.name): f"{SECRET} and more"})
        bad = [each for each in about(f"{title}: ") if each.startswith("FAILED")]
        assert [f"Correct {variables(crm)[field.name]}."] == [each[each.index("Correct") :] for each in bad]
        assert SECRET not in "".join(map(str, checkup()))


@pytest.mark.parametrize(
    ("crm", "setting", "value", "told"),
    [
        (
            "insightly",
            "api_url",
            "https://evil.example/v3.1",
            "This is not the API URL of an Insightly account",
        ),
        ("redtail", "api_key", "with:colon", "The API key has a colon in it, which Redtail does not allow."),
    ],
)
def test_what_the_sign_in_itself_would_refuse_is_found_too(
    crm: str, setting: str, value: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_well(crm, monkeypatch, **{setting: value})
    found = [each for each in checkup() if each.verdict is Verdict.FAILED]
    assert [True] == [told in each.what for each in found]


@pytest.mark.parametrize(
    ("key", "verdict", "told"),
    [
        ("", "note", "APP_SERVER_SECRET_KEY is not set"),
        ("Tr0ub4dor", "FAILED", "APP_SERVER_SECRET_KEY is too short to sign with"),
        (SECRET * 2, "ok", "APP_SERVER_SECRET_KEY set"),
    ],
)
def test_the_server_key_is_looked_at(
    key: str, verdict: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("APP_SERVER_SECRET_KEY", key)
    [line] = about("APP_SERVER_SECRET_KEY")
    assert line.startswith(f"{verdict:<7} {told}")
    assert not key or key not in line


def test_a_store_that_cannot_be_written_is_found(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert about("can be read and written")
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{home}")
    [failed] = [each for each in checkup() if each.verdict is Verdict.FAILED]
    assert str(home) in failed.what and not about("can be read and written")


def test_kernel_and_time_zones_are_looked_at() -> None:
    assert all(line.startswith("ok") for line in [*about("kernel"), *about("time zone data")])
    assert about("kernel") and about("time zone data")


@pytest.mark.parametrize("crm", ALL_OAUTH)
def test_the_port_that_browsers_come_back_to_is_the_one_that_is_set(
    crm: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port()
    monkeypatch.setenv(f"{crm}_redirect_uri".upper(), f"http://localhost:{port}/back")
    [line] = about(f"port {port} ")
    assert (
        f"ok      port {port} is free (browsers come back to it for {registry.platform(crm).title})" == line
    )


# -- what can be reached --


class Hosts(httpx.AsyncBaseTransport):
    """A network that answers, or not, and notes who asked for what."""

    def __init__(self, answer: httpx.Response | Exception) -> None:
        self.answer, self.seen = answer, list[httpx.Request]()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(request)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


async def tried(
    monkeypatch: pytest.MonkeyPatch, answer: httpx.Response | Exception
) -> tuple[list[Finding], list[httpx.Request]]:
    network = Hosts(answer)
    monkeypatch.setattr(environment, "network", lambda *_: network)
    return await online_checkup(), network.seen


def answer(apart: timedelta, status: int = 404) -> httpx.Response:
    return httpx.Response(status, headers={"Date": format_datetime(datetime.now(UTC) + apart, usegmt=True)})


async def test_every_crm_s_own_hosts_are_tried_without_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for crm in CRMS:
        set_well(crm, monkeypatch)
    found, seen = await tried(monkeypatch, answer(timedelta()))
    for platform in registry.platforms():
        lines = [each for each in found if each.what.startswith(f"{platform.title}: ")]
        assert {Verdict.OK} == {each.verdict for each in lines}, platform.name
        hosts = {each.url.host for each in seen if platform.connector.rules.trusts(each.url.host)}
        assert set(platform.hosts_to_try) <= hosts
    secrets = [value for crm in CRMS for value in make_sandbox(crm)[crm].credentials.values()]
    sent = "".join(f"{each.method} {each.url} {each.headers} {each.content!r}" for each in seen)
    assert "authorization" not in sent.lower()
    assert [] == [each for each in secrets if each in sent and "://" not in each]


@pytest.mark.parametrize(
    ("apart", "told"),
    [
        (timedelta(minutes=10), "this computer's clock is 10 minutes behind that of"),
        (timedelta(hours=-1), "this computer's clock is 60 minutes ahead of that of"),
        (timedelta(seconds=80), "this computer's clock is 1 minute behind that of"),
    ],
)
async def test_a_clock_that_is_wrong_is_said_with_what_to_do(
    apart: timedelta, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, _ = await tried(monkeypatch, answer(apart))
    failed = [each.what for each in found if each.verdict is Verdict.FAILED]
    assert {True} == {told in each and each.endswith("set it right.") for each in failed}
    assert {each.title for each in registry.platforms()} == {each.partition(":")[0] for each in failed}


@pytest.mark.parametrize("date", ["", "yesterday"])
async def test_an_answer_without_a_time_says_nothing_of_the_clock(
    date: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, _ = await tried(monkeypatch, httpx.Response(200, headers={"Date": date} if date else {}))
    assert [] == [each for each in found if each.verdict is Verdict.FAILED]
    assert any("tells no time" in each.what for each in found)


@pytest.mark.parametrize(
    "error", [httpx.ConnectError("no"), httpx.ProxyError("407"), httpx.ConnectTimeout("slow"), ssl.SSLError()]
)
async def test_a_host_that_cannot_be_reached_is_one_line_each_and_nobody_waits(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = error if isinstance(error, httpx.HTTPError) else httpx.ConnectError(str(error))
    found, _ = await tried(monkeypatch, error)
    failed = [each.what for each in found if each.verdict is Verdict.FAILED]
    hosts = [(each.title, host) for each in registry.platforms() for host in each.hosts_to_try]
    assert len(hosts) == len(failed)
    for title, host in hosts:
        assert any(each.startswith(f"{title}: ") and host in each for each in failed), host


def test_a_platform_that_spells_its_hosts_out_need_not_state_them_again() -> None:
    for platform in registry.platforms():
        assert platform.hosts_to_try
        assert [] == [each for each in platform.hosts_to_try if not platform.connector.rules.trusts(each)], (
            platform.name
        )
    assert registry.platform(OAUTH).hosts_to_try


# -- where the server key is used --


@pytest.mark.parametrize("crm", CRMS)
@pytest.mark.parametrize("key", ["", None])
async def test_live_without_the_server_key_a_token_is_refused_in_a_sentence_that_names_it(
    crm: str, key: str | None, monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    live = LiveMachine(crm, monkeypatch, home)
    if key is not None:
        monkeypatch.setenv("APP_SERVER_SECRET_KEY", key)
    workbench = await live.sign_in()
    assert workbench.user is not None
    with pytest.raises(ConfigurationError, match="signed with APP_SERVER_SECRET_KEY; set it first"):
        workbench.assignment_token(workbench.user.id)
    told = {"isAssignedToUser": True, "adminAssignedUserToken": "a.b.c"}
    assert workbench.user.crm_id == workbench.owner(told).crm_id
