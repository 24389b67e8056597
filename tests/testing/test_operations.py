"""What a case of the contract is marked with decides for whom it is run."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest
from platforms import OAUTH

from appconnect.testing import operations
from appconnect.testing.operations import ADDS, OPERATIONS, covers, level_of, why_not

LOGS = [name for name in OPERATIONS if name.endswith(("Log", "Disposition"))]


def contract(level: str) -> type:
    return cast(type, SimpleNamespace(platform=OAUTH, level=level))


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_case_of_a_log_is_not_run_where_no_contact_can_be_found(
    operation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For it is logged against Nia."""
    reason = "Acme has no search."
    monkeypatch.setattr(operations, "unsupported", lambda _: {"findContact": reason})
    needs = covers(operation).mark.args  # type: ignore[attr-defined]
    expected = reason if operation in (*LOGS, "findContact") else ""
    assert expected == why_not(contract("everything"), needs)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_case_is_run_from_the_level_on_that_adds_its_operation(operation: str) -> None:
    levels = list(ADDS)
    needs = covers(operation).mark.args  # type: ignore[attr-defined]
    without = levels[: levels.index(level_of(operation))]
    assert {f"{operation} is not claimed at the level {level!r}." for level in without} == {
        why_not(contract(level), needs[:1]) for level in without
    }
    assert "" == why_not(contract(level_of(operation)), needs)


def test_an_operation_that_is_none_is_refused_with_those_there_are() -> None:
    with pytest.raises(ValueError, match="There is no operation 'dance'; there are: getAuthType, "):
        covers("createCallLog", "dance")
