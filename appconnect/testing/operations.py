"""Which operations there are, which a contract claims at its level, and which case shows which.

A case is marked with the operation that it shows, by its name in App Connect's guide, and with the others
that it needs on the way::

    @covers("updateCallLog", "createCallLog")
    async def test_an_update_keeps_the_other_parts(self, workbench: Workbench, sandbox: S) -> None: ...
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal, TypeVar

from pydantic.alias_generators import to_camel

from appconnect.errors import ConfigurationError
from appconnect.operations import OPERATIONS as PYTHON_NAMES

F = TypeVar("F", bound=Callable[..., Any])
Level = Literal["sign-in", "match", "log", "messages", "everything"]

GUIDE_NAMES: Mapping[str, str] = {name: to_camel(name) for name in PYTHON_NAMES} | {
    "unauthorize": "unAuthorize"
}
"""The name in App Connect's guide for each name in Python."""
OPERATIONS = tuple(GUIDE_NAMES.values())

ADDS: Mapping[Level, tuple[str, ...]] = {
    "sign-in": ("getAuthType", "getOauthInfo", "getUserInfo", "unAuthorize"),
    "match": ("findContact", "findContactWithName", "createContact"),
    "log": ("createCallLog", "updateCallLog", "getCallLog", "getLogFormatType"),
    "messages": ("createMessageLog", "updateMessageLog"),
    "everything": ("upsertCallDisposition", "getUserList"),
}
"""What each level adds to the one before."""
LEVELS: tuple[Level, ...] = tuple(ADDS)


def covers(operation: str, *needs: str) -> Callable[[F], F]:
    """Mark a case with the operation that it shows, and with others that it needs.

    Cases of logs need ``findContact`` too: they log against Nia.
    """
    import pytest

    unknown = {operation, *needs} - set(OPERATIONS)
    if unknown:
        raise ValueError(f"There is no operation {unknown.pop()!r}; there are: {', '.join(OPERATIONS)}.")
    contact = ("findContact",) if operation.endswith(("Log", "Disposition")) else ()
    return pytest.mark.operation(operation, *needs, *contact)


def claimed(level: str) -> tuple[str, ...]:
    """Return the operations that a contract at this level claims. Raises ConfigurationError."""
    if level not in LEVELS:
        raise ConfigurationError(f"There is no level {level!r}; choose one of: {', '.join(LEVELS)}.")
    included = LEVELS[: LEVELS.index(level) + 1]
    return tuple(operation for each in included for operation in ADDS[each])


def level_of(operation: str) -> Level:
    """Return the level from which on a contract claims the operation."""
    return next(level for level, added in ADDS.items() if operation in added)


def unsupported(platform: str) -> Mapping[str, str]:
    """Return why the platform's connector does not support operations, by their names in the guide."""
    from appconnect.connectors import registry

    declared = registry.platform(platform).connector.unsupported
    return {GUIDE_NAMES[name]: reason for name, reason in declared.items()}


def why_not(contract: type, operations: Iterable[str]) -> str:
    """Return why a case that needs these operations is not run for a contract; "" when it is."""
    level, platform = str(getattr(contract, "level", "everything")), str(getattr(contract, "platform", ""))
    within, reasons = claimed(level), unsupported(platform)
    for operation in operations:
        if operation not in within:
            return f"{operation} is not claimed at the level {level!r}."
        if operation in reasons:
            return reasons[operation]
    return ""
