"""Commands and scripts as they are written, to the letter: ``commands.txt`` has what a person would copy."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from appconnect.auth.api_key import HeaderScheme
from appconnect.http import Exchange
from appconnect.http.bodies import Body
from appconnect.http.exchange import Request
from appconnect.http.exports.origin import Origin, Variable

WRITTEN = Path(__file__).with_name("commands.txt")
ACME = Origin(
    "acme", "Acme", "ask Acme", frozenset({"ACME_WORDS"}),
    (HeaderScheme.basic("a", "b", prefix="Odd"), HeaderScheme.basic("key", "secret"), HeaderScheme.basic("only", prefix="One")),
)  # fmt: skip
SANDBOX = "http://127.0.0.1:8700/"
JSON = {"content-type": "application/json"}
FORM = {"content-type": "application/x-www-form-urlencoded"}
CASES: dict[str, dict[str, object]] = {
    "a read": {},
    "a read of the head": {"method": "HEAD"},
    "a query": {"query": {"a": "1 &é", "b": ["x", "y:/,@"]}},
    "a secret query": {"query": {"token": "<token>", "a": "1"}},
    "a write with a secret query": {"method": "POST", "query": {"token": "<token>"}, "body": {"json": {"a": "it's"}}},
    "headers": {"headers": {"x-empty": "", "accept": "*/*", "authorization": "Bearer <authorization>", "x-key": "a <x-key> b"}},
    "basic": {"headers": {"authorization": "Basic <authorization>"}},
    "coded otherwise": {"headers": {"authorization": "Odd <authorization>"}},
    "coded alone": {"headers": {"authorization": "One <authorization>"}},
    "a secret in JSON": {"method": "POST", "headers": JSON, "body": {"json": {"words": "<words>", "note": "<b> it's"}}},
    "half a character in JSON": {"method": "POST", "headers": JSON, "body": {"json": {"half": "\ud800"}}},
    "a form": {"method": "POST", "headers": FORM, "body": {"form": {"a b": ["1", "2"], "": "x y", "pin": "<pin>"}}},
    "a text": {"method": "PUT", "headers": {"content-type": "text/plain"}, "body": {"text": "it's\n$x"}},
    "bytes": {"method": "PUT", "body": {"base64": "AAE="}},
    "a secret in the address": {"url": "https://api.acme.test/t/<tenant>/ü x"},
    "at the sandbox": {"query": {"token": "<token>", "a": "1"}, "headers": {"authorization": "Basic <authorization>"}},
}  # fmt: skip


def exchange(name: str) -> Exchange:
    parts = {"method": "GET", "url": "https://api.acme.test/x", **CASES[name]}
    if "body" in parts:
        parts["body"] = Body.model_validate(parts["body"])
    return Exchange(number=1, at=datetime(2026, 1, 2, tzinfo=UTC), request=Request.model_validate(parts)).of(
        ACME
    )


def written(name: str) -> str:
    sandbox = SANDBOX if name == "at the sandbox" else ""
    return f"{exchange(name).as_curl(sandbox)}\n\n{exchange(name).as_httpx(sandbox)}"


def expected() -> dict[str, str]:
    _, *parts = re.split(r"^=== (.+) ===\n", WRITTEN.read_text("utf-8"), flags=re.MULTILINE)
    return {name: text.rstrip("\n") for name, text in zip(parts[::2], parts[1::2], strict=True)}


@pytest.mark.parametrize("name", CASES)
def test_a_request_is_written_as_a_person_would(name: str) -> None:
    assert expected()[name] == written(name)


@pytest.mark.parametrize(
    ("crm", "name", "variable"),
    [
        ("acme", "accessToken", "ACME_ACCESS_TOKEN"), ("acme", "access_token", "ACME_ACCESS_TOKEN"), ("acme", "x-acme-key", "ACME_X_ACME_KEY"),
        ("acme", "URLToken2Go", "ACME_URLTOKEN2_GO"), ("7crm", "key", "_7CRM_KEY"), ("", "key", "KEY"), ("a.b", "_key_", "A_B_KEY"),
        ("", "x-key", "X_KEY"), ("acme", "max", "ACME_MAX"),
    ],
)  # fmt: skip
def test_a_secret_has_a_variable_that_a_shell_can_name(crm: str, name: str, variable: str) -> None:
    assert Variable(variable) == Origin(crm).variable(name)


def test_the_sandbox_may_be_below_an_address() -> None:
    told = written_at("http://box.test/X/")
    assert 2 == told.count("http://box.test/X/_sandbox/credentials/acme")
    assert 2 == told.count("http://box.test/X/acme/x")


def written_at(sandbox: str) -> str:
    shown = exchange("a secret query")
    return f"{shown.as_curl(sandbox)}\n{shown.as_httpx(sandbox)}"


def test_where_the_values_come_from_is_told_once_for_each_place() -> None:
    names = [Variable("ACME_WORDS"), Variable("ACME_A"), Variable("ACME_B")]
    assert [
        "ACME_WORDS: as in .env (ask Acme)",
        "ACME_A, ACME_B: from Acme's answers to the sign-in",
    ] == ACME.how_to_set(names)
    plain = Origin("acme", "Acme", settings=frozenset({"ACME_WORDS"}))
    assert ["ACME_WORDS: as in .env"] == plain.how_to_set(names[:1])
    assert ["ACME_A: from the CRM's answers to the sign-in"] == Origin().how_to_set(names[1:2])


@pytest.mark.parametrize("letters", [74_000, 76_000])
def test_what_is_longer_than_an_argument_may_be_comes_through_a_pipe(letters: int) -> None:
    body = {"json": "x" * letters}
    command = Exchange(
        number=1, at=datetime(2026, 1, 2, tzinfo=UTC),
        request=Request(method="POST", url="https://api.acme.test/x", body=Body.model_validate(body)),
    ).as_curl()  # fmt: skip
    assert (letters > 75_000) == command.startswith("printf %s ") == command.endswith("--data-binary @-")
