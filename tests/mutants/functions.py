"""Changes functions in place, so that nothing need be imported again to run tests on a change."""

from __future__ import annotations

import gc
import inspect
from collections.abc import Iterator
from types import CodeType, FunctionType

IN_FUNCTIONS = inspect.CO_OPTIMIZED | inspect.CO_NEWLOCALS
"""The flags of code that runs when it is called; a module's and a class's run on import."""


class OnImport(Exception):
    """What differs runs on import."""


def change_in_place(file: str, before: str, after: str) -> bool:
    """Give the functions that were imported from a file their changed code.

    Return False where that does not do, since something that runs on import differs, or a function that nobody holds.
    """
    changed: dict[CodeType, CodeType] = {}
    try:
        outermost = _differing(_compiled(before, file), _compiled(after, file), changed)
    except OnImport:
        return False
    there = [each for each in _functions(file) if each.__code__ in changed]
    if not outermost or not outermost <= {each.__code__ for each in there}:
        return False
    try:
        for function in there:
            function.__code__ = changed[function.__code__]
    except ValueError:  # it uses other variables of the function around it
        return False
    return True


def _functions(file: str) -> Iterator[FunctionType]:
    gc.unfreeze()  # the tests freeze what is there once they are read, and nothing lists what is frozen
    there = gc.get_objects()
    gc.freeze()
    for each in there:
        if type(each) is FunctionType and each.__code__.co_filename == file:
            yield each


def _compiled(code: str, file: str) -> CodeType:
    return compile(code, file, "exec", dont_inherit=True)


def _differing(one: CodeType, other: CodeType, changed: dict[CodeType, CodeType]) -> set[CodeType]:
    """Collect the functions that differ, with those around them; return the outermost."""
    inner = list(zip(_nested(one), _nested(other), strict=False))
    inside = set().union(*(_differing(*pair, changed) for pair in inner)) if inner else set()
    differs = _own(one) != _own(other) or len(_nested(one)) != len(_nested(other))
    if one.co_flags & IN_FUNCTIONS != IN_FUNCTIONS:
        if differs:
            raise OnImport
        return inside
    if differs or inside:
        changed[one] = other
        return {one}
    return set()


def _nested(code: CodeType) -> list[CodeType]:
    return [each for each in code.co_consts if isinstance(each, CodeType)]


def _own(code: CodeType) -> tuple[object, ...]:
    """Return what a code does itself, wherever it stands."""
    constants = [repr(each) for each in code.co_consts if not isinstance(each, CodeType)]
    names = (code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars)
    arguments = (code.co_argcount, code.co_kwonlyargcount, code.co_posonlyargcount)
    return code.co_code, constants, names, arguments, code.co_exceptiontable
