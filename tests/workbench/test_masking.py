"""The trace shows everything that went over the wire but the secrets."""

from __future__ import annotations

import logging
import re

import pytest
from answers import call
from seen import shown
from workbench_steps import CRMS, nia, options_of, secrets_of, signed_in, walk

from appconnect.auth.base import Credentials
from appconnect.http import Exchange
from appconnect.workbench import Workbench, connect


@pytest.mark.parametrize("crm", CRMS)
async def test_no_secret_of_a_whole_scenario_is_shown(crm: str, told) -> None:
    workbench = connect(crm, mode="sandbox", options=options_of(crm))
    for result in await walk(workbench):
        told(workbench, result)
    secrets = secrets_of(workbench)
    assert len(secrets) >= 2
    assert [] == [(each, secret) for each in workbench.trace for secret in secrets if secret in shown(each)]


@pytest.mark.parametrize("crm", CRMS)
async def test_what_an_operation_was_told_and_gave_shows_no_secret(crm: str) -> None:
    workbench = await signed_in(crm)
    assert isinstance(workbench.crm.signer, Credentials)
    secrets = secrets_of(workbench) & set(workbench.crm.signer.secrets().values())
    contact = await nia(workbench)
    await workbench.log_call(call(), contact, note=f"Kept here: {' and '.join(secrets)}")
    run = workbench.trace.operations[-1]
    assert ("log_call", True, True) == (run.name, bool(secrets), "Kept here: <" in str(run.arguments))
    assert [] == [each for each in secrets if each in f"{run.arguments} {run.result}"]


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
    assert [] == [word for word in ("Holt", "GET", "200") if word not in seen]
    assert "4155550142" in re.sub(r"\D", "", seen)


def test_public_faces_show_no_secret() -> None:
    for crm in CRMS:
        workbench: Workbench = connect(crm, mode="sandbox")
        faces = [
            workbench,
            workbench.environment,
            workbench.context.account,
            workbench.connector,
            workbench.crm,
            workbench.trace,
        ]
        faces += [
            workbench.environment.credentials,
            workbench.environment.settings,
            workbench.context.connections.sign_in,
        ]
        text = "\n".join(map(repr, faces))
        assert [] == [each for each in secrets_of(workbench) if each in text]


@pytest.mark.parametrize("library", ["httpx", "httpcore", "httpcore.http11", "httpcore.connection"])
def test_the_http_library_logs_no_addresses_and_headers(
    library: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    assert not logging.getLogger(library).isEnabledFor(logging.INFO)
