"""What errors carry beside their sentence, and what they say of a write."""

from __future__ import annotations

from typing import Any

import pytest

from appconnect import errors
from appconnect.errors import AppConnectError, CrmError, may_be_written, may_still_arrive
from appconnect.text.quotation import MAX_QUOTATION

OF_CRM = {"status": None, "request": "", "crm_message": ""}


@pytest.mark.parametrize(
    ("kind", "facts"),
    [
        (AppConnectError, {"exchange": 0, "explanation": None}),
        (errors.Busy, {"maybe_done": False}),
        (errors.LoggedElsewhere, {"log_id": ""}),
        (errors.NotSearched, {"is_lasting": False}),
        (CrmError, OF_CRM),
        (errors.RateLimited, {**OF_CRM, "retry_after": None, "daily": False}),
        (errors.Unreachable, {**OF_CRM, "maybe_done": False}),
    ],
)
def test_an_error_carries_nothing_unless_it_is_told(kind: Any, facts: dict[str, Any]) -> None:
    error = kind("It went wrong.")
    assert facts == {name: getattr(error, name) for name in facts}
    assert ("It went wrong.", "It went wrong.") == (error.message, str(error))


@pytest.mark.parametrize(
    ("kind", "facts"),
    [
        (errors.LoggedElsewhere, {"log_id": "9301"}),
        (errors.NotSearched, {"is_lasting": True}),
        (CrmError, {"status": 400, "request": "GET /a", "crm_message": "no"}),
        (
            errors.Blocked,
            {"status": 403, "request": "GET /a", "crm_message": "no", "retry_after": 2.5, "daily": True},
        ),
        (errors.DeadlineExceeded, {"request": "PUT /a", "maybe_done": True}),
    ],
)
def test_an_error_carries_what_it_is_told(kind: Any, facts: dict[str, Any]) -> None:
    error = kind("It went wrong.", **facts)
    assert facts == {name: getattr(error, name) for name in facts}
    assert "It went wrong." == error.message


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("x" * MAX_QUOTATION, "x" * MAX_QUOTATION),
        ("x" * (MAX_QUOTATION + 1), "x" * (MAX_QUOTATION - 1) + "…"),
    ],
)
def test_what_a_crm_says_at_length_is_cut(said: str, kept: str) -> None:
    error = CrmError("Refused.", crm_message=said, request=f"GET /{said}")
    assert kept == error.crm_message
    assert len(error.request) <= MAX_QUOTATION
    assert "…" in error.request


def test_a_long_message_has_its_middle_cut_out() -> None:
    message = AppConnectError("begin " + "x" * 100_000 + " end").message
    assert len(message) < 10_000
    assert message.startswith("begin ")
    assert message.endswith(" end")
    assert "" == AppConnectError().message


@pytest.mark.parametrize(
    "kind", [errors.SignInNeeded, errors.NobodyChosen, errors.WriteDeclined, errors.WritesNotArmed]
)
def test_a_notebook_stops_with_the_sentence_alone(kind: Any) -> None:
    assert ["Sign in first."] == kind("Sign in first.")._render_traceback_()


def taken_over(*, maybe_done: bool) -> errors.Busy:
    error = errors.Busy("Others have it.")
    error.maybe_done = maybe_done
    return error


@pytest.mark.parametrize(
    ("error", "is_written", "may_arrive"),
    [
        (errors.Unavailable("x", status=500), True, False),
        (errors.Unavailable("x", status=503), True, False),
        (errors.Unavailable("x", status=502), True, True),
        (errors.Unavailable("x", status=504), True, True),
        (errors.Unavailable("x"), True, True),
        (errors.Unconfirmed("x", status=200), True, False),
        (errors.AnswerTooLarge("x", status=200), True, False),
        (errors.Unreachable("x", maybe_done=True), True, True),
        (errors.Unreachable("x"), False, False),
        (errors.ProxyFault("x"), False, False),
        (errors.RateLimited("x", status=429), False, False),
        (errors.Rejected("x", status=400), False, False),
        (taken_over(maybe_done=True), True, True),
        (taken_over(maybe_done=False), False, False),
        (errors.InputError("x"), False, False),
        (errors.StoreError("x"), False, False),
    ],
    ids=repr,
)
def test_what_an_error_says_of_a_write(error: AppConnectError, is_written: bool, may_arrive: bool) -> None:
    assert (is_written, may_arrive) == (may_be_written(error), may_still_arrive(error))
