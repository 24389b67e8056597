"""A scenario done again against its recording: per operation, what it asks and returns otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import aclosing
from dataclasses import dataclass, field

from appconnect.connectors import registry
from appconnect.connectors.platform import Platform
from appconnect.errors import AppConnectError, RecordingError
from appconnect.field_diff import field_diff
from appconnect.http import OperationRun
from appconnect.replay.cassette import Cassette, RecordedOperation
from appconnect.replay.matching import short_name
from appconnect.replay.pairing import PairingTransport
from appconnect.settings import Settings
from appconnect.workbench.environment import replay_of
from appconnect.workbench.scenarios.repeating import run_again
from appconnect.workbench.workbench import Workbench


@dataclass(frozen=True)
class CheckedOperation:
    """An operation that was done again; ``causes`` say what is otherwise, the first one first.

    ``number`` counts from 1 in its scenario, ``run`` is what came of it now, and ``waited`` the seconds that
    passed before it since the one before.
    """

    number: int
    name: str
    requests: int
    causes: tuple[str, ...] = ()
    run: OperationRun | None = field(default=None, repr=False)
    waited: float = 0.0

    @property
    def is_green(self) -> bool:
        """Whether everything is as it was recorded."""
        return not self.causes

    @property
    def line(self) -> str:
        """``log_call: as recorded, 3 requests``, or the first cause."""
        if self.is_green:
            count = "1 request" if self.requests == 1 else f"{self.requests} requests"
            return f"{self.name}: as recorded, {count}"
        more = len(self.causes) - 1
        return f"{self.name}: {self.causes[0]}" + (f"; and {more} more" if more else "")


@dataclass(frozen=True)
class CheckedScenario:
    """A scenario that was done again; ``problem`` says why it could not be.

    ``accepted`` is what became of a change that was said to be right; "" for others.
    """

    name: str
    operations: tuple[CheckedOperation, ...] = ()
    problem: str = ""
    accepted: str = ""

    @property
    def is_green(self) -> bool:
        """Whether every operation is as it was recorded."""
        return not self.problem and all(each.is_green for each in self.operations)

    @property
    def waits(self) -> list[float]:
        """The seconds that passed before each operation since the one before."""
        return [each.waited for each in self.operations]

    @property
    def first_cause(self) -> str:
        """The first thing that is otherwise; "" when nothing is."""
        return self.problem or next((each.line for each in self.operations if not each.is_green), "")


async def check(cassette: Cassette, platform: Platform | None = None) -> CheckedScenario:
    """Do a scenario again, answered by its recording; nothing is sent anywhere.

    ``platform`` is for one that is not installed.
    """
    try:
        platform = platform or registry.platform(cassette.header.crm)
        workbench = _replaying(cassette, platform)
        async with aclosing(workbench.crm):
            checked = [
                await _checked(workbench, number, operation)
                for number, operation in enumerate(cassette.operations, 1)
            ]
        return CheckedScenario(cassette.name, tuple(checked))
    except AppConnectError as error:
        return CheckedScenario(cassette.name, problem=error.message)


def _replaying(cassette: Cassette, platform: Platform) -> Workbench:
    if not cassette.operations:
        raise RecordingError("It holds no operations, only traffic: a notebook replays it.")
    environment = replay_of(cassette, platform, Settings.load(), PairingTransport)
    return Workbench(platform, environment, settings=cassette.setup.settings, options=cassette.setup.options)


async def _checked(workbench: Workbench, number: int, operation: RecordedOperation) -> CheckedOperation:
    transport = workbench.environment.replay
    assert isinstance(transport, PairingTransport)
    transport.begin(operation.exchanges)
    waited = (operation.at - workbench.now()).total_seconds()
    await workbench.sleep(waited)
    run = await run_again(workbench, operation)
    is_complete = not (transport.cassette.header.people and operation.result is None)
    ended, *others = [*differences_of(operation, run, is_complete=is_complete)] or [""]
    causes = (
        *(what for each in transport.changed for what in each.differences),
        *([ended] if ended else []),
        *(f"no longer asked: {short_name(each)}" for each in transport.left()),
        *others,
    )
    return CheckedOperation(number, operation.name, len(operation.exchanges), causes, run, max(waited, 0.0))


def first_difference(workbench: Workbench) -> str:
    """Return what an operation of a replay first returned otherwise than recorded; "" when all is the same.

    Raises RecordingError in another mode than replay.
    """
    replay = workbench.environment.replay
    if replay is None:
        raise RecordingError("Only a workbench in replay can be compared with its recording.")
    recorded, runs = replay.cassette.operations, workbench.trace.operations
    if [each.name for each in recorded] != [each.name for each in runs]:
        names = [", ".join(each.name for each in some) for some in (recorded, runs)]
        return f"recorded are the operations {names[0]}; done were {names[1]}"
    found = (
        f"{operation.name}: {each}"
        for operation, run in zip(recorded, runs, strict=True)
        for each in differences_of(operation, run)
    )
    return next(found, "")


def differences_of(
    operation: RecordedOperation, run: OperationRun, *, is_complete: bool = True
) -> Iterator[str]:
    """Iterate over what an operation returned otherwise than was stored, most telling first.

    Not ``is_complete``: of its result only how it ended was stored, for people were in it.
    """
    if run.error != operation.error and (run.error or operation.error):
        yield f"{_ended(run.error, run.message)}; recorded: {_ended(operation.error, operation.message)}"
    if not is_complete:
        return
    if run.error == operation.error and run.result is None and run.message != operation.message:
        yield f"message: recorded {operation.message!r}, now {run.message!r}"
    for each in field_diff(operation.result, run.result, path="result"):
        yield each.in_words("recorded", "now")


def _ended(error: str, message: str) -> str:
    return f"{error} ({message})" if error else "done"
