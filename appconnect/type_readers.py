"""What reads JSON into a type, made once: to make it takes longer than to use it."""

from __future__ import annotations

from collections.abc import Hashable
from functools import lru_cache
from typing import TypeVar, cast

from pydantic import TypeAdapter

T = TypeVar("T")


def type_reader(kind: type[T]) -> TypeAdapter[T]:
    """Return what reads and writes values of a type: a model, or ``list[…]`` and ``dict[…]`` of such."""
    return cast("TypeAdapter[T]", _made(cast(Hashable, kind)))


@lru_cache(maxsize=256)
def _made(kind: Hashable) -> TypeAdapter[object]:
    return TypeAdapter(cast("type[object]", kind))
