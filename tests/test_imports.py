"""Who may import whom: the arrows go one way, wherever in a file an import stands, also for types only."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "appconnect"

MAY_IMPORT = {
    # the words
    "errors": "text",
    "display": "",
    "models": "errors display",
    "clock": "",
    "loopback_server": "",
    "event_loops": "errors",
    "private_files": "",
    "quiet_logs": "",
    # pure
    "phone": "errors models",
    "ids": "errors",
    "operation_warnings": "text",
    "hits": "phone",
    "text": "",
    "timezones": "",
    "log_owner": "errors models clock",
    "user_messages": "errors models text",
    "logs": "errors models text timezones",
    # the way to a CRM
    "auth": "errors event_loops models clock loopback_server private_files redaction text",
    "http": "errors event_loops display models clock operation_warnings text quiet_logs",
    "redaction": "errors http",
    "remembered": "",
    "outbox": "errors models clock operation_warnings",
    "operations": "errors",
    "directory": "models",
    "connector": "errors models clock phone http remembered outbox operations directory",
    "settings": "errors models text",
    "sandbox": "loopback_server",
    "connectors": "errors event_loops models clock phone text ids operation_warnings hits timezones http outbox connector directory auth"
    " settings sandbox redaction",
    # what a workbench is made of
    "store": "errors models clock outbox private_files quiet_logs ids operations",
    "batch": "errors display models phone hits directory connector http store text timezones operation_warnings",
    "replay": "errors http redaction private_files text",
    "workbench": "batch errors event_loops display models clock outbox phone text operation_warnings hits timezones log_owner user_messages logs"
    " auth http operations connector connectors settings store replay redaction sandbox",
    "cluster": "errors workbench",
    "scaffold": "errors connectors sandbox",
    # what people touch
    "panels": "batch errors display operation_warnings models phone settings workbench connectors",
    "testing": "errors models clock log_owner settings store sandbox operations connector connectors workbench logs",
    "cli": "batch errors models settings replay sandbox workbench panels connectors scaffold testing",
    "__main__": "cli",
    "__init__": "errors models connector workbench",
}
SPEAK_HTTPX = {"http", "auth", "replay", "sandbox"}
"""And every CRM's sign-in, which yields requests."""
TEMPLATES = PACKAGE / "scaffold" / "templates"
"""Code of packages to come, which import us."""
MODULES = sorted(each for each in PACKAGE.rglob("*.py") if not each.is_relative_to(TEMPLATES))


def room(module: Path) -> str:
    return module.relative_to(PACKAGE).parts[0].removesuffix(".py")


CONNECTORS = [
    each for each in MODULES if len(each.relative_to(PACKAGE).parts) > 2 and room(each) == "connectors"
]


def crm(module: Path) -> str:
    """The CRM in whose folder a module is: ``connectors/<crm>/…``; "" for none."""
    parts = module.relative_to(PACKAGE).parts
    return parts[1] if parts[0] == "connectors" and len(parts) > 2 else ""


CRMS = sorted({crm(each) for each in CONNECTORS})


def named(module: Path) -> str:
    return str(module.relative_to(ROOT))


def imports(module: Path) -> Iterator[str]:
    """The dotted name of everything imported; ``from a import b`` gives ``a.b``."""
    package = [PACKAGE.name, *module.relative_to(PACKAGE).parent.parts]
    for node in ast.walk(ast.parse(module.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) + 1 - node.level] if node.level else []
            origin = ".".join([*above, *([node.module] if node.module else [])])
            yield from (f"{origin}.{alias.name}" for alias in node.names)


def rooms_imported(module: Path) -> set[str]:
    """The rooms of ours that a module imports, other than its own."""
    parts = [name.split(".") for name in imports(module) if name.split(".")[0] == PACKAGE.name]
    known = {room(each) for each in MODULES}
    rooms = {part[1] if len(part) > 1 and part[1] in known else "__init__" for part in parts}
    return rooms - {room(module)}


def words(module: Path) -> Iterator[tuple[int, str]]:
    """Every name and every text in a module's code, with its line; no comments, docstrings and help texts."""
    tree = ast.parse(module.read_text("utf-8"))
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    told |= {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg == "help"
    }
    for node in ast.walk(tree):
        if id(node) in told:
            continue
        texts = [value for name, value in ast.iter_fields(node) if isinstance(value, str)]
        yield from ((getattr(node, "lineno", 0), text) for text in texts)


def test_every_room_has_its_place_in_the_table() -> None:
    assert set() == {room(module) for module in MODULES} - MAY_IMPORT.keys()


def test_the_table_has_no_circle() -> None:
    done: set[str] = set()
    while ready := {name for name, rooms in MAY_IMPORT.items() if set(rooms.split()) <= done} - done:
        done |= ready
    assert MAY_IMPORT.keys() == done


@pytest.mark.parametrize("module", MODULES, ids=named)
def test_imports_follow_the_arrows(module: Path) -> None:
    assert set() == rooms_imported(module) - set(MAY_IMPORT[room(module)].split())


@pytest.mark.parametrize("module", CONNECTORS, ids=named)
def test_a_connector_imports_no_other_connector(module: Path) -> None:
    parts = [name.split(".") for name in imports(module) if name.startswith("appconnect.connectors.")]
    assert set() == {part[2] for part in parts} - {crm(module), "platform"}


@pytest.mark.parametrize("module", [each for each in CONNECTORS if "sandbox" in each.parts], ids=named)
def test_a_sandbox_imports_the_sandbox_kit_and_itself_only(module: Path) -> None:
    """Or it would share its connector's mistakes."""
    own = f"appconnect.connectors.{crm(module)}.sandbox"
    ours = [name for name in imports(module) if name.startswith("appconnect")]
    assert [] == [name for name in ours if not name.startswith((own, "appconnect.sandbox."))]


@pytest.mark.parametrize("module", [each for each in CONNECTORS if "sandbox" not in each.parts], ids=named)
def test_only_the_platform_object_knows_the_sandbox(module: Path) -> None:
    names = [name for name in imports(module) if ".sandbox" in name]
    assert module.name in {"__init__.py", "platform.py", "registry.py"} or [] == names


@pytest.mark.parametrize(
    "module",
    [
        m
        for m in MODULES
        if room(m) not in SPEAK_HTTPX and m.name != "sign_in.py" and "sandbox" not in m.parts
    ],
    ids=named,
)
def test_httpx_is_known_only_where_requests_are_sent(module: Path) -> None:
    assert [] == [name for name in imports(module) if name.split(".")[0] in {"httpx", "httpcore"}]


@pytest.mark.parametrize("module", [m for m in MODULES if room(m) != "testing"], ids=named)
def test_pytest_is_known_only_to_the_contract(module: Path) -> None:
    """It is no dependency: what is not for tests must work without it."""
    assert [] == [name for name in imports(module) if name.split(".")[0].startswith(("pytest", "_pytest"))]


@pytest.mark.parametrize("module", [m for m in MODULES if not crm(m)], ids=named)
def test_a_crm_is_named_in_its_own_folder_only(module: Path) -> None:
    """Examples in docstrings, and in the command line's help, aside."""
    known = "|".join(CRMS)
    assert [] == [f"line {line}: {text}" for line, text in words(module) if re.search(known, text, re.I)]


@pytest.mark.parametrize("module", CONNECTORS, ids=named)
def test_a_connector_can_be_read_in_one_sitting(module: Path) -> None:
    assert len(module.read_text("utf-8").splitlines()) <= 350


@pytest.mark.parametrize("module", MODULES, ids=named)
def test_a_module_opens_with_a_sentence(module: Path) -> None:
    assert ast.get_docstring(ast.parse(module.read_text("utf-8")))
