"""How an operation runs, shown with a part that is made up."""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from typing import Any

import pytest

from appconnect.errors import NotFound
from appconnect.http import RateLimit
from appconnect.models import Logged, MessageLevel, ReturnMessage
from appconnect.operation_warnings import warn
from appconnect.sandbox.clock import SandboxClock
from appconnect.workbench.operation import operation


class Part:
    """Its context is no more than what an operation asks of one."""

    title = "Some CRM"
    clock = SandboxClock()

    def __init__(self, *limits: RateLimit) -> None:
        self.context: Any = self
        self.crm: Any = self
        self.limits = limits

    @contextmanager
    def watch(self) -> Any:
        yield list(self.limits)

    def at_work(self) -> Any:
        return nullcontext()

    @operation(Logged)
    async def log(self, log_id: str, *, raises: Exception | None = None, warns: str = "") -> Logged:
        """Say how it went."""
        if warns:
            warn(warns)
        if raises:
            raise raises
        message = ReturnMessage(message="Call logged", message_type=MessageLevel.SUCCESS)
        return Logged(log_id=log_id, return_message=message)

    def note_failure(self, error: Exception) -> None:
        """Remember what a failure says of the session: nothing here."""


async def test_a_result_is_given_back_as_it_is() -> None:
    result = await Part().log("9301")
    assert ("9301", True, "Call logged", None) == (
        result.log_id,
        result.successful,
        result.message,
        result.error,
    )


async def test_an_error_that_was_foreseen_becomes_a_result_of_the_same_kind() -> None:
    error = NotFound("The CRM has no such record.", status=404)
    result = await Part().log("9301", raises=error)
    assert isinstance(result, Logged)
    assert (False, "Not found in Some CRM", error) == (result.successful, result.message, result.error)


async def test_a_fault_of_ours_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        await Part().log("9301", raises=ZeroDivisionError())


async def test_what_a_person_should_know_goes_with_the_message() -> None:
    message = (await Part().log("9301", warns="A link is missing.")).return_message
    assert message is not None
    assert (MessageLevel.WARNING, ["A link is missing."]) == (message.message_type, message.lines)


@pytest.mark.parametrize("raises", [None, NotFound("Gone.")])
async def test_the_last_limits_that_were_told_go_with_success_and_failure(raises: Exception | None) -> None:
    seen = RateLimit(amount=80, remaining=79), RateLimit(amount=80, remaining=78, reset=2.0)
    tracking = (await Part(*seen).log("9301", raises=raises)).extra_data_tracking
    assert (80, 78, 2.0) == (
        tracking.ratelimit_amount,
        tracking.ratelimit_remaining,
        tracking.ratelimit_reset,
    )


def test_an_operation_keeps_the_name_and_the_docstring_of_its_method() -> None:
    assert ("log", "Say how it went.") == (Part.log.__name__, Part.log.__doc__)
