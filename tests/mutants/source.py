"""What a line of a module is part of: its statement, and where what it defines is named."""

from __future__ import annotations

import ast

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
WITH_NAME = (*FUNCTIONS, ast.ClassDef)


def statement(code: str, line: int) -> tuple[int, int]:
    """Return the first and last line of the smallest statement around a line; of a compound one, its head."""
    found = (line, line)
    smallest = len(code)
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.stmt):
            body = getattr(node, "body", None)
            last = body[0].lineno - 1 if body else node.end_lineno or node.lineno
            if node.lineno <= line <= last and last - node.lineno < smallest:
                smallest, found = last - node.lineno, (node.lineno, max(last, node.lineno))
    return found


def runs_on_import(code: str, line: int) -> bool:
    """Return whether a line is in no function."""
    functions = (each for each in ast.walk(ast.parse(code)) if isinstance(each, FUNCTIONS))
    return not any(each.body[0].lineno <= line <= (each.end_lineno or 0) for each in functions)


def users(code: str, line: int) -> set[int]:
    """Return the lines of a module that name what is defined at a line of it, or what is made of that."""
    body = ast.parse(code).body
    names: set[str] = set()
    more = _defined(_around(body, line))
    while not more <= names:
        names |= more
        more = set().union(*(_defined(node) for node in body if names & _named(node)))
    return {number for node in body for each, number in _names(node) if each in names}


def defined(code: str, line: int) -> set[str]:
    """Return what the module's own statement around a line gives a name to: a class, a function, or values."""
    node = _around(ast.parse(code).body, line)
    return {node.name} if isinstance(node, WITH_NAME) else _defined(node)


def attribute(code: str, line: int) -> str:
    """Return the name of the class's attribute that is set at a line; "" for none."""
    classes = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.ClassDef)]
    inside = (each for node in classes for each in node.body if isinstance(each, ast.Assign | ast.AnnAssign))
    here = next((each for each in inside if each.lineno <= line <= (each.end_lineno or 0)), None)
    return next(iter(_defined(here)), "")


def _around(body: list[ast.stmt], line: int) -> ast.stmt | None:
    return next((node for node in body if node.lineno <= line <= (node.end_lineno or 0)), None)


def _defined(node: ast.stmt | None) -> set[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    return {
        each.id for target in targets if target for each in ast.walk(target) if isinstance(each, ast.Name)
    }


def _named(node: ast.stmt) -> set[str]:
    return {name for name, _ in _names(node)}


def _names(node: ast.stmt) -> list[tuple[str, int]]:
    return [(each.id, each.lineno) for each in ast.walk(node) if isinstance(each, ast.Name)]
