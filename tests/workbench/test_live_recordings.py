"""A live recording: nobody in it, out of git's sight until a person agrees, and replayed by anybody."""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import tempfile
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner, Result
from workbench_steps import CRMS, secrets_of

from appconnect.auth.loopback import approve_in
from appconnect.cli import app, review
from appconnect.errors import CassetteMissing
from appconnect.testing.samples import call, sms
from appconnect.workbench import Workbench, connect
from appconnect.workbench import environment as surroundings
from appconnect.workbench.sandboxes import make_sandbox

NUMBER = "+14158675342"
REMARK = (
    "Ask Thea Brandt: 4158675342, (415) 867-5342, +1 415 867 5342 or tel:14158675342, born 6 May 1961, "
    "SSN 123-45-6789, card 4111 1111 1111 1111, IBAN DE89 3704 0044 0532 0130 00, from 84.17.3.9 and "
    "2a02:908:1::7, thea.brandt@brandt.example, in Europe/Lisbon"
)
PEOPLE = re.compile(
    r"(?i)thea|brandt|867.{0,2}5342|(?<!\d)1961(?!\d)|\b123.?45.?6789|4111.?1111|DE89|0044.?0532|84\.17|2a02|lisbon"
    r"|53[0-9]{2}\b.{0,2}867"
)
TO_REAL = [(rb"555(\W{0,3})01(\d\d)(?!\d)", rb"867\g<1>53\2"), (rb"\bNia\b", b"Thea"), (rb"\bnia@", b"thea@"),
           (rb"\bHolt\b", b"Brandt"), (rb"\bholt\b", b"brandt")]  # fmt: skip
TO_SANDBOX = [(rb"867(\W{0,3})53(\d\d)(?!\d)", rb"555\g<1>01\2"), (rb"\bThea\b", b"Nia"), (rb"\bthea@", b"nia@"),
              (rb"\bBrandt\b", b"Holt"), (rb"\bbrandt\b", b"holt")]  # fmt: skip


def rewritten(text: bytes, rules: list[tuple[bytes, bytes]]) -> bytes:
    for pattern, instead in rules:
        text = re.sub(pattern, instead, text)
    return text


class RealAccount(httpx.AsyncBaseTransport):
    """The sandbox with people whose numbers are not reserved for fiction, and with a remark in every record."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        content = rewritten(await request.aread(), TO_SANDBOX)
        headers = [(name, value) for name, value in request.headers.multi_items() if name != "content-length"]
        url = rewritten(str(request.url).encode(), TO_SANDBOX).decode()
        response = await self._inner.handle_async_request(
            httpx.Request(
                request.method, url, headers=headers, content=content, extensions=request.extensions
            )
        )
        answer = rewritten(await response.aread(), TO_REAL)
        if "json" in response.headers.get("content-type", "") and b"access" not in answer:
            answer = json.dumps(remarked(json.loads(answer or b"null"))).encode()
        kept = [(name, value) for name, value in response.headers.multi_items() if name != "content-length"]
        return httpx.Response(response.status_code, headers=kept, content=answer, request=request)


def remarked(value: object) -> object:
    if isinstance(value, dict):
        own = (
            {"zz_remark": REMARK, "zz_mobile": 4158675342}
            if {"id", "CONTACT_ID", "LEAD_ID", "EVENT_ID", "USER_ID"} & value.keys()
            else {}
        )
        return {**{name: remarked(each) for name, each in value.items()}, **own}
    return [remarked(each) for each in value] if isinstance(value, list) else value


@pytest.fixture(params=CRMS)
def crm(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """A CRM on a computer whose network leads to an account with real people."""
    sandbox = make_sandbox(request.param)
    monkeypatch.setattr(surroundings, "network", lambda: RealAccount(sandbox.transport()))
    monkeypatch.setattr(surroundings, "SystemClock", lambda: sandbox.clock)
    by_itself = surroundings.Environment.consent
    monkeypatch.setattr(
        surroundings.Environment,
        "consent",
        lambda here, uri, state: by_itself(here, uri, state) or approve_in(sandbox.transport()),
    )
    monkeypatch.setenv("APPCONNECT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("APPCONNECT_FIXTURES", str(tmp_path / "fixtures"))
    for name, value in sandbox[request.param].credentials.items():
        if name != "password" or request.param != "bullhorn":  # a person consents, as in a replay
            monkeypatch.setenv(f"{request.param}_{name}".upper(), value)
    return str(request.param)


async def scenario(workbench: Workbench) -> list[object]:
    """What a notebook does: sign in, find somebody by a number that is typed, log, read, search by what was read."""
    signed_in = await workbench.sign_in()
    found = await workbench.find_contact(NUMBER)
    contact = found.contacts[0]
    logged = await workbench.log_call(call(), contact, note=REMARK)
    text = await workbench.log_message(sms("1", "Thea Brandt, 4158675342"), contact)
    read = await workbench.get_call_log(logged.log_id or "")
    again = await workbench.find_contact(contact.phone or NUMBER)
    named = await workbench.find_contact_with_name(contact.name)
    results = [signed_in, found, logged, text, read, again, named]
    assert [] == [each.error for each in results if each.error]
    return [contact.id, logged.log_id, text.log_id, len(again.contacts), len(named.contacts)]


KEPT: dict[str, tuple[Path, list[object], set[str]]] = {}
"""The home folder of a recording of each CRM, what was seen, and its secrets."""


async def recorded(crm: str) -> tuple[list[object], set[str]]:
    """A live recording in this test's home folder: made once for all tests that only look at it."""
    home = Path(os.environ["APPCONNECT_HOME"])
    if crm not in KEPT:
        seen, secrets = await recorded_anew(crm)
        KEPT[crm] = Path(tempfile.mkdtemp()) / "home", seen, secrets
        shutil.copytree(home, KEPT[crm][0])
    kept, seen, secrets = KEPT[crm]
    shutil.copytree(kept, home, dirs_exist_ok=True)
    return seen, secrets


async def recorded_anew(crm: str) -> tuple[list[object], set[str]]:
    workbench = connect(crm, mode="live", record=True)
    seen = await scenario(workbench)
    secrets = secrets_of(workbench)
    await workbench.close()
    return seen, secrets


def run(*arguments: str, answer: str = "") -> Result:
    return CliRunner().invoke(app, list(arguments), input=answer)


async def test_nobody_and_no_secret_is_in_a_live_recording(crm: str, tmp_path: Path) -> None:
    _, secrets = await recorded(crm)
    text = (tmp_path / "home" / "recordings" / crm / "walkthrough.json").read_text()
    assert text.count("zz_remark") > 1
    assert [] == PEOPLE.findall(text)
    assert [] == [secret for secret in secrets if secret in text]


async def test_it_waits_for_a_person_where_only_its_owner_reads_it(
    crm: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await recorded_anew(crm)
    assert f"appconnect review {crm}/walkthrough" in capsys.readouterr().out
    waiting = tmp_path / "home" / "recordings" / crm / "walkthrough.json"
    assert (0o600, 0o700) == tuple(stat.S_IMODE(each.stat().st_mode) for each in (waiting, waiting.parent))
    assert not (tmp_path / "fixtures").exists()
    with pytest.raises(CassetteMissing, match=f"appconnect review {crm}/walkthrough"):
        connect(crm, mode="replay")


@pytest.mark.parametrize("key", ["the same", "another", "none"])
async def test_it_replays_under_any_key_and_shows_the_same(
    crm: str, key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, _ = await recorded(crm)
    assert 0 == run("review", "--yes").exit_code
    if key == "another":
        monkeypatch.setenv("APPCONNECT_PSEUDONYM_KEY", "another key that is long enough for this")
    if key == "none":
        (tmp_path / "home" / "pseudonym.key").unlink()
    replay = connect(crm, mode="replay")
    assert before == await scenario(replay)
    await replay.close()


async def test_two_recordings_call_a_person_alike_and_another_key_otherwise(
    crm: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting, names = tmp_path / "home" / "recordings" / crm / "walkthrough.json", []
    for key in ("one key of more than thirty-two letters", "one key of more than thirty-two letters", ""):
        monkeypatch.setenv("APPCONNECT_PSEUDONYM_KEY", key)
        await recorded_anew(crm)
        names.append(set(re.findall(r"Ask (\w+ \w+):", waiting.read_text())))
    assert names[0] == names[1] != names[2]
    assert {1} == set(map(len, names))


# -- the review --


async def test_the_summary_shows_what_was_replaced_and_kept_and_nobody(crm: str) -> None:
    await recorded(crm)
    shown = run("review").stdout
    assert [] == PEOPLE.findall(shown)
    for kind in ("words of names", "phone numbers", "e-mail addresses", "IP addresses", "account numbers"):
        assert re.search(rf"{kind}[^\n]*, \d+: \S", shown), kind
    assert "Kept, for they are ids of the CRM:" in shown
    assert "Texts that remain; read these:" in shown


async def test_where_nobody_can_be_asked_it_is_not_saved_and_said_how(crm: str, tmp_path: Path) -> None:
    await recorded(crm)
    result = run("review", f"{crm}/walkthrough")
    assert f"appconnect review {crm}/walkthrough --yes" in result.stdout
    assert not (tmp_path / "fixtures").exists()


@pytest.mark.parametrize(("answer", "saved"), [("y\n", True), ("n\n", False), ("\n", False)])
async def test_it_is_saved_where_git_sees_it_on_a_yes_only(
    crm: str, answer: str, saved: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await recorded(crm)
    monkeypatch.setattr(review, "is_terminal", lambda: True)
    run("review", "walkthrough", answer=answer)
    waiting = tmp_path / "home" / "recordings" / crm / "walkthrough.json"
    assert (saved, not saved) == (
        (tmp_path / "fixtures" / crm / "walkthrough.json").exists(),
        waiting.exists(),
    )


def test_without_a_recording_the_review_says_how_to_make_one(crm: str) -> None:
    result = run("review")
    assert (1, True) == (result.exit_code, "APPCONNECT_RECORD=1" in result.output)
