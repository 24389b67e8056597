"""What a workbench remembers of its work, read from its trace as it can be stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from appconnect.auth.pseudonym_key import pseudonym_key
from appconnect.errors import RecordingError
from appconnect.http import Exchange, OperationRun, Trace
from appconnect.redaction import Redactor
from appconnect.redaction.people import Pseudonymizer
from appconnect.replay.cassette import Cassette, Header, RecordedOperation, Setup, installed_version
from appconnect.replay.exchanges import RecordedExchange
from appconnect.replay.people import without_people
from appconnect.settings import Mode
from appconnect.workbench.scenarios.repeating import LEFT_OUT, SIGN_IN, SIGN_INS, repeatable
from appconnect.workbench.traced import as_json
from appconnect.workbench.workbench import Workbench

_ENCODED = frozenset({"content-encoding", "content-length", "transfer-encoding"})
_AGAIN = "sign in again, do it once more, and save that"


@dataclass(frozen=True)
class RememberedRun:
    """A scenario as it can be stored, and what could not be stored, a sentence each."""

    cassette: Cassette
    left_out: tuple[str, ...]


def remembered_run(workbench: Workbench, scenario: str, *, last: int = 0, note: str = "") -> RememberedRun:
    """Return what was done with a workbench since it was made, or its sign-in and the ``last`` operations.

    Raises RecordingError when nothing was done, something is under way, or the sign-in is forgotten, and
    for an operation that cannot be repeated.
    """
    runs = _chosen(workbench.trace.operations, last)
    exchanges = [each for each in workbench.trace if each.response is not None]
    kept = [each for each in exchanges if each.operation in {run.number for run in runs}]
    _check_whole(runs, workbench.trace)
    places = {each.number: place for place, each in enumerate(kept)}
    operations = [_stored(run, kept, places) for run in runs if run.name not in LEFT_OUT]
    is_live = workbench.mode is Mode.LIVE
    recorded, operations = _redacted(workbench, kept, operations, people=is_live)
    header = Header(
        crm=workbench.platform, scenario=scenario, recorded_from="live" if is_live else "sandbox",
        recorded_at=workbench.began, appconnect=installed_version(), people=is_live, note=note,
    )  # fmt: skip
    cassette = Cassette(header=header, setup=_setup(workbench), operations=operations, exchanges=recorded)
    return RememberedRun(cassette, tuple(_left_out(workbench, exchanges)))


# -- which operations --


def _chosen(runs: Sequence[OperationRun], last: int) -> list[OperationRun]:
    if not runs:
        raise RecordingError("Nothing has been done with this workbench yet, so there is nothing to save.")
    if running := [run for run in runs if run.seconds is None]:
        raise RecordingError(f"{running[0].name} is still under way; save when it is done.")
    signed_in = [run for run in runs if run.name in SIGN_INS or run.name in LEFT_OUT]
    if not last:
        return list(runs)
    newest = [run for run in runs if run not in signed_in][-last:]
    until = newest[0].number if newest else runs[-1].number
    before = [run for run in signed_in if run.number < until and run.succeeded]
    start = [run for run in before if run.name == "begin_sign_in"][-1:]
    return sorted({run.number: run for run in [*start, *before[-1:], *newest]}.values(), key=_number)


def _number(run: OperationRun) -> int:
    return run.number


def _check_whole(runs: Sequence[OperationRun], trace: Trace) -> None:
    """Raise RecordingError where something that is to be saved has been dropped from memory."""
    forgotten = trace[0].number - 1 if len(trace) else 0
    first = min((each.operation for each in trace if each.operation), default=0)
    lost = [run.name for run in runs if forgotten and run.number < first]
    has_sign_in = any(run.name in SIGN_INS for run in runs)
    if lost or (forgotten and not has_sign_in):
        what = lost[0] if has_sign_in else "the sign-in"
        raise RecordingError(
            f"The first {_requests(forgotten)} are no longer remembered, and {what} is among them: {_AGAIN}, "
            "with last=1 if much was done in between."
        )
    if not has_sign_in and any(each.operation for each in trace):
        raise RecordingError(f"The sign-in was made before and is not remembered here: {_AGAIN}.")


def _left_out(workbench: Workbench, answered: Sequence[Exchange]) -> list[str]:
    unanswered = len(workbench.trace) - len(answered)
    outside = [each for each in answered if not each.operation]
    told = []
    if outside:
        told.append(f"{_requests(len(outside))} sent by the connector's own code, outside of operations")
    if unanswered:
        told.append(f"{_requests(unanswered)} without an answer, which a recording cannot play")
    return told


def _requests(count: int) -> str:
    return "1 request" if count == 1 else f"{count} requests"


# -- as it is stored --


def _stored(run: OperationRun, kept: Sequence[Exchange], places: Mapping[int, int]) -> RecordedOperation:
    return RecordedOperation(
        name=SIGN_IN if run.name in SIGN_INS else run.name,
        at=run.at,
        arguments=repeatable(run.name, run.arguments),
        succeeded=bool(run.succeeded),
        message=run.message,
        error=run.error,
        result=run.result,
        exchanges=[places[each.number] for each in kept if each.operation == run.number],
    )


def _setup(workbench: Workbench) -> Setup:
    context = workbench.context
    plan = ""
    if workbench.sandbox is not None and workbench.sandbox.plan != workbench.sandbox.plans[0]:
        plan = workbench.sandbox.plan
    redactor = _redactor(workbench)
    settings = redactor.json({name: as_json(value) for name, value in context.account.settings.items()})
    options = {name: redactor.text(value) for name, value in context.given_options.items()}
    return Setup(settings=settings if isinstance(settings, dict) else {}, options=options, plan=plan)


def _redactor(workbench: Workbench) -> Redactor:
    return Redactor(workbench.context.definition.redaction, workbench.environment.connection_secrets)


def _redacted(
    workbench: Workbench, kept: Sequence[Exchange], operations: list[RecordedOperation], *, people: bool
) -> tuple[list[RecordedExchange], list[RecordedOperation]]:
    """Return both without secrets, and without ``people`` where these are real."""
    redactor = _redactor(workbench)
    messages = [(each.request, each.response) for each in kept if each.response is not None]
    for request, response in messages:
        redactor.learn(request, response)
    recorded = []
    for request, response in messages:
        headers = {name: value for name, value in response.headers.items() if name not in _ENCODED}
        answer = redactor.stored_response(response.model_copy(update={"headers": headers}))
        recorded.append(RecordedExchange(request=redactor.stored_request(request), response=answer))
    if not people:
        return recorded, operations
    settings = workbench.environment.settings
    key = pseudonym_key(settings.home, settings.pseudonym_key)
    pseudonymizer = Pseudonymizer(workbench.context.definition.redaction, key)
    recorded = without_people(recorded, pseudonymizer)
    return recorded, [_without_people(each, pseudonymizer) for each in operations]


def _without_people(operation: RecordedOperation, pseudonymizer: Pseudonymizer) -> RecordedOperation:
    """Return it with pseudonyms in its arguments, and without its result, which its replay will give."""
    arguments = pseudonymizer.json(operation.arguments)
    assert isinstance(arguments, dict)
    return operation.model_copy(update={"arguments": arguments, "result": None, "message": ""})
