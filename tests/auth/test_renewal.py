"""Renewing a connection: ahead of its end, once on a 401, one at a time, and stored before it is used."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, cast

import pytest
from platforms import needs

from appconnect.auth.base import Credentials
from appconnect.auth.vault import Vault
from appconnect.connectors import registry
from appconnect.errors import ForeignHost, SessionExpired, StoreError, Unavailable, Unreachable
from appconnect.sandbox import Sandbox
from appconnect.sandbox.base import SeenRequest
from appconnect.store import Store
from appconnect.workbench import Workbench, connect
from appconnect.workbench.environment import environment
from appconnect.workbench.lazy_store import LazyStore
from appconnect.workbench.sandboxes import make_sandbox

if TYPE_CHECKING:
    from appconnect.connectors.pipedrive.sandbox import PipedriveSandbox

pytestmark = needs("pipedrive")  # it rotates tokens if asked to, and tells where the API is
TOKEN, ME = "/oauth/token", "/v1/users/me"
HOUR = 3600


@pytest.fixture
def sandbox() -> Sandbox:
    return make_sandbox("pipedrive")


@pytest.fixture
def crm(sandbox: Sandbox) -> PipedriveSandbox:
    return cast("PipedriveSandbox", sandbox["pipedrive"])


@pytest.fixture
async def workbench(sandbox: Sandbox, crm: PipedriveSandbox) -> Workbench:
    """Signed in, with an hour to go; nothing of the sign-in is counted."""
    made = connect("pipedrive", mode="sandbox", sandbox=sandbox)
    assert (await made.sign_in()).successful
    crm.requests.clear()
    return made


@pytest.fixture
def store() -> Iterator[Store]:
    made = Store.in_memory()
    yield made
    made.close()


def process(sandbox: Sandbox, store: Store, vault: Vault) -> Workbench:
    """A workbench of another process: it shares what is stored, and nothing else."""
    surroundings = environment(
        registry.platform("pipedrive"), "sandbox", scenario="walkthrough", record=None, sandbox=sandbox
    )
    return Workbench(
        registry.platform("pipedrive"),
        replace(surroundings, lazy_store=LazyStore(lambda: store), vault=vault),
        settings={},
        options={},
    )


def renewals(crm: PipedriveSandbox) -> list[SeenRequest]:
    return [request for request in crm.requests if request.path == TOKEN]


def asked(crm: PipedriveSandbox) -> list[tuple[str, int | None]]:
    return [(request.path, request.status) for request in crm.requests]


def held(workbench: Workbench) -> dict[str, str]:
    assert isinstance(workbench.crm.signer, Credentials)
    return dict(workbench.crm.signer.secrets())


def stored(workbench: Workbench) -> dict[str, str]:
    kept = workbench.environment.store.connection("pipedrive")
    assert kept is not None
    return workbench.environment.vault.open(kept.sealed)


# -- when --


async def test_a_token_with_time_left_is_used_as_it_is(workbench: Workbench, crm: PipedriveSandbox) -> None:
    crm.clock.advance(HOUR - 180)
    await workbench.crm.get(ME)
    assert [(ME, 200)] == asked(crm)


@pytest.mark.parametrize("seconds", [HOUR - 119, HOUR - 1, HOUR, 30 * HOUR])
async def test_a_token_near_or_past_its_end_is_renewed_first(
    workbench: Workbench, crm: PipedriveSandbox, seconds: int
) -> None:
    crm.clock.advance(seconds)
    await workbench.crm.get(ME)
    await workbench.crm.get(ME)
    assert [(TOKEN, 200), (ME, 200), (ME, 200)] == asked(crm)
    assert {"grant_type", "refresh_token"} == set(renewals(crm)[0].form)


async def test_on_a_401_it_is_renewed_once_and_the_request_sent_again(
    workbench: Workbench, crm: PipedriveSandbox
) -> None:
    crm.oauth.tokens.expire_access()
    assert await workbench.crm.get(ME)
    assert [(ME, 401), (TOKEN, 200), (ME, 200)] == asked(crm)


async def test_a_write_is_sent_again_after_a_401_because_it_was_refused(
    workbench: Workbench, crm: PipedriveSandbox
) -> None:
    crm.oauth.tokens.expire_access()
    await workbench.crm.post("/api/v2/persons", {"name": "Uma New"})
    assert [401, 200, 200] == [request.status for request in crm.requests]
    assert crm.requests[0].json == crm.requests[2].json


async def test_a_second_401_is_the_end(workbench: Workbench, crm: PipedriveSandbox) -> None:
    crm.faults.add(path=ME, status=401, json={"error": "unauthorized access"}, times=None)
    with pytest.raises(SessionExpired, match="sign in again"):
        await workbench.crm.get(ME)
    assert [(ME, 401), (TOKEN, 200), (ME, 401)] == asked(crm)


async def test_without_a_refresh_token_a_401_is_the_end(workbench: Workbench, crm: PipedriveSandbox) -> None:
    workbench.crm.signer = workbench.context.connections.sign_in.restore(
        {**held(workbench), "refresh": ""}, await workbench.connector.get_oauth_info()
    )
    crm.oauth.tokens.expire_access()
    with pytest.raises(SessionExpired):
        await workbench.crm.get(ME)
    assert [(ME, 401)] == asked(crm)


# -- one at a time --


@pytest.mark.parametrize("rotating", [False, True])
@pytest.mark.parametrize("noticed", ["ahead", "by 401"])
async def test_twenty_requests_renew_once(
    workbench: Workbench, crm: PipedriveSandbox, noticed: str, rotating: bool
) -> None:
    crm.toggles["rotate_refresh_tokens"] = rotating
    if noticed == "ahead":
        crm.clock.advance(HOUR)
    else:
        crm.oauth.tokens.expire_access()
    await workbench.crm.gather(workbench.crm.get(ME, distinct=number) for number in range(20))
    assert [200] == [request.status for request in renewals(crm)]
    assert 20 == sum(request.path == ME and request.status == 200 for request in crm.requests)


@pytest.mark.parametrize("noticed", ["ahead", "by 401"])
async def test_two_processes_renew_once(
    sandbox: Sandbox, crm: PipedriveSandbox, store: Store, noticed: str
) -> None:
    crm.toggles["rotate_refresh_tokens"] = True
    vault = Vault.in_memory()
    one, other = process(sandbox, store, vault), process(sandbox, store, vault)
    assert (await one.sign_in()).successful
    assert (await other.list_users()).successful
    crm.requests.clear()
    if noticed == "ahead":
        crm.clock.advance(HOUR)
    else:
        crm.oauth.tokens.expire_access()
    await asyncio.gather(*(each.crm.get(ME, distinct=number) for number, each in enumerate((one, other) * 5)))
    assert [200] == [request.status for request in renewals(crm)]
    assert held(one) == held(other) == stored(one)


async def test_what_another_process_has_renewed_is_taken_up(
    sandbox: Sandbox, crm: PipedriveSandbox, store: Store
) -> None:
    crm.toggles["rotate_refresh_tokens"] = True
    vault = Vault.in_memory()
    one, other = process(sandbox, store, vault), process(sandbox, store, vault)
    assert (await one.sign_in()).successful
    assert (await other.list_users()).successful
    for _ in range(3):
        crm.clock.advance(HOUR)
        await one.crm.get(ME)
    crm.requests.clear()
    await other.crm.get(ME)
    assert [] == renewals(crm)


# -- what is kept --


async def test_a_rotated_token_is_stored_before_the_request_goes_out(
    workbench: Workbench, crm: PipedriveSandbox
) -> None:
    crm.toggles["rotate_refresh_tokens"] = True
    first = held(workbench)["refresh"]
    crm.clock.advance(HOUR)
    crm.faults.add(path=ME, drop=True, times=None)
    with pytest.raises(Unreachable):
        await workbench.crm.get(ME)
    assert 1 == len(renewals(crm))
    assert first != stored(workbench)["refresh"] == held(workbench)["refresh"]


async def test_when_it_cannot_be_stored_nothing_is_sent_with_it(
    workbench: Workbench, crm: PipedriveSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> bool:
        raise StoreError("The disk is full.")

    monkeypatch.setattr(Store, "renew_connection", full)
    crm.clock.advance(HOUR)
    with pytest.raises(StoreError):
        await workbench.crm.get(ME)
    assert [(TOKEN, 200)] == asked(crm)


async def test_a_renewal_does_not_bring_back_who_has_signed_out_elsewhere(
    workbench: Workbench, crm: PipedriveSandbox
) -> None:
    assert workbench.user is not None
    workbench.environment.store.forget_connection("pipedrive", workbench.user.id)
    crm.clock.advance(HOUR)
    await workbench.crm.get(ME)
    assert None is workbench.environment.store.connection("pipedrive")


async def test_a_restart_goes_on_with_what_was_stored(
    sandbox: Sandbox, crm: PipedriveSandbox, store: Store
) -> None:
    vault = Vault.in_memory()
    assert (await process(sandbox, store, vault).sign_in()).successful
    crm.clock.advance(2 * HOUR)
    crm.requests.clear()
    again = process(sandbox, store, vault)
    assert (await again.list_users()).successful
    assert [(TOKEN, 200), ("/v1/users", 200)] == asked(crm)


async def test_the_end_of_the_session_is_shown_and_moves(workbench: Workbench, crm: PipedriveSandbox) -> None:
    first = workbench.connection_info()["expiresAt"]
    crm.clock.advance(HOUR)
    await workbench.crm.get(ME)
    assert (
        (workbench.now() + timedelta(seconds=3599)).isoformat()
        == workbench.connection_info()["expiresAt"]
        != first
    )


# -- when renewing fails --


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_while_the_token_is_good_a_sign_in_server_in_trouble_does_not_matter(
    workbench: Workbench, crm: PipedriveSandbox, status: int
) -> None:
    crm.clock.advance(HOUR - 60)
    crm.faults.add(path=TOKEN, status=status, text="<html>busy")
    before = held(workbench)
    assert await workbench.crm.get(ME)
    assert [(TOKEN, status), (ME, 200)] == asked(crm)
    assert before == held(workbench)
    assert await workbench.crm.get(ME)
    assert before["access"] != held(workbench)["access"]


@pytest.mark.parametrize("noticed", ["past its end", "by 401"])
async def test_without_a_good_token_the_trouble_is_said_and_nothing_is_lost(
    workbench: Workbench, crm: PipedriveSandbox, noticed: str
) -> None:
    if noticed == "by 401":
        crm.oauth.tokens.expire_access()
    else:
        crm.clock.advance(HOUR)
    crm.faults.add(path=TOKEN, status=503, text="busy", times=None)
    with pytest.raises(Unavailable, match="sign-in server did not answer properly"):
        await workbench.crm.get(ME)
    crm.faults.clear()
    assert await workbench.crm.get(ME)


async def test_a_refused_renewal_asks_for_a_new_sign_in(workbench: Workbench, crm: PipedriveSandbox) -> None:
    crm.oauth.tokens.revoke(held(workbench)["refresh"])
    result = await workbench.list_users()
    assert isinstance(result.error, SessionExpired)
    assert "sign in again" in str(result.error)
    assert [("/v1/users", 401), (TOKEN, 400)] == asked(crm)
    assert (await workbench.sign_in()).successful
    assert (await workbench.list_users()).successful


@pytest.mark.parametrize("fault", [{"drop": True}, {"drop_after": True}], ids=str)
async def test_a_renewal_that_is_lost_has_not_sent_the_write(
    workbench: Workbench, crm: PipedriveSandbox, fault: dict[str, bool]
) -> None:
    crm.clock.advance(HOUR)
    crm.faults.add(path=TOKEN, times=None, **fault)
    with pytest.raises(Unreachable, match=r"oauth\.pipedrive\.com") as caught:
        await workbench.crm.post("/api/v2/persons", {"name": "Uma New"})
    assert not caught.value.maybe_done
    crm.faults.clear()
    await workbench.crm.post("/api/v2/persons", {"name": "Uma New"})
    assert 1 == sum(request.path == "/api/v2/persons" for request in crm.requests)


async def test_a_failed_renewal_frees_the_way_for_the_next(
    workbench: Workbench, crm: PipedriveSandbox
) -> None:
    crm.clock.advance(HOUR)
    crm.faults.add(path=TOKEN, status=503, json={}, times=None)
    results = await asyncio.gather(*(workbench.crm.get(ME) for _ in range(3)), return_exceptions=True)
    assert [Unavailable] * 3 == [type(result) for result in results]
    crm.faults.clear()
    assert await workbench.crm.get(ME)


# -- where the token says the API is --


@pytest.mark.parametrize(
    "domain", ["https://evil.test", "http://acme-sandbox.pipedrive.com", "https://pipedrive.com.evil.test"]
)
async def test_an_address_that_is_not_the_crm_s_gets_no_token(
    sandbox: Sandbox, crm: PipedriveSandbox, domain: str
) -> None:
    workbench = connect("pipedrive", mode="sandbox", sandbox=sandbox)
    tokens = {"access_token": "a" * 20, "refresh_token": "r" * 20, "expires_in": 3599, "api_domain": domain}
    crm.faults.add("POST", TOKEN, status=200, json=tokens)
    result = await workbench.sign_in()
    assert isinstance(result.error, ForeignHost)
    assert None is workbench.user
    assert None is workbench.environment.store.connection("pipedrive")
    assert [] == [each for each in crm.requests if "Bearer" in each.headers.get("authorization", "")]


async def test_a_company_that_moves_is_followed(workbench: Workbench, crm: PipedriveSandbox) -> None:
    crm.clock.advance(HOUR)
    moved = {"access_token": crm.sign_in().access, "api_domain": "https://api.pipedrive.com"}
    crm.faults.add("POST", TOKEN, status=200, json=moved)
    await workbench.crm.get(ME)
    await workbench.crm.get(ME)
    assert "api.pipedrive.com" == crm.requests[-1].host
    assert "https://api.pipedrive.com" == stored(workbench)["api_domain"]
