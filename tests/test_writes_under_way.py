"""Who holds what is written is asked before a write leaves, and told of each that was done or may have been."""

from __future__ import annotations

import asyncio
from contextlib import nullcontext

import pytest

from appconnect.errors import AppConnectError, Rejected, Unavailable, Unreachable
from appconnect.writes_under_way import held_by, leaves, one_try


class Holder:
    def __init__(self, refusal: AppConnectError | None = None) -> None:
        self.refusal = refusal
        self.told: list[str] = []

    def before_write(self) -> None:
        self.told.append("before")
        if self.refusal:
            raise self.refusal

    def after_write(self, *, may_arrive: bool) -> None:
        self.told.append("may arrive" if may_arrive else "arrived")


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (None, ["arrived"]),
        (Unreachable("No answer.", maybe_done=True), ["may arrive"]),
        (Unavailable("It failed.", status=500), ["arrived"]),
        (Unavailable("Bad gateway.", status=502), ["may arrive"]),
        (Unavailable("Gateway timed out.", status=504), ["may arrive"]),
        (Unreachable("Nobody there.", maybe_done=False), []),
        (Rejected("No such field."), []),
        (asyncio.CancelledError(), ["may arrive"]),
        (KeyboardInterrupt(), ["may arrive"]),
        (ValueError("a fault of our own"), ["may arrive"]),
    ],
    ids=repr,
)
def test_a_write_is_told_of_unless_it_was_certainly_not_done(
    error: BaseException | None, told: list[str]
) -> None:
    holders = [Holder(), Holder()]
    seen = pytest.raises(type(error)) if error else nullcontext()
    with held_by(holders[0]), held_by(holders[1]), seen, one_try():
        if error:
            raise error
    assert [told, told] == [each.told for each in holders]


def test_a_write_does_not_leave_where_one_of_those_who_hold_it_refuses() -> None:
    refusing = Holder(Rejected("Others have it."))
    with held_by(Holder()), held_by(refusing), pytest.raises(Rejected, match="Others have it"):
        leaves()
    leaves()
    with one_try():
        pass
    assert ["before"] == refusing.told
