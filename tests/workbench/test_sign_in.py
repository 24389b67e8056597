"""What signing in does with what was typed, and with answers that do not come."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from answers import NINE_THIRTY
from platforms import ALL_KEY, ALL_OAUTH, OAUTH

from appconnect.errors import CredentialsRejected, InputError, SignInError, Unavailable, Unreachable
from appconnect.sandbox.base import CrmSandbox
from appconnect.workbench import Workbench, connect

TOKEN = "/oauth/token"


def the_sandbox(workbench: Workbench) -> CrmSandbox:
    assert workbench.sandbox is not None
    return workbench.sandbox


def asked(sandbox: CrmSandbox, path: str) -> int:
    return sum(request.path.endswith(path) for request in sandbox.requests)


# -- again, where it is safe --


@pytest.mark.parametrize("crm", ALL_KEY)
@pytest.mark.parametrize("fault", [{"drop_after": True}, {"drop": True}, {"status": 503}, {"status": 429}])
async def test_a_read_is_sent_again(crm: str, fault: dict[str, int]) -> None:
    workbench = connect(crm, mode="sandbox")
    the_sandbox(workbench).faults.add("GET", times=2, **fault)
    assert (None, "Rae Quill") == (
        (signed_in := await workbench.sign_in()).error,
        signed_in.user and signed_in.user.name,
    )


async def test_a_refused_token_request_is_sent_again_after_a_pause() -> None:
    workbench = connect(OAUTH, mode="sandbox")
    the_sandbox(workbench).faults.add("POST", TOKEN, status=429, json={}, times=2)
    assert (await workbench.sign_in()).successful
    assert (3, True) == (
        asked(the_sandbox(workbench), TOKEN),
        workbench.now() - NINE_THIRTY >= timedelta(seconds=2 * workbench.crm.rules.min_wait),
    )


async def test_a_token_request_whose_answer_was_lost_is_not_sent_again() -> None:
    workbench = connect(OAUTH, mode="sandbox")
    the_sandbox(workbench).faults.add("POST", TOKEN, drop_after=True)
    assert isinstance((await workbench.sign_in()).error, Unreachable)
    assert 1 == asked(the_sandbox(workbench), TOKEN)


@pytest.mark.parametrize("crm", ALL_OAUTH)
async def test_a_lost_answer_to_a_sign_in_says_nothing_of_logs(crm: str) -> None:
    workbench = connect(crm, mode="sandbox")
    the_sandbox(workbench).faults.add("POST", TOKEN, drop_after=True)
    result = await workbench.sign_in()
    assert f"{workbench.title} cannot be reached" == result.message
    assert "twice" not in str(result.return_message)
    assert (await workbench.sign_in()).successful


@pytest.mark.parametrize("crm", ALL_OAUTH)
@pytest.mark.parametrize("fault", ["drop", "drop_after"])
async def test_a_consent_page_that_does_not_answer_gives_a_sentence(crm: str, fault: str) -> None:
    workbench = connect(crm, mode="sandbox")
    the_sandbox(workbench).faults.add(path="/oauth/authorize", times=None, **{fault: True})
    error = (await workbench.sign_in()).error
    assert (SignInError, "The consent page did not answer; try again.") == (type(error), str(error))


async def test_a_token_request_that_never_left_is_sent_again() -> None:
    workbench = connect(OAUTH, mode="sandbox")
    the_sandbox(workbench).faults.add("POST", TOKEN, drop=True)
    assert (await workbench.sign_in()).successful


async def test_a_token_request_that_may_have_been_done_is_not_sent_again() -> None:
    workbench = connect(OAUTH, mode="sandbox")
    the_sandbox(workbench).faults.add("POST", TOKEN, status=503, json={}, times=None)
    assert isinstance((await workbench.sign_in()).error, Unavailable)
    assert 1 == asked(the_sandbox(workbench), TOKEN)


@pytest.mark.parametrize("crm", ALL_KEY)
async def test_the_last_answer_is_the_conversations_to_read(crm: str) -> None:
    workbench = connect(crm, mode="sandbox")
    the_sandbox(workbench).faults.add(status=503, json={}, times=None)
    error = (await workbench.sign_in()).error
    assert re.fullmatch(
        rf"{workbench.title} did not answer( the sign-in)? properly \(status 503\); try again later\.",
        str(error),
    )
    assert 4 == len(the_sandbox(workbench).requests)


@pytest.mark.parametrize("crm", ALL_KEY)
async def test_a_rejected_key_is_not_tried_again(crm: str) -> None:
    workbench = connect(crm, mode="sandbox")
    assert isinstance((await workbench.sign_in({"apiKey": "wrong"})).error, CredentialsRejected)
    assert 1 == len(the_sandbox(workbench).requests)


# -- what was typed --


@pytest.mark.parametrize(
    ("crm", "typed", "told"),
    [
        ("insightly", {}, "To sign in to Insightly, fill in: API key, API URL."),
        ("insightly", {"apiKey": "k", "apiUrl": " "}, "To sign in to Insightly, fill in: API URL."),
        (
            "redtail",
            {"apiKey": "k", "username": "\n"},
            "To sign in to Redtail, fill in: User name, Password.",
        ),
    ],
)
async def test_what_is_missing_is_named_and_nothing_is_sent(
    crm: str, typed: dict[str, str], told: str
) -> None:
    workbench = connect(crm, mode="sandbox")
    workbench.environment.credentials = type(workbench.environment.credentials)()
    result = await workbench.sign_in(typed)
    assert (told, InputError, []) == (result.message, type(result.error), the_sandbox(workbench).requests)
