"""The rooms that carry every platform's traffic name none of them: what is special is stated in its rules."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import appconnect
from appconnect.connectors import registry

PACKAGE = Path(appconnect.__file__).parent
MODULES = [path for room in ("redaction", "replay", "http") for path in sorted((PACKAGE / room).glob("*.py"))]


def special_words() -> set[str]:
    """The names of all platforms, and of what their rules state."""
    words = set(registry.names())
    for platform in registry.platforms():
        rules = platform.redaction
        words |= {
            *rules.secret_headers,
            *rules.secret_names,
            *rules.authorization_schemes,
            *rules.secret_paths,
        }
        words |= {
            *rules.people.company_domains,
            *(host.removeprefix("*.") for host in platform.connector.rules.hosts),
        }
    return {word.lower().strip("/") for word in words}


def written(module: Path) -> Iterator[str]:
    """Every name and text of a module, without its docstrings and comments."""
    for node in ast.walk(ast.parse(module.read_text("utf-8"))):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            node.value.value = ""  # a docstring, which may give an example
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.Name):
            yield node.id


def test_there_are_words_to_look_for() -> None:
    assert {"acme"} < special_words() | {"acme"}
    assert [] != MODULES


@pytest.mark.parametrize("module", MODULES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_shared_room_names_no_platform(module: Path) -> None:
    text = "\n".join(written(module)).lower()
    assert [] == [word for word in special_words() if word in text]
