"""Requests of a person's own: live they write only when it was allowed, and known paths can be asked for."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from acme import Acme, AcmeKey, AcmeSettings, AcmeSignIn, acme
from live_machine import LiveMachine
from platforms import CRMS, needs
from workbench_steps import sandbox_of, sent, signed_in

from appconnect.auth.loopback import approve_in
from appconnect.connectors import registry
from appconnect.connectors.platform import Platform
from appconnect.errors import AppConnectError, NotSignedIn, WritesNotArmed
from appconnect.http import ApiRules
from appconnect.workbench import Workbench, connect

every_crm = pytest.mark.parametrize("crm", CRMS)
WRITE = {"name": "Nia"}


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str], LiveMachine]:
    return lambda crm: LiveMachine(crm, monkeypatch, tmp_path / "home")


async def is_sent(workbench: Workbench, method: str, path: str = "/nothing-there") -> bool:
    """Whether a request leaves; what the CRM answers does not matter."""
    before = len(workbench.trace)
    try:
        await workbench.request(method, path, json=WRITE if method != "DELETE" else None)
    except WritesNotArmed:
        assert before == len(workbench.trace)
        return False
    except AppConnectError:
        pass
    return len(workbench.trace) > before


# -- arming --


@every_crm
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_a_live_account_is_written_to_only_when_that_was_allowed(
    machine: Callable[[str], LiveMachine], crm: str, method: str
) -> None:
    workbench = await machine(crm).sign_in()
    assert (False, False) == (workbench.writes_armed, await is_sent(workbench, method))
    workbench.arm_writes()
    assert (True, True) == (workbench.writes_armed, await is_sent(workbench, method))
    workbench.disarm_writes()
    assert (False, False) == (workbench.writes_armed, await is_sent(workbench, method))


@every_crm
async def test_the_refusal_says_what_to_do_in_one_sentence(
    machine: Callable[[str], LiveMachine], crm: str
) -> None:
    workbench = await machine(crm).sign_in()
    with pytest.raises(WritesNotArmed, match=r"nothing was sent.*run workbench\.arm_writes\(\)") as refused:
        await workbench.request("delete", "/anything/5")
    assert workbench.title in refused.value.message
    assert [refused.value.message] == refused.value._render_traceback_()
    assert "WritesNotArmed" == workbench.trace.operations[-1].error


@every_crm
async def test_reads_need_nobody_s_word(machine: Callable[[str], LiveMachine], crm: str) -> None:
    workbench = await machine(crm).sign_in()
    for method in ("GET", "head"):
        assert workbench.is_read(method, "/nothing-there")
    before = len(workbench.trace)
    with pytest.raises(AppConnectError):
        await workbench.request("GET", "/nothing-there")
    assert len(workbench.trace) > before


@every_crm
async def test_signing_out_takes_the_permission_back(machine: Callable[[str], LiveMachine], crm: str) -> None:
    live = machine(crm)
    workbench = await live.sign_in()
    workbench.arm_writes()
    await workbench.sign_out()
    assert not workbench.writes_armed
    (await workbench.sign_in(consent=approve_in(live.all.transport()))).raise_for_error()
    assert not workbench.writes_armed


@every_crm
async def test_closing_takes_it_back_and_another_workbench_never_had_it(
    machine: Callable[[str], LiveMachine], crm: str
) -> None:
    live = machine(crm)
    workbench = await live.sign_in()
    workbench.arm_writes()
    assert not live.connect().writes_armed
    await workbench.close()
    assert not workbench.writes_armed


async def test_a_kept_sign_in_can_be_allowed_before_its_first_request(
    machine: Callable[[str], LiveMachine],
) -> None:
    live = machine(CRMS[0])
    await live.sign_in()
    workbench = live.connect()
    assert workbench.user is None
    workbench.arm_writes()
    assert await is_sent(workbench, "POST")
    assert workbench.writes_armed


@every_crm
async def test_where_nobody_is_signed_in_there_is_nobody_to_allow_it_for(
    machine: Callable[[str], LiveMachine], crm: str
) -> None:
    workbench = machine(crm).connect()
    with pytest.raises(NotSignedIn, match="sign in first, then allow writes"):
        workbench.arm_writes()
    assert not workbench.writes_armed


@every_crm
async def test_the_sandbox_and_a_replay_need_no_permission(
    crm: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("APPCONNECT_FIXTURES", str(tmp_path))
    workbench = await signed_in(crm, record=True, scenario="one")
    assert workbench.writes_armed and await is_sent(workbench, "POST")
    workbench.arm_writes()
    workbench.disarm_writes()
    assert workbench.writes_armed
    await workbench.close()
    assert connect(crm, mode="replay", scenario="one").writes_armed


async def test_another_user_is_not_allowed_what_one_was(machine: Callable[[str], LiveMachine]) -> None:
    workbench = await machine(CRMS[0]).sign_in()
    workbench.arm_writes()
    account = workbench.context.account
    assert account.user is not None
    account.user = account.user.model_copy(update={"id": "another"})
    workbench.context.tell_user_change()
    assert not workbench.writes_armed


# -- what is a read --


@pytest.mark.parametrize("crm", ["bullhorn"])
@pytest.mark.parametrize(
    ("method", "path", "is_read"),
    [
        ("POST", "/search/Candidate", True),
        ("POST", "/query/Note?fields=id", True),
        ("post", "https://rest32.bullhornstaffing.com/rest-services/e1/search/Candidate", True),
        ("POST", "/entity/Note/5", False),
        ("POST", "/search/../entity/Note/5", False),
        ("POST", "/search/%2E%2e/entity/Note/5", False),
        ("POST", "/entity/Note/5?where=/search/x", False),
        ("POST", "/entity/Note/5#/search/x", False),
        ("PUT", "/search/Candidate", False),
    ],
)
async def test_a_search_by_post_is_a_read(crm: str, method: str, path: str, is_read: bool) -> None:
    assert is_read is connect(crm, mode="sandbox").is_read(method, path)


@needs("bullhorn")
async def test_a_search_by_post_needs_no_permission_live(machine: Callable[[str], LiveMachine]) -> None:
    workbench = await machine("bullhorn").sign_in()
    found = await workbench.request(
        "POST", "/search/Candidate", params={"fields": "id"}, json={"query": "isDeleted:0"}
    )
    assert 200 == found.status


def test_what_a_platform_does_not_state_is_a_write() -> None:
    rules = ApiRules(hosts=("api.acme.test",))
    assert ["GET", "HEAD"] == [
        each
        for each in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "QUERY")
        if rules.is_read(each, "/search/x")
    ]


# -- known paths --


@every_crm
async def test_the_paths_that_are_known_can_be_asked_for_as_they_are(crm: str) -> None:
    workbench = await signed_in(crm)
    simple = [
        each
        for each in workbench.known_paths()
        if each.method == "GET" and each.is_played and "{" not in each.path and "auth" not in each.path
    ][:8]
    assert len(simple) >= 3
    before = sent(workbench)
    for known in simple:
        try:
            await workbench.request("GET", known.path)
        except AppConnectError as error:
            assert "does not play" not in error.message, known  # it was routed: what lacks is told
    assert sent(workbench) >= before + len(simple)


@every_crm
async def test_before_anybody_has_signed_in_paths_are_as_the_vendor_writes_them(crm: str) -> None:
    workbench = connect(crm, mode="sandbox")
    known = {str(each) for each in workbench.known_paths()}
    assert known == {str(each) for each in sandbox_of(workbench).operations()}


def test_a_live_connection_loads_no_sandbox_until_it_is_asked() -> None:
    with_sandbox = [crm for crm in CRMS if registry.platform(crm).sandbox is not None]
    code = (  # forked before anything of a CRM is loaded, so that none has to import everything again
        "import os, sys\nfrom appconnect import connect\n"
        "def loaded(): return 'appconnect.sandbox.base' in sys.modules\n"
        f"for crm in {with_sandbox!r}:\n"
        "    if os.fork() == 0:\n"
        "        workbench = connect(crm, mode='live')\n"
        "        print(crm, loaded(), len(workbench.known_paths()) > 0, loaded(), flush=True)\n"
        "        os._exit(0)\n"
        "    os.wait()\n"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert [f"{crm} False True True" for crm in with_sandbox] == told.stdout.splitlines()


async def test_a_platform_without_a_list_or_without_a_sandbox_knows_no_paths(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert () == connect(acme(), mode="sandbox").known_paths()
    monkeypatch.setenv("APPCONNECT_HOME", str(tmp_path))
    workbench = connect(Platform(Acme, AcmeSignIn, AcmeSettings), mode="live")
    workbench.crm.signer = AcmeKey("seal", "tenant", "7")
    assert () == workbench.known_paths()
