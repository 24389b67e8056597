"""What seldom happens to a workbench, each told in a sentence: other processes, other files, other requests."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from platforms import ALL_OAUTH
from workbench_steps import CRMS, sandbox_of, signed_in

from appconnect.errors import ConfigurationError, ForeignHost, InputError, NotSignedIn, SignInError
from appconnect.http import Exchange, Purpose
from appconnect.http.bodies import Body
from appconnect.http.exchange import Request
from appconnect.models import Contact, OAuthInfo, Party
from appconnect.workbench import connect
from appconnect.workbench.checkup import Verdict, checkup
from appconnect.workbench.consent_page import ConsentRequest
from appconnect.workbench.correspondents import _is as is_party
from appconnect.workbench.scenarios import reports, saving
from appconnect.workbench.scenarios.checking import CheckedScenario
from appconnect.workbench.scenarios.reports import as_report, check_anew
from appconnect.workbench.sending_again import DraftRequest, draft_of

every_crm = pytest.mark.parametrize("crm", CRMS)

# -- other processes --


def ended(code: int = 0, out: str = "", err: str = "") -> Any:
    return lambda *_, **__: subprocess.CompletedProcess([], code, out, err)


def raising(error: Exception) -> Any:
    def run(*_: object, **__: object) -> None:
        raise error

    return run


async def test_a_check_in_another_process_is_asked_for_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    def run(command: list[str], **how: Any) -> subprocess.CompletedProcess[str]:
        asked.append((command, how))
        return subprocess.CompletedProcess(command, 1, as_report([CheckedScenario("acme/one")]), "")

    monkeypatch.setattr(subprocess, "run", run)
    assert ["acme/one"] == [each.name for each in await check_anew(["acme/one", "-x"], accept="it is right")]
    await check_anew()
    begin = [sys.executable, "-m", "appconnect", "check", "--report"]
    assert [[*begin, "--accept=it is right", "--", "acme/one", "-x"], [*begin, "--"]] == [
        command for command, _ in asked
    ]
    assert {600} == {how["timeout"] for _, how in asked}


@pytest.mark.parametrize(
    ("run", "sentence"),
    [
        (raising(FileNotFoundError()), "The check could not be run (FileNotFoundError)."),
        (raising(subprocess.TimeoutExpired("x", 1)), "The check could not be run (TimeoutExpired)."),
        (
            ended(2, "", "Traceback\nappconnect: There is no recording acme/one."),
            "There is no recording acme/one.",
        ),
        (ended(2, "not JSON", ""), "The check ended without a word."),
    ],
)
async def test_a_check_that_says_nothing_of_scenarios_is_told(
    run: Any, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reports.subprocess, "run", run)
    with pytest.raises(ConfigurationError) as caught:
        await check_anew()
    assert sentence == caught.value.message


@pytest.mark.parametrize(
    ("run", "told"),
    [
        (ended(0, "1 passed"), "1 passed"),
        (ended(1, "x\nE   assert 1 == 2\nE   more"), "assert 1 == 2: failed"),
        (ended(4, "no tests"), "pytest ended with 4: failed"),
        (raising(OSError()), "pytest did not come to its end: failed"),
        (raising(subprocess.TimeoutExpired("x", 1)), "pytest did not come to its end: failed"),
    ],
)
def test_how_a_test_ended_is_told_in_few_words(
    run: Any, told: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(saving.subprocess, "run", run)
    assert told == saving.run_pytest(tmp_path / "test_x.py", tmp_path)


@pytest.mark.parametrize("missing", ["pytest", "pytest_asyncio"])
def test_without_pytest_no_test_is_run(missing: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(saving, "find_spec", lambda name: None if name == missing else object())
    told = saving.run_pytest(tmp_path / "test_x.py", tmp_path)
    assert "not run with pytest, which is not installed: pip install 'appconnect[testing]'" == told


def test_a_setting_that_cannot_be_read_ends_the_checkup_with_its_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("APPCONNECT_MODE", "sideways")
    found = list(checkup())
    assert (Verdict.FAILED, True) == (found[-1].verdict, "APPCONNECT_MODE" in found[-1].what)
    assert [] == [each for each in found if "home" in each.what]


# -- a request that is sent again --


def exchange(**parts: Any) -> Exchange:
    purpose = parts.pop("purpose", Purpose.OPERATION)
    request = Request(**{"method": "POST", "url": "https://elsewhere.test/x", **parts})
    return Exchange(number=1, at=datetime(2026, 1, 2, tzinfo=UTC), request=request, purpose=purpose)


@every_crm
async def test_a_request_is_drafted_below_the_connection_without_what_signs_it(crm: str) -> None:
    async with await signed_in(crm) as workbench:
        await workbench.list_users()
        sent = next(each for each in reversed(list(workbench.trace)) if each.purpose is Purpose.OPERATION)
        draft = draft_of(workbench.context, sent)
        assert draft.path.startswith("/")
        assert ((), sent.method) == (draft.masked, draft.method)
        base = workbench.context.crm.signer.base_url  # type: ignore[union-attr]
        shown = workbench.context.redactor.request(Request(method="GET", url=f"{base}/x")).url
        signed = exchange(
            url=shown,
            query={"b": ["1", "2"], "Key": "s"},
            signed={"key"},
            body=Body(kind="json", value=[1]),
        )
        assert DraftRequest(method="POST", path="/x", query=(("b", "1"), ("b", "2")), body=[1]) == draft_of(
            workbench.context, signed
        )


async def test_what_cannot_be_sent_again_is_told() -> None:
    workbench = connect(CRMS[0], mode="sandbox")
    assert "https://elsewhere.test/x" == draft_of(workbench.context, exchange()).path
    for purpose in (Purpose.SIGN_IN, Purpose.SIGN_OUT, Purpose.RENEWAL):
        with pytest.raises(
            InputError, match=rf"^This request is part of the {purpose.value}; sign in again instead\.$"
        ):
            draft_of(workbench.context, exchange(purpose=purpose))
    for kind, value in (("form", {"a": "1"}), ("text", "a"), ("base64", "AA==")):
        with pytest.raises(
            InputError, match=rf"^The body of this request is {kind}; only JSON is sent again\.$"
        ):
            draft_of(workbench.context, exchange(body=Body(kind=kind, value=value)))


@pytest.mark.parametrize(
    ("draft", "address", "params", "masked"),
    [
        (DraftRequest(method="GET", path="/x"), "/x", ("/x", {}), ()),
        (DraftRequest(method="GET", path="/x", query=(("a", "1 2"),)), "/x?a=1+2", ("/x", {"a": "1 2"}), ()),
        (DraftRequest(method="GET", path="/x", query=(("a", "1"), ("a", "2"))), "/x?a=1&a=2", ("/x?a=1&a=2", None), ()),
        (DraftRequest(method="GET", path="/t/<tenant>/<tenant>", query=(("k", "<key>"), ("b", "a <b>")), body={"p": ["<pin>"]}),
         "/t/<tenant>/<tenant>?k=%3Ckey%3E&b=a+%3Cb%3E", None, ("<tenant>", "<key>", "<pin>")),
    ],
)  # fmt: skip
def test_a_draft_tells_its_address_and_what_is_only_masked(
    draft: DraftRequest, address: str, params: object, masked: tuple[str, ...]
) -> None:
    assert (address, masked) == (draft.address, draft.masked)
    assert params in (None, draft.path_and_params)


@every_crm
async def test_a_request_of_ones_own_is_checked_before_it_is_sent(crm: str) -> None:
    async with await signed_in(crm) as workbench:
        sandbox_of(workbench).requests.clear()
        with pytest.raises(
            InputError,
            match=r"^There is no method 'fly'; choose one of: GET, POST, PUT, PATCH, DELETE, HEAD\.$",
        ):
            await workbench.request("fly", "/x")
        with pytest.raises(InputError, match=r"^The parameter a must be a text or a number\.$"):
            await workbench.request("GET", "/x", params={"a": [1]})  # type: ignore[dict-item]
        with pytest.raises(
            ForeignHost,
            match=r"^An address of the CRM begins with https://, so nothing was sent to this one\.$",
        ):
            await workbench.request("GET", "http://elsewhere.test/x")
        assert [] == sandbox_of(workbench).requests


# -- signing in --


@every_crm
async def test_without_a_connection_there_is_nothing_to_tell_of_it(crm: str) -> None:
    workbench = connect(crm, mode="sandbox")
    with pytest.raises(
        NotSignedIn, match=rf"^Nobody is signed in to {workbench.context.title}; sign in first\.$"
    ):
        workbench.connection_info()


REQUEST = ConsentRequest(
    authorize_url="https://auth.test/authorize?client_id=me&state=s1&scope=a%20b", redirect_uri="http://127.0.0.1:8738/callback", state="s1",
    info=OAuthInfo(client_id="me", client_secret="hunter2", authorize_uri="a", access_token_uri="b", redirect_uri="c"),
)  # fmt: skip


def test_the_address_of_a_consent_page_is_taken_apart() -> None:
    assert {
        "address": "https://auth.test/authorize",
        "client_id": "me",
        "state": "s1",
        "scope": "a b",
    } == REQUEST.parts
    assert "s1" not in repr(REQUEST).replace("state=s1&", "")
    assert "hunter2" not in repr(REQUEST)


def test_the_code_is_in_the_address_that_the_browser_came_back_to() -> None:
    assert "c1" == REQUEST.code(f"{REQUEST.redirect_uri}?code=c1&state=s1").get_secret_value()
    for wrong in (
        f"{REQUEST.redirect_uri}?code=c1&state=s2",
        "http://127.0.0.1:1/x?code=c1&state=s1",
        f"{REQUEST.redirect_uri}?state=s1",
        "x",
    ):
        with pytest.raises(SignInError):
            REQUEST.code(wrong)


@pytest.mark.parametrize("crm", ALL_OAUTH)
async def test_a_consent_that_is_asked_for_names_app_and_state(crm: str) -> None:
    workbench = connect(crm, mode="sandbox")
    consent = await workbench.begin_sign_in()
    assert {"address", "client_id", "state"} <= consent.parts.keys()


# -- who is who --


@pytest.mark.parametrize(
    ("party", "same"),
    [
        (Party(name="NIA HOLT"), True),
        (Party(name="Nia"), False),
        (Party(phone_number="4155550142"), True),
        (Party(name="Omar", phone_number="(415) 555-0142"), True),
        (Party(phone_number="4155550143"), False),
        (Party(phone_number="anonymous"), False),
        (Party(), False),
    ],
    ids=str,
)
def test_a_party_is_the_contact_by_name_or_by_number(party: Party, same: bool) -> None:
    assert same == is_party(Contact(id="501", name="Nia Holt", phone="+1 415-555-0142"), party)


def test_a_number_that_is_none_is_the_contact_s_where_it_is_written_alike() -> None:
    contact = Contact(id="7", name="Ext", phone="204")
    assert [True, False] == [is_party(contact, Party(phone_number=each)) for each in ("204", "205")]
