"""Operations from their stored arguments: made into what the workbench takes, and run again."""

from __future__ import annotations

import inspect
import re
import typing
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from types import FunctionType, SimpleNamespace

from pydantic import JsonValue, TypeAdapter, ValidationError

from appconnect.auth.loopback import Consent
from appconnect.errors import RecordingError
from appconnect.http import OperationRun
from appconnect.logs.messages.shared_sms import SharedConversation
from appconnect.models import Call, Contact, JsonObject, Message
from appconnect.replay.cassette import RecordedOperation
from appconnect.workbench.call_texts import AceScore
from appconnect.workbench.consent_page import ConsentRequest
from appconnect.workbench.explaining import Explainable
from appconnect.workbench.requests import Parameter
from appconnect.workbench.traced import TYPED_SECRETS
from appconnect.workbench.workbench import Workbench

SIGN_IN = "sign_in"
SIGN_INS = frozenset({SIGN_IN, "finish_sign_in"})
"""Operations after which somebody is signed in; both halves of a sign-in are repeated as one."""
LOADED_LATER = {
    "AceScore": AceScore,
    "Call": Call,
    "Consent": Consent,
    "ConsentRequest": ConsentRequest,
    "Contact": Contact,
    "Explainable": Explainable,
    "JsonObject": JsonObject,
    "Message": Message,
    "Parameter": Parameter,
    "SharedConversation": SharedConversation,
}
"""Types of arguments that the workbench itself does not load."""
LEFT_OUT = frozenset({"begin_sign_in"})
_ONLY_HERE = re.compile(r"<[\w.<> ]+ (?:object )?at 0x[0-9a-f]+>")
"""How Python writes an object that has no text of its own."""


def repeatable(name: str, arguments: JsonValue) -> dict[str, JsonValue]:
    """Return the arguments with which an operation can be run again.

    Raises RecordingError that names the operation and the argument when it cannot.
    """
    given = dict(arguments) if isinstance(arguments, dict) else {}
    if name in SIGN_INS:  # a replay has credentials of its own
        return {}
    given = {key: value for key, value in given.items() if key not in TYPED_SECRETS}
    for key, value in given.items():
        if _ONLY_HERE.search(repr(value)):
            raise RecordingError(f"{name} cannot be repeated: its {key} is no value that can be stored.")
    rebuilt(name, given)
    return given


def rebuilt(name: str, arguments: Mapping[str, JsonValue]) -> dict[str, object]:
    """Return the arguments of an operation as it takes them: Call, Contact and so on.

    Raises RecordingError when there is no such operation, or it takes other arguments now.
    """
    method = getattr(Workbench, name, None)
    if method is None or name.startswith("_"):
        raise RecordingError(f"There is no operation {name!r} (any more).")
    known, hints = inspect.signature(method).parameters, _types_of_arguments(inspect.unwrap(method))
    made: dict[str, object] = {}
    for key, value in arguments.items():
        if key not in known:
            raise RecordingError(f"{name} takes no argument {key!r} (any more).")
        try:
            made[key] = TypeAdapter(hints.get(key, object)).validate_python(value)
        except ValidationError:
            made[key] = value  # it was wrong then as well, and the operation says so
    return made


def _types_of_arguments(method: FunctionType) -> Mapping[str, type[object]]:
    """Return the type of each argument, also where its module loads that for type checkers only."""
    written = {name: text for name, text in method.__annotations__.items() if name != "return"}
    return typing.get_type_hints(
        SimpleNamespace(__annotations__=written), globalns=method.__globals__, localns=LOADED_LATER
    )


async def run_again(workbench: Workbench, operation: RecordedOperation) -> OperationRun:
    """Run a stored operation, and return what the trace knows of it.

    What it raises is in the run, too. Raises RecordingError for one that cannot be run.
    """
    arguments = rebuilt(operation.name, operation.arguments)
    method: Callable[..., Coroutine[object, object, object]] = getattr(workbench, operation.name)
    positional = [arguments.pop(each) for each in _positional(operation.name) if each in arguments]
    with suppress(Exception):  # also a fault of ours: the run tells of it
        await method(*positional, **arguments)
    return workbench.trace.operations[-1]


def _positional(name: str) -> list[str]:
    """Return the arguments that can be given by place only."""
    parameters = inspect.signature(getattr(Workbench, name)).parameters.values()
    return [each.name for each in parameters if each.kind is inspect.Parameter.POSITIONAL_ONLY]
