"""The changes that can be made to a module, one at a time: mutmut's operators, and two of our own.

mutmut itself changes functions without decorators only and runs all changes of a module from one file; tables and
properties are as much a part of this code, so its operators (https://mutmut.readthedocs.io) are applied here.
"""

from __future__ import annotations

import ast
import difflib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import libcst as cst
import libcst.matchers as m
from libcst.metadata import MetadataWrapper, PositionProvider
from mutmut.mutation.mutators import mutation_operators, operator_string, operator_swap_op

Operator = Callable[[Any], Iterable[cst.CSTNode]]


@dataclass(frozen=True)
class Change:
    """A module's code with one thing changed."""

    line: int
    """Where, counted from one."""
    old: str
    new: str
    """The lines that differ, without their indentation."""
    code: str
    """The whole module."""

    @property
    def diff(self) -> str:
        """Both on one line."""
        return f"{self.old}  =>  {self.new or '(nothing)'}"


@dataclass(frozen=True)
class Place:
    """A change that can be made, by its number in the module; it is made only when asked for, since that takes time."""

    line: int
    number: int


def another_text(node: cst.BaseString) -> Iterable[cst.CSTNode]:
    """Put letters around a text. Its case alone is not changed: HTTP, HTML and SQL do not care for it."""
    yield from list(operator_string(node))[:1]


def without_call(node: cst.Expr) -> Iterable[cst.CSTNode]:
    """Leave out a statement that calls something."""
    if m.matches(node.value, m.Call() | m.Await(expression=m.Call())):
        yield cst.Pass()


def opposite(node: cst.If | cst.While) -> Iterable[cst.CSTNode]:
    """Turn a condition round that is not a comparison; those have changes of their own."""
    if not m.matches(node.test, m.Comparison() | m.UnaryOperation(operator=m.Not())):
        in_parentheses = node.test.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
        yield node.with_changes(test=cst.UnaryOperation(cst.Not(), in_parentheses))


WITH_OPERATOR = (
    cst.AugAssign,
    cst.BinaryOperation,
    cst.BooleanOperation,
    cst.ComparisonTarget,
    cst.UnaryOperation,
)
OURS = (operator_string, operator_swap_op)
OPERATORS: Sequence[tuple[type | tuple[type, ...], Operator]] = [
    *((kind, operator) for kind, operator in mutation_operators if operator not in OURS),
    (WITH_OPERATOR, operator_swap_op),
    (cst.BaseString, another_text),
    (cst.Expr, without_call),
    (cst.If, opposite),
    (cst.While, opposite),
]

TYPES = m.Subscript() | m.BinaryOperation(
    operator=m.BitOr(), left=m.Name() | m.BinaryOperation() | m.Subscript()
)
LEFT_ALONE = m.OneOf(
    m.Annotation(),
    m.Decorator(),
    m.Import(),
    m.ImportFrom(),
    m.SimpleStatementLine(body=[m.Expr(m.SimpleString() | m.ConcatenatedString())]),
    m.If(test=m.Name("TYPE_CHECKING")),
    m.Arg(keyword=m.Name("defer_build")),
    m.Assign(targets=[m.AssignTarget(m.Name("__all__"))]),
    m.Assign(value=m.Call(m.Name("TypeVar"))),
    m.Assign(targets=[m.AssignTarget(m.Name(m.MatchRegex("[A-Z][a-z][A-Za-z]*")))], value=TYPES),
    m.Assert(),
)
"""What is for readers and type checkers only: notes, imports, names of types; and when a model is built."""
MAY_BE_LEFT_ALONE = (
    *(cst.Annotation, cst.Arg, cst.Assert, cst.Assign, cst.Decorator),
    *(cst.If, cst.Import, cst.ImportFrom, cst.SimpleStatementLine),
)
LATE = m.Arg(keyword=m.Name("defer_build"), value=m.Name("True"))


class _Finder(cst.CSTVisitor):
    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self) -> None:
        self.found: list[tuple[int, cst.CSTNode, cst.CSTNode]] = []

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, MAY_BE_LEFT_ALONE) and m.matches(node, LEFT_ALONE):
            return False
        for kind, operator in OPERATORS:
            if isinstance(node, kind):
                where = self.get_metadata(PositionProvider, node, None)
                changed = (new for new in operator(node) if _is_built_alike(node, new))
                self.found += [(where.start.line if where else 0, node, new) for new in changed]
        return True


def _is_built_alike(node: cst.CSTNode, new: cst.CSTNode) -> bool:
    """Tell whether a model is still built when it is first used, which nobody can see."""
    return not isinstance(node, cst.Call) or bool(m.findall(node, LATE)) == bool(m.findall(new, LATE))


def places(code: str) -> list[Place]:
    """Where a module can be changed; a place may turn out to be none, see `change`."""
    return [Place(line, number) for number, (line, _, _) in enumerate(_found(code)[1])]


def change(code: str, place: Place) -> Change | None:
    """Change the module at a place; None where that changes nothing, or gives something else than Python."""
    module, found = _found(code)
    line, node, new = found[place.number]
    changed = module.deep_replace(node, new)
    if not isinstance(changed, cst.Module) or not _differ(code, changed.code):
        return None
    compared = [
        each for each in difflib.ndiff(code.splitlines(), changed.code.splitlines()) if each[0] in "-+"
    ]
    old, after = (" ".join(each[2:].strip() for each in compared if each[0] == sign) for sign in "-+")
    return Change(line, old, after, changed.code)


@lru_cache(maxsize=16)
def _found(code: str) -> tuple[cst.Module, list[tuple[int, cst.CSTNode, cst.CSTNode]]]:
    wrapper = MetadataWrapper(cst.parse_module(code), unsafe_skip_copy=True)
    finder = _Finder()
    wrapper.visit(finder)
    return wrapper.module, finder.found


def _differ(before: str, after: str) -> bool:
    try:
        return ast.dump(ast.parse(before)) != ast.dump(ast.parse(after)) and bool(
            compile(after, "changed", "exec")
        )
    except SyntaxError:
        return False
