"""What reads JSON into a type, made once: to make it takes longer than to use it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, TypeVar

from pydantic import TypeAdapter

T = TypeVar("T")


def type_reader(kind: type[T]) -> TypeAdapter[T]:
    """Return what reads and writes values of a type: a model, or ``list[…]`` and ``dict[…]`` of such."""
    hashable: Any = kind
    made: TypeAdapter[T] = _made(hashable)
    return made


@lru_cache(maxsize=256)
def _made(kind: Any) -> Any:
    return TypeAdapter(kind)
