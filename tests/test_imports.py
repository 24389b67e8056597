"""Who may import whom: the arrows go one way, wherever in a file an import stands, also for types only."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "appconnect"

MAY_IMPORT = {
    # the words
    "error_book": "display",
    "errors": "error_book text",
    "display": "",
    "models": "errors display",
    "clock": "",
    "loopback_server": "quiet_logs",
    "event_loops": "errors",
    "field_diff": "",
    "lazily": "",
    "paths": "errors text",
    "private_files": "",
    "quiet_logs": "",
    # pure
    "phone": "errors models",
    "ids": "errors",
    "operation_warnings": "errors text",
    "writes_under_way": "errors",
    "hits": "phone",
    "text": "",
    "timezones": "",
    "log_owner": "errors models clock",
    "user_messages": "errors models text",
    "logs": "errors models text timezones",
    # the way to a CRM
    "auth": "errors event_loops models clock loopback_server private_files redaction text",
    "http": "paths errors event_loops display models clock operation_warnings text quiet_logs type_readers writes_under_way",
    "redaction": "errors http",
    "live_outputs": "",
    "history": "errors display http private_files live_outputs settings text",
    "type_readers": "",
    "remembered": "type_readers",
    "outbox": "errors models clock operation_warnings writes_under_way",
    "operations": "errors",
    "directory": "errors models",
    "connector": "errors models clock phone http remembered outbox operations directory",
    "limits": "http connector text",
    "settings": "paths errors models text",
    "sandbox": "loopback_server",
    "connectors": "paths error_book errors event_loops models clock phone text ids operation_warnings hits timezones http outbox connector directory"
    " auth settings sandbox redaction",
    # what a workbench is made of
    "store": "errors models clock outbox operation_warnings private_files quiet_logs ids operations writes_under_way",
    "batch": "paths errors display models phone hits directory connector http store text timezones operation_warnings limits",
    "replay": "errors field_diff http redaction private_files text",
    "workbench": "paths batch errors event_loops field_diff display models clock outbox phone text operation_warnings hits timezones log_owner user_messages logs directory error_book"
    " auth history http live_outputs operations connector connectors settings store replay redaction sandbox writes_under_way",
    "cluster": "errors workbench",
    "scaffold": "paths errors connectors sandbox",
    # what people touch
    "panels": "batch errors display field_diff history limits live_outputs operation_warnings models phone sandbox settings text workbench connectors error_book",
    "testing": "errors models clock log_owner settings store sandbox operations connector connectors workbench logs",
    "cli": "paths batch errors field_diff history models settings replay sandbox workbench panels connectors scaffold testing",
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


@cache
def parsed(module: Path) -> tuple[ast.Module, list[ast.AST]]:
    """A module's tree, and every node of it."""
    tree = ast.parse(module.read_text("utf-8"))
    return tree, list(ast.walk(tree))


@cache
def imports(module: Path) -> list[str]:
    """The dotted name of everything imported; ``from a import b`` gives ``a.b``."""
    package = [PACKAGE.name, *module.relative_to(PACKAGE).parent.parts]
    found: list[str] = []
    for node in parsed(module)[1]:
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) + 1 - node.level] if node.level else []
            origin = ".".join([*above, *([node.module] if node.module else [])])
            found += [f"{origin}.{alias.name}" for alias in node.names]
    return found


ROOMS = {room(each) for each in MODULES}


def rooms_imported(module: Path) -> set[str]:
    """The rooms of ours that a module imports, other than its own."""
    parts = [name.split(".") for name in imports(module) if name.split(".")[0] == PACKAGE.name]
    rooms = {part[1] if len(part) > 1 and part[1] in ROOMS else "__init__" for part in parts}
    return rooms - {room(module), "lazily"}  # which anybody may use


def words(module: Path) -> Iterable[tuple[int, str]]:
    """Every name and every text in a module's code, with its line; no comments, docstrings and help texts."""
    _, nodes = parsed(module)
    told = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    told |= {id(node.value) for node in nodes if isinstance(node, ast.keyword) and node.arg == "help"}
    for node in nodes:
        if id(node) in told:
            continue
        texts = [value for name, value in ast.iter_fields(node) if isinstance(value, str)]
        yield from ((getattr(node, "lineno", 0), text) for text in texts)


def imported(modules: Iterable[Path]) -> list[tuple[Path, str]]:
    """Everything that these modules import, each with who does."""
    return [(module, name) for module in modules for name in imports(module)]


def test_every_room_has_its_place_in_the_table() -> None:
    assert set() == {room(module) for module in MODULES} - MAY_IMPORT.keys()


def test_the_table_has_no_circle() -> None:
    done: set[str] = set()
    while ready := {name for name, rooms in MAY_IMPORT.items() if set(rooms.split()) <= done} - done:
        done |= ready
    assert MAY_IMPORT.keys() == done


def test_imports_follow_the_arrows() -> None:
    against = {
        named(each): rooms_imported(each) - set(MAY_IMPORT.get(room(each), "").split()) for each in MODULES
    }
    assert {} == {name: rooms for name, rooms in against.items() if rooms}


def test_a_connector_imports_no_other_connector() -> None:
    assert [] == [
        (named(module), name)
        for module, name in imported(CONNECTORS)
        if name.startswith("appconnect.connectors.") and name.split(".")[2] not in {crm(module), "platform"}
    ]


def test_a_sandbox_imports_the_sandbox_kit_and_itself_only() -> None:
    """Or it would share its connector's mistakes."""
    assert [] == [
        (named(module), name)
        for module, name in imported(each for each in CONNECTORS if "sandbox" in each.parts)
        if name.startswith("appconnect")
        and not name.startswith((f"appconnect.connectors.{crm(module)}.sandbox", "appconnect.sandbox."))
    ]


def test_only_the_platform_object_knows_the_sandbox() -> None:
    assert [] == [
        (named(module), name)
        for module, name in imported(each for each in CONNECTORS if "sandbox" not in each.parts)
        if ".sandbox" in name and module.name not in {"__init__.py", "platform.py", "registry.py"}
    ]


def test_httpx_is_known_only_where_requests_are_sent() -> None:
    assert [] == [
        (named(module), name)
        for module, name in imported(MODULES)
        if name.split(".")[0] in {"httpx", "httpcore"}
        and room(module) not in SPEAK_HTTPX
        and module.name != "sign_in.py"
        and "sandbox" not in module.parts
    ]


def test_pytest_is_known_only_to_the_contract() -> None:
    """It is no dependency: what is not for tests must work without it."""
    assert [] == [
        (named(module), name)
        for module, name in imported(MODULES)
        if name.split(".")[0].startswith(("pytest", "_pytest")) and room(module) != "testing"
    ]


def test_a_crm_is_named_in_its_own_folder_only() -> None:
    """Examples in docstrings, and in the command line's help, aside."""
    known = re.compile("|".join(CRMS), re.I)
    assert [] == [
        f"{named(module)}:{line}: {text}"
        for module in MODULES
        if not crm(module)
        for line, text in words(module)
        if known.search(text)
    ]


def test_a_connector_can_be_read_in_one_sitting() -> None:
    lines = {named(each): len(each.read_text("utf-8").splitlines()) for each in CONNECTORS}
    assert {} == {name: number for name, number in lines.items() if number > 350}


def test_a_module_opens_with_a_sentence() -> None:
    assert [] == [named(each) for each in MODULES if not ast.get_docstring(parsed(each)[0])]


def test_what_a_package_loads_later_is_called_like_none_of_its_modules() -> None:
    """Or the name would be the function to whoever asks first, and the module to whoever asks next."""
    later = [
        each
        for each in MODULES
        if each.name == "__init__.py" and "lazily.exported(" in each.read_text("utf-8")
    ]
    assert PACKAGE / "phone" / "__init__.py" in later
    names = {each.parent: {name.split(".")[-1] for name in imports(each)} - {"lazily"} for each in later}
    assert {} == {
        named(package): both
        for package, told in names.items()
        if (both := told & {each.stem for each in MODULES if each.parent == package})
    }
