"""A platform that nobody here knows is traced, recorded and replayed without its secrets and people."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from acme import DIGITS, NAME, NUMBER, PASS_PHRASE, REDACTION, SEAL, TENANT, Acme, AcmeSandbox, acme
from seen import shown
from typer.testing import CliRunner

from appconnect.cli import app
from appconnect.connectors import registry
from appconnect.connectors.platform import Platform
from appconnect.redaction import RedactionRules
from appconnect.sandbox.clock import SandboxClock
from appconnect.sandbox.server import Sandbox
from appconnect.workbench import Workbench, connect, environment

SECRETS = (PASS_PHRASE, SEAL, TENANT)
Install = Callable[[Platform], None]


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Install:
    """Makes a platform the one called "acme"; its live CRM is a sandbox behind the network's place."""
    monkeypatch.setenv("APPCONNECT_FIXTURES", str(tmp_path / "fixtures"))
    monkeypatch.setenv("APPCONNECT_HOME", str(tmp_path / "home"))

    def install(platform: Platform) -> None:
        crm = AcmeSandbox(SandboxClock())
        monkeypatch.setattr(registry, "platform", lambda name: platform)
        monkeypatch.setattr(environment, "network", lambda: Sandbox(crm.clock, [crm]).transport())

    return install


@pytest.fixture
def recording(tmp_path: Path) -> Callable[[], str]:
    """Takes what was recorded into the project, and reads it."""

    def read() -> str:
        assert 0 == CliRunner().invoke(app, ["review", "--yes"]).exit_code
        return (tmp_path / "fixtures/acme/walkthrough.json").read_text()

    return read


async def walk(workbench: Workbench, typed: dict[str, str] | None = None) -> list[str]:
    """Sign in, find a person, sign out (which Acme refuses); gives the person's name and number."""
    signed_in = await workbench.sign_in(typed)
    assert signed_in.error is None
    found = await workbench.find_contact("+14158675309")
    assert found.error is None
    assert (100, 99, 30.0) == (
        found.extra_data_tracking.ratelimit_amount,
        found.extra_data_tracking.ratelimit_remaining,
        found.extra_data_tracking.ratelimit_reset,
    )
    left = await workbench.sign_out()
    assert [] == [secret for secret in SECRETS if secret in f"{left!r} {left.message} {left.error!r}"]
    return [found.contacts[0].name, found.contacts[0].phone]


@pytest.mark.parametrize("rules", [REDACTION, None], ids=["stated", "nothing stated"])
@pytest.mark.parametrize("typed", [{"passPhrase": PASS_PHRASE}, None], ids=["typed", "set"])
async def test_it_is_recorded_live_without_secrets_and_replayed(
    install: Install, recording: Callable[[], str], monkeypatch: pytest.MonkeyPatch,
    rules: RedactionRules | None, typed: dict[str, str] | None,
) -> None:  # fmt: skip
    install(acme(rules))
    if typed is None:
        monkeypatch.setenv("ACME_PASS_PHRASE", PASS_PHRASE)
    workbench = connect("acme", mode="live", record=True)
    assert [NAME, NUMBER] == await walk(workbench, typed)
    await workbench.close()
    text = recording()
    assert [] == [secret for secret in SECRETS if secret in text]
    [_, people, _] = json.loads(text)["exchanges"]
    assert {"x-acme-left": "99", "x-acme-limit": "100", "x-acme-tokens-reset": "30"}.items() <= people[
        "response"
    ]["headers"].items()
    assert "x-acme-key" not in people["request"]["headers"]
    assert "https://api.acme.test/t/<tenant>/people" == people["request"]["url"]
    replay = connect("acme", mode="replay")
    await walk(replay)
    await replay.close()


async def test_people_are_replaced_where_the_platform_says_they_are(
    install: Install, recording: Callable[[], str]
) -> None:
    install(acme(REDACTION))
    workbench = connect("acme", mode="live", record=True)
    await walk(workbench, {"passPhrase": PASS_PHRASE})
    await workbench.close()
    text = recording()
    assert [] == [real for real in (NAME, "Nia", "Holt", NUMBER, DIGITS, "8675309", "ferns") if real in text]
    [_, people, _] = json.loads(text)["exchanges"]
    [row] = people["response"]["body"]["json"]["rows"]
    assert (501, "prospect") == (row["id"], row["kind"])
    assert people["request"]["query"]["dial"] in row["dial"].replace("-", "")
    assert [row["client"], NUMBER] == await walk(connect("acme", mode="replay"))  # the number was typed


@pytest.mark.parametrize("rules", [REDACTION, None], ids=["stated", "nothing stated"])
@pytest.mark.parametrize("listening", [True, False])
async def test_no_trace_shows_its_secrets_and_every_trace_its_limits(
    install: Install, rules: RedactionRules | None, listening: bool
) -> None:
    install(acme(rules))
    workbench, heard = connect("acme", mode="live"), []
    if listening:
        workbench.trace.listen(heard.append)
    await walk(workbench, {"passPhrase": PASS_PHRASE})
    for each in [*workbench.trace, *heard]:
        assert [] == [secret for secret in SECRETS if secret in shown(each)]
    people = workbench.trace[1]
    assert ("<x-acme-key>", "99", "30", "acme-7") == (
        people.request_headers["x-acme-key"],
        people.response_headers["x-acme-left"],
        people.response_headers["x-acme-tokens-reset"],
        people.response_headers["x-served-by"],
    )
    assert f"/t/<tenant>/people?dial={DIGITS}" == people.path
    assert 99 == people.limits.remaining


async def test_what_the_crm_says_of_a_secret_is_quoted_without_it(install: Install) -> None:
    install(acme())
    workbench = connect("acme", mode="live")
    refused = await workbench.sign_in({"passPhrase": "wrong words, 9 of them"})
    assert not refused.successful
    assert {"message": "'<secret>' is not it"} == workbench.trace[0].response_body
    await workbench.sign_in({"passPhrase": PASS_PHRASE})
    left = await workbench.sign_out()
    assert "<seal> of <tenant> is over" in str(left.error)


async def test_what_credentials_hold_is_masked_after_the_sign_in_even_if_it_looks_like_no_key(
    install: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("acme.SEAL", "quiet-seal")
    install(acme())
    workbench = connect("acme", mode="live")
    await walk(workbench, {"passPhrase": PASS_PHRASE})
    assert [] == [each for each in workbench.trace if "quiet-seal" in shown(each)]


async def test_a_connection_that_is_taken_up_again_is_masked_too(install: Install) -> None:
    install(acme())
    first = connect("acme", mode="live")
    await first.sign_in({"passPhrase": PASS_PHRASE})
    await first.close()
    again = connect("acme", mode="live")
    assert (await again.find_contact("+14158675309")).error is None
    assert f"/t/<tenant>/people?dial={DIGITS}" == again.trace[0].path
    assert [] == [secret for secret in SECRETS if secret in shown(again.trace[0])]


def test_a_platform_s_rate_limit_headers_are_in_its_rules_by_themselves() -> None:
    names = ("x-acme-limit", "x-acme-left", "x-acme-tokens-reset")
    assert names == tuple(Acme.rules.limit_headers.headers.values()), "as when an answer was read before"
    assert names == acme().redaction.limit_headers == acme(REDACTION).redaction.limit_headers
