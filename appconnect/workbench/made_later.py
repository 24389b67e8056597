"""Attributes that are made when they are read first: a workbench is there before what answers it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Generic, TypeVar, cast

T = TypeVar("T")


class _Later(Generic[T]):
    def __init__(self, make: Callable[[], T]) -> None:
        self.make = make


def later(make: Callable[[], T]) -> T:
    """Return what stands for a value in an attribute of a :class:`MadeLater` until that is read."""
    return cast(T, _Later(make))


class MadeLater:
    """An object whose attributes may be set to what :func:`later` returns."""

    if not TYPE_CHECKING:  # which knows the attributes by their own types

        def __getattribute__(self, name: str) -> object:
            value = super().__getattribute__(name)
            if type(value) is _Later:
                value = value.make()
                setattr(self, name, value)
            return value
