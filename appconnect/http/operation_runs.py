"""The operations that have run, or run now, in the order in which they began."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime

from pydantic import AwareDatetime, BaseModel, ConfigDict, JsonValue

from appconnect.clock import Clock
from appconnect.text.characters import written

Read = Callable[[], JsonValue]
"""Returns arguments or a result as JSON, secrets included."""
Mask = Callable[[JsonValue], JsonValue]


class OperationRun(BaseModel):
    """One call of an operation, as it may be shown.

    ``number`` counts from 1 in its trace, ``name`` is the method's ("log_call"), ``arguments`` are by name.
    ``seconds`` is None while it runs; ``succeeded``, ``message`` and ``result`` are what came of it, and
    ``error`` names what was raised or stands behind the failure ("RateLimited").
    """

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    number: int
    name: str
    at: AwareDatetime
    seconds: float | None = None
    succeeded: bool | None = None
    message: str = ""
    error: str = ""
    arguments: JsonValue = None
    result: JsonValue = None

    @property
    def outcome(self) -> str:
        """``done``, ``failed`` or ``running``."""
        return {None: "running", True: "done", False: "failed"}[self.succeeded]

    def __repr__(self) -> str:
        return f"{self.number}. {self.name}: {self.outcome}"

    __str__ = __repr__


@dataclass(repr=False, eq=False)
class Running:
    """An operation under way; whoever runs it tells what came of it with :meth:`returned`."""

    number: int
    name: str
    at: datetime
    read_arguments: Read
    runs: OperationRuns
    seconds: float | None = None
    succeeded: bool | None = None
    message: str = ""
    error: str = ""
    read_result: Read = field(default=lambda: None)
    _shown: OperationRun | None = None
    _version: int = -1

    def returned(self, *, succeeded: bool, message: str, error: str, result: Read) -> None:
        """Note what came of it; ``result`` is read when somebody looks."""
        self.succeeded, self.message, self.error, self.read_result = succeeded, message, error, result

    def shown(self, mask: Mask, version: int) -> OperationRun:
        """Return it as it may be shown; once over, it is masked anew only for another ``version``."""
        if self._shown is None or self._version != version or not self._shown_is_over:
            self._shown, self._version = self._masked(mask), version
        return self._shown

    @property
    def _shown_is_over(self) -> bool:
        return self._shown is not None and self._shown.seconds is not None

    def _masked(self, mask: Mask) -> OperationRun:
        is_over = self.seconds is not None
        return OperationRun(
            number=self.number, name=self.name, at=self.at, seconds=self.seconds,
            succeeded=self.succeeded if is_over else None,
            message=written(str(mask(self.message))), error=self.error,
            arguments=written(mask(self.read_arguments())), result=written(mask(self.read_result())),
        )  # fmt: skip


_running: ContextVar[Running | None] = ContextVar("running operation", default=None)


class OperationRuns:
    """The newest ``keep`` operations of one workbench."""

    def __init__(self, keep: int) -> None:
        self._runs: deque[Running] = deque(maxlen=keep)
        self._count = 0

    @property
    def current(self) -> int:
        """The number of the operation that runs here and now; 0 outside of all."""
        run = _running.get()
        return run.number if run is not None and run.runs is self else 0

    @contextmanager
    def running(self, name: str, arguments: Read, clock: Clock) -> Iterator[Running]:
        """Note an operation that runs during the block; requests that leave meanwhile are its own."""
        self._count += 1
        run = Running(self._count, name, clock.now(), arguments, self)
        self._runs.append(run)
        token = _running.set(run)
        try:
            yield run
        except BaseException as error:
            run.returned(succeeded=False, message=str(error), error=type(error).__name__, result=lambda: None)
            raise
        finally:
            _running.reset(token)
            run.seconds = (clock.now() - run.at).total_seconds()

    def clear(self) -> None:
        """Forget those that have ended."""
        living = [each for each in self._runs if each.seconds is None]
        self._runs.clear()
        self._runs.extend(living)

    def __iter__(self) -> Iterator[Running]:
        return iter(list(self._runs))
