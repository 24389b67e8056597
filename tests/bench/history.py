"""What the history takes of the processor for an operation, its thread included, beside the operation alone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from answers import NIA, call

from appconnect.history import writer
from appconnect.models import Contact
from appconnect.workbench import Workbench, connect
from bench.rows import MICROSECONDS, Row, at_most, measurement
from bench.timing import cpu_seconds_of

OPERATIONS = 40


@measurement
async def each_operation() -> list[Row]:
    """Compare logging calls with a history, written to its end, with logging them without one."""
    with TemporaryDirectory() as home:
        with _set(APPCONNECT_HOME=home, APPCONNECT_HISTORY="1"):
            kept, contact = await _signed_in()
        with _set(APPCONNECT_HOME=home, APPCONNECT_HISTORY="0"):
            plain, _ = await _signed_in()
        numbers = count()

        async def with_history() -> None:
            await _log(kept, contact, numbers)
            writer.writer_to(Path(home) / "history.sqlite3").flush()

        ours, bare = await cpu_seconds_of(with_history, lambda: _log(plain, contact, numbers), rounds=8)
    each = 1_000_000 / OPERATIONS
    return [
        Row("a call logged, with its history", ours * each, bare * each, "without one", at_most(1.3), MICROSECONDS,
            floor=bare * each, why="requests and answers are read, masked and written, in a thread of its own")
    ]  # fmt: skip


@contextmanager
def _set(**variables: str) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name)
            os.environ.update({} if value is None else {name: value})


async def _signed_in() -> tuple[Workbench, Contact]:
    workbench = connect("pipedrive", mode="sandbox")
    await workbench.sign_in()
    return workbench, (await workbench.find_contact(NIA)).contacts[0]


async def _log(workbench: Workbench, contact: Contact, numbers: Iterator[int]) -> None:
    for _ in range(OPERATIONS):
        await workbench.log_call(call(f"session-{next(numbers)}"), contact)
