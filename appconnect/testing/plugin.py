"""The pytest plugin: it knows the contract's mark, and leaves out the cases that a contract does not claim.

It is loaded by its entry point wherever pytest runs beside this package, so it imports nothing at the top.
"""

from __future__ import annotations

import os

import pytest

pytest.register_assert_rewrite("appconnect.testing.cases")
NOT_RUN = pytest.StashKey[dict[str, set[str]]]()


def pytest_configure(config: pytest.Config) -> None:
    """Make the mark known, and keep tests, and kernels that they start, out of this person's history."""
    os.environ.setdefault("APPCONNECT_HISTORY", "0")
    config.addinivalue_line(
        "markers", "operation(name, *needs): the contract's operation that a case shows, and others it needs"
    )
    config.addinivalue_line("markers", "answer(name): an answer without which a case has nothing to ask")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect what is above a contract's level or unsupported by its connector, and remember why."""
    left_out = {item: reason for item in items if (reason := _why_not(item))}
    if not left_out:
        return
    items[:] = [item for item in items if item not in left_out]
    config.hook.pytest_deselected(items=list(left_out))
    reasons = config.stash.setdefault(NOT_RUN, {})
    for item, reason in left_out.items():
        reasons.setdefault(contract_of(item).__name__, set()).add(reason)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say which cases were not run, and why: none is left out in silence."""
    for contract, reasons in config.stash.get(NOT_RUN, {}).items():
        terminalreporter.write_line(f"{contract} leaves out: {' '.join(sorted(reasons))}")


def operations_of(item: pytest.Item) -> tuple[str, ...]:
    """Return the operation that a case shows and those that it needs; () for what is no such case."""
    mark = item.get_closest_marker("operation")
    return mark.args if mark else ()


def contract_of(item: pytest.Item) -> type:
    """Return the class that a case belongs to; that of None for a case of no class."""
    found = item.getparent(pytest.Class)
    contract: type = found.obj if found else type(None)
    return contract


def _why_not(item: pytest.Item) -> str:
    operations = operations_of(item)
    if not operations or not hasattr(contract_of(item), "platform"):
        return ""
    answer = item.get_closest_marker("answer")
    if answer and not getattr(contract_of(item), answer.args[0]):
        return f"It states no {answer.args[0]}."
    from appconnect.errors import AppConnectError
    from appconnect.testing.operations import why_not

    try:
        return why_not(contract_of(item), operations)
    except AppConnectError as error:
        raise pytest.UsageError(f"{contract_of(item).__name__}: {error.message}") from None
