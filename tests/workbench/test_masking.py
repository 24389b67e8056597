"""The trace shows everything that went over the wire but the secrets."""

from __future__ import annotations

import base64
import json
import logging
from datetime import UTC, datetime
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue, SecretStr
from workbench_steps import CRMS, options_of, secrets_of, signed_in, walk

from appconnect.http import Exchange
from appconnect.workbench import Workbench, connect
from appconnect.workbench.masking import Mask

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
JSON_TYPE, FORM_TYPE = "application/json", "application/x-www-form-urlencoded"


def shown(exchange: Exchange) -> str:
    """All that can be seen of an exchange, as people and files would."""
    return "\n".join(
        (
            repr(exchange),
            exchange.as_curl(),
            exchange.path,
            repr(vars(exchange)),
            json.dumps(vars(exchange), default=str),
        )
    )


@pytest.mark.parametrize("crm", CRMS)
async def test_no_secret_of_a_whole_scenario_is_shown(crm: str, told) -> None:
    workbench = connect(crm, mode="sandbox", options=options_of(crm))
    for result in await walk(workbench):
        told(workbench, result)
    secrets = secrets_of(workbench)
    assert len(secrets) >= 2
    assert [] == [(each, secret) for each in workbench.trace for secret in secrets if secret in shown(each)]


@pytest.mark.parametrize("crm", CRMS)
async def test_listeners_get_masked_exchanges_too(crm: str) -> None:
    workbench = connect(crm, mode="sandbox")
    heard: list[Exchange] = []
    stop = workbench.trace.listen(heard.append)
    await workbench.sign_in()
    count = len(heard)
    stop()
    await workbench.list_users()
    secrets = secrets_of(workbench)
    assert (True, count) == (count > 0, len(heard))
    assert [] == [secret for secret in secrets for each in heard if secret in shown(each)]


@pytest.mark.parametrize(
    ("crm", "typed"),
    [
        ("insightly", {"apiKey": "typed-key-0123456789"}),
        (
            "redtail",
            {"apiKey": "typed-key-0123456789", "username": "rae.quill", "password": "typed words, 9 of them"},
        ),
        ("bullhorn", {"username": "rae.quill", "password": "typed words, 9 of them"}),
    ],
)
async def test_what_was_typed_and_refused_is_masked_as_well(crm: str, typed: dict[str, str]) -> None:
    workbench = connect(crm, mode="sandbox")
    assert not (await workbench.sign_in(typed)).successful
    seen = "\n".join(map(shown, workbench.trace))
    assert (True, []) == (bool(seen), [each for each in typed.values() if len(each) > 9 and each in seen])


@pytest.mark.parametrize("crm", CRMS)
async def test_masking_hides_nothing_that_is_needed(crm: str) -> None:
    workbench = await signed_in(crm)
    await workbench.find_contact("+14155550142")
    seen = "\n".join(map(shown, workbench.trace))
    assert [] == [word for word in ("4155550142", "Holt", "GET", "200") if word not in seen]


def test_public_faces_show_no_secret() -> None:
    for crm in CRMS:
        workbench: Workbench = connect(crm, mode="sandbox")
        faces = [
            workbench,
            workbench.environment,
            workbench.account,
            workbench.connector,
            workbench.crm,
            workbench.trace,
        ]
        faces += [workbench.environment.credentials, workbench.environment.settings, workbench.sign_in_way]
        text = "\n".join(map(repr, faces))
        assert [] == [each for each in secrets_of(workbench) if each in text]


@pytest.mark.parametrize("library", ["httpx", "httpcore", "httpcore.http11", "httpcore.connection"])
def test_the_http_library_logs_no_addresses_and_headers(
    library: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    assert not logging.getLogger(library).isEnabledFor(logging.INFO)


# -- wherever a secret is planted --

secrets = st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), min_size=10, max_size=40).filter(
    lambda text: len(set(text)) >= 6 and text.strip() == text and "<" not in text and not ordinary(text)
)
header_secrets = st.text("abcXYZ0189-_.~", min_size=10, max_size=40).filter(lambda text: len(set(text)) >= 6)


def ordinary(text: str) -> bool:
    """Whether every exchange reads so, without any secret: ``content-ty``."""
    return any(form in shown(exchange()) for form in forms(text))


def exchange(
    url: str = "https://crm.example/v1/users",
    *,
    asked: JsonValue = None,
    sent: str = JSON_TYPE,
    answered: JsonValue = None,
    headers: dict[str, str] | None = None,
    came: dict[str, str] | None = None,
) -> Exchange:
    return Exchange(
        number=1,
        at=NOON,
        method="POST",
        url=url,
        request_headers={"content-type": sent, **(headers or {})},
        request_body=asked,
        status=200,
        response_headers={"content-type": JSON_TYPE, **(came or {})},
        response_body=answered,
    )


def forms(secret: str) -> set[str]:
    """How a secret could be read in what is shown."""
    return {secret, quote(secret, safe=""), quote_plus(secret), json.dumps(secret)[1:-1], repr(secret)[1:-1]}


@given(secrets)
def test_a_secret_in_a_known_place_is_masked(secret: str) -> None:
    planted = [
        exchange(f"https://crm.example/login?access_token={quote(secret, safe='')}&version=1"),
        exchange(asked={"grant_type": "password", "password": secret}, sent=FORM_TYPE),
        exchange(asked={"grant_type": "x", "code": secret, "client_secret": secret}, sent=FORM_TYPE),
        exchange(answered={"access_token": secret, "refresh_token": secret, "expires_in": 9}),
        exchange(answered={"authenticated_user": {"user_key": secret, "redtail_user_id": 1}}),
        exchange(answered={"BhRestToken": secret, "restUrl": "https://crm.example/"}),
    ]
    for each in planted:
        seen = shown(Mask()(each))
        assert [] == [form for form in forms(secret) if form in seen]


@given(header_secrets)
def test_a_secret_in_a_header_is_masked(secret: str) -> None:
    basic = base64.b64encode(f"{secret}:".encode()).decode()
    planted = [
        exchange(headers={"authorization": f"Bearer {secret}"}),
        exchange(headers={"authorization": f"Basic {basic}"}),
        exchange(headers={"authorization": f"Userkeyauth {basic}"}),
        exchange(headers={"bhresttoken": secret}),
        exchange(headers={"cookie": f"session={secret}"}),
        exchange(came={"set-cookie": f"session={secret}; HttpOnly"}),
        exchange(headers={"x-api-token": secret}),
    ]
    for each in planted:
        seen = shown(Mask()(each))
        assert [] == [form for form in (secret, basic) if form in seen]


@given(secrets)
def test_a_secret_that_was_set_is_masked_wherever_it_turns_up(secret: str) -> None:
    mask = Mask([SecretStr(secret)])
    planted = [
        exchange(f"https://crm.example/{quote(secret, safe='')}?q={quote(secret, safe='')}"),
        exchange(asked={"note": f"my key is {secret}!"}, answered=[{"echo": secret}]),
        exchange(answered=f"<p>Unknown key {secret}</p>", came={"content-type": "text/html"}),
    ]
    for each in planted:
        seen = shown(mask(each))
        assert [] == [form for form in forms(secret) if form in seen]


@given(header_secrets)
def test_a_secret_that_was_seen_once_is_masked_from_then_on(secret: str) -> None:
    mask = Mask()
    mask(exchange(answered={"access_token": secret, "token_type": "Bearer"}))
    later = mask(exchange(asked={"note": f"token {secret} here"}, answered={"error": f"{secret} is old"}))
    assert secret not in shown(later)
