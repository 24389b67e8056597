"""The decorator of the workbench's methods that send: the trace remembers each call and what came of it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Coroutine, Mapping
from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec, Protocol, TypeVar

from pydantic import JsonValue
from pydantic_core import to_jsonable_python

from appconnect import lazily, models
from appconnect.errors import AppConnectError
from appconnect.workbench.context import Context

if TYPE_CHECKING:
    from appconnect.workbench import explaining
else:
    explaining = lazily.module("appconnect.workbench.explaining")

TYPED_SECRETS = frozenset({"typed", "pasted", "redirected"})
"""Arguments that hold what a person typed or pasted to sign in; only their names are remembered."""
HIDDEN = "<typed>"


class HasContext(Protocol):
    """A workbench."""

    context: Context


Owner = TypeVar("Owner", bound=HasContext)
P = ParamSpec("P")
T = TypeVar("T")
Method = Callable[Concatenate[Owner, P], Coroutine[object, object, T]]


def traced(method: Method[Owner, P, T]) -> Method[Owner, P, T]:
    """Let the trace remember a method's calls; what it calls in turn is part of it."""
    signature = inspect.signature(method)

    @wraps(method)
    async def run(owner: Owner, /, *args: P.args, **kwargs: P.kwargs) -> T:
        context = owner.context
        if context.trace.running_operation:
            return await method(owner, *args, **kwargs)

        def arguments() -> JsonValue:
            return _arguments(signature.bind(owner, *args, **kwargs).arguments)

        with context.trace.operation(method.__name__, arguments, context.environment.clock) as running:
            try:
                result = await method(owner, *args, **kwargs)
            except AppConnectError as error:
                explaining.note_explanation(context, error)
                raise
            told = result if isinstance(result, models.Result) else models.Result()
            explaining.note_explanation(context, told.error)
            running.returned(
                succeeded=told.successful,
                message=told.message,
                error=type(told.error).__name__ if told.error else "",
                result=lambda: as_json(result),
            )
            return result

    return run


def as_json(value: object) -> JsonValue:
    """Return what an operation was given or returned, as JSON; what is None in a model is left out.

    Of what no JSON can hold, which operations refuse, only the type is told.
    """
    try:
        plain: JsonValue = to_jsonable_python(value, exclude_none=True, fallback=repr)
    except ValueError:  # half a character in a name, bytes that are no text, a list within itself
        return f"<{type(value).__name__}>"
    return plain


def _arguments(bound: Mapping[str, object]) -> JsonValue:
    _, *given = bound.items()
    return {
        name: _without_values(value) if name in TYPED_SECRETS else _as_given(value)
        for name, value in given
        if value is not None and not callable(value)
    }


def _as_given(value: object) -> JsonValue:
    """Return an argument as JSON; of a contact also its organization, which no wire carries."""
    told = as_json(value)
    if isinstance(value, models.Contact) and isinstance(told, dict) and value.organization_id is not None:
        told["organizationId"] = value.organization_id
    return told


def _without_values(typed: object) -> JsonValue:
    return {str(name): HIDDEN for name in typed} if isinstance(typed, Mapping) else HIDDEN
