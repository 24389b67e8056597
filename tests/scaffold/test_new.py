"""``appconnect new``: which names it takes, where it writes, and that it never writes over anything."""

from __future__ import annotations

import ast
import json
import locale
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from platforms import CRMS
from pydantic.alias_generators import to_snake
from typer.testing import CliRunner, Result

from appconnect import scaffold
from appconnect.cli import app
from appconnect.scaffold import package

ROOT = Path(__file__).parents[2]
SETTINGS = ("appconnect", "app_server", "database")
"""What settings of appconnect itself begin with, and of its store."""
CLASSES = ("crm", "api_key", "user_key", "authorization_code", "guarded", "sign_in")
"""What classes that a package imports are called."""
IN_USE = (*SETTINGS, *CLASSES)


def new(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["new", *arguments])


def one_sentence(result: Result) -> str:
    assert (1, "") == (result.exit_code, result.stdout)
    assert 1 == len(result.stderr.splitlines())
    return result.stderr


def texts(folder: Path) -> dict[str, str]:
    """Every file below a folder, by its path."""
    return {
        str(path.relative_to(folder)): path.read_text("utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(params=["key", "oauth", "user-key"])
def auth(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_it_says_where_the_package_is_and_what_to_do_next(tmp_path: Path) -> None:
    made = new("acme", "--into", str(tmp_path), "--title", "Acme CRM")
    assert 0 == made.exit_code, made.output
    assert f"{tmp_path / 'appconnect-acme'} is the package of Acme CRM's connector." in made.stdout
    assert "pip install --editable '.[test]'\n  appconnect contract acme\n" in made.stdout


def test_a_package_is_the_same_on_a_computer_whose_texts_are_in_ascii(tmp_path: Path, auth: str) -> None:
    assert 0 == new("acme", "--auth", auth, "--into", str(tmp_path / "a")).exit_code
    before = locale.setlocale(locale.LC_CTYPE)
    locale.setlocale(locale.LC_CTYPE, "C")
    try:
        assert 0 == new("acme", "--auth", auth, "--into", str(tmp_path / "b")).exit_code
    finally:
        locale.setlocale(locale.LC_CTYPE, before)
    made = texts(tmp_path / "a")
    assert made == texts(tmp_path / "b")
    assert not all(text.isascii() for text in made.values())


def test_a_package_has_the_shape_of_ours_for_every_kind_of_sign_in(tmp_path: Path, auth: str) -> None:
    assert 0 == new("acme", "--auth", auth, "--into", str(tmp_path)).exit_code
    files = set(texts(tmp_path / "appconnect-acme"))
    ours = ("__init__", "connector", "payloads", "redaction", "schemas", "search", "settings", "sign_in")
    assert {f"src/acme_connector/{name}.py" for name in ours} <= files
    assert {
        *("pyproject.toml", "README.md", ".gitignore", ".env.example", "src/acme_connector/py.typed"),
        *("src/acme_connector/sandbox/__init__.py", "tests/test_contract.py", "notebooks/acme.ipynb"),
    } <= files


def test_nothing_of_the_template_is_left(tmp_path: Path, auth: str) -> None:
    assert 0 == new("acme", "--auth", auth, "--into", str(tmp_path)).exit_code
    template = re.compile(r"new_?crm|new crm|only for|until here|dot-", re.IGNORECASE)
    files = texts(tmp_path).items()
    assert [] == [(path, found) for path, text in files for found in template.findall(f"{path}\n{text}")]


def test_a_name_with_an_underscore_has_none_where_none_may_be(tmp_path: Path) -> None:
    assert 0 == new("blue_bird", "--into", str(tmp_path)).exit_code
    files = texts(tmp_path / "appconnect-blue-bird")
    assert 'title = "Blue Bird"' in files["src/blue_bird_connector/connector.py"]
    assert "class BlueBirdConnector(Connector)" in files["src/blue_bird_connector/connector.py"]
    assert "api.blue-bird.example" in files["src/blue_bird_connector/connector.py"]
    assert "X-Blue-Bird-Key" in files["src/blue_bird_connector/sign_in.py"]
    assert "BLUE_BIRD_API_KEY" in files[".env.example"]


def test_a_played_crm_imports_the_sandbox_kit_and_itself_only(tmp_path: Path, auth: str) -> None:
    """Or it would share its connector's mistakes."""
    assert 0 == new("acme", "--auth", auth, "--into", str(tmp_path)).exit_code
    modules = list((tmp_path / "appconnect-acme" / "src" / "acme_connector" / "sandbox").glob("*.py"))
    assert len(modules) >= 4
    allowed = ("appconnect.sandbox", "acme_connector.sandbox")
    imported = {name for module in modules for name in _imports(module)}
    assert set() == {
        name for name in imported if name.startswith(("appconnect", "acme")) and not name.startswith(allowed)
    }


def _imports(module: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(module.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            yield str(node.module)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def test_a_package_asks_for_this_release_or_a_later_one(tmp_path: Path) -> None:
    from importlib.metadata import version

    assert 0 == new("acme", "--into", str(tmp_path)).exit_code
    project = texts(tmp_path / "appconnect-acme")["pyproject.toml"]
    assert f'dependencies = ["appconnect>={version("appconnect")}"]' in project


@pytest.mark.parametrize(
    ("name", "given", "title", "folder"),
    [
        ("a" * 40, "", "A" + "a" * 39, "appconnect-" + "a" * 40),
        ("z9", "x" * 40, "x" * 40, "appconnect-z9"),
        ("blue__bird_", "", "Blue  Bird", "appconnect-blue-bird"),
        ("acme", "Acme-CRM v.2_é", "Acme-CRM v.2_é", "appconnect-acme"),
    ],
)
def test_a_title_is_the_name_with_capitals_unless_another_is_given(
    tmp_path: Path, name: str, given: str, title: str, folder: str
) -> None:
    names = scaffold.checked_names(name, given)
    assert (title, folder, f"{name}_connector") == (names.title, names.project, names.module)
    into = tmp_path / "not" / "there"
    assert into / folder == scaffold.make_package(names, scaffold.Auth.KEY, into)


# -- a vendor's document --


def operations(*paths: str) -> dict[str, object]:
    return {path: {"post": {"responses": {"201": {"description": "Made."}}}} for path in paths}


def listed(*paths: str) -> dict[str, object]:
    row = {"type": "object", "properties": {"id": {"type": "integer"}}}
    media = {"application/json": {"schema": {"type": "array", "items": row}}}
    return {path: {"get": {"responses": {"200": {"content": media}}}} for path in paths}


@pytest.mark.parametrize(
    ("paths", "told"),
    [
        (listed("/a"), ["The sandbox plays 1 of the document's 1 operations by itself, in /a."]),
        (listed("/a", "/b"), ["The sandbox plays 2 of the document's 2 operations by itself, in /a, /b."]),
        (operations("/a"), [
            "The sandbox plays 0 of the document's 1 operations by itself: none is a plain collection of records.",
            "It answers 501, and says so, to POST /a.",
        ]),
        ({**listed("/x"), **operations(*"abcde")}, [
            "The sandbox plays 1 of the document's 6 operations by itself, in /x.",
            "It answers 501, and says so, to POST a, POST b, POST c, POST d, POST e.",
        ]),
        ({**listed("/x"), **operations(*"abcdefg")}, [
            "The sandbox plays 1 of the document's 8 operations by itself, in /x.",
            "It answers 501, and says so, to POST a, POST b, POST c, POST d, POST e and 2 more.",
        ]),
    ],
)  # fmt: skip
def test_what_the_sandbox_plays_of_a_document_is_said_first(
    tmp_path: Path, paths: dict[str, object], told: list[str]
) -> None:
    (tmp_path / "vendor.json").write_text(json.dumps({"openapi": "3.1.0", "paths": paths}), "utf-8")
    made = new("acme", "--into", str(tmp_path), "--from", str(tmp_path / "vendor.json"))
    lines = made.stdout.splitlines()
    assert [*told, f"{tmp_path / 'appconnect-acme'} is the package of Acme's connector. Next:"] == (
        lines[: len(told) + 1]
    )


def test_a_package_speaks_to_the_host_of_the_document(tmp_path: Path) -> None:
    document = {"openapi": "3.1.0", "paths": {}}
    for name, servers in (("acme", [{"url": "https://desk.vendor.test/v1"}]), ("other", [])):
        (tmp_path / "vendor.json").write_text(json.dumps({**document, "servers": servers}), "utf-8")
        assert 0 == new(name, "--into", str(tmp_path), "--from", str(tmp_path / "vendor.json")).exit_code
    assert "desk.vendor.test" in texts(tmp_path)["appconnect-acme/src/acme_connector/connector.py"]
    assert "api.other.example" in texts(tmp_path)["appconnect-other/src/other_connector/connector.py"]
    sandbox = {path.name for path in (tmp_path / "appconnect-acme").rglob("sandbox/*.*")}
    assert {"schema.json", "operations.txt", "collections.json"} <= sandbox


# -- what is refused --


@pytest.mark.parametrize(
    "name",
    [
        "",
        "Acme",
        "my crm",
        "my-crm",
        "9lives",
        "class",
        "_",
        "é",
        "a.b",
        "../acme",
        "acme\n",
        "a" * 41,
        "a" * 300,
    ],
)
def test_what_is_no_name_is_one_sentence_and_nothing_is_written(tmp_path: Path, name: str) -> None:
    said = one_sentence(new("--into", str(tmp_path), "--", name))
    assert said == (
        f"appconnect: {name[:60]!r} cannot be the name of a connector; use up to 40 lower-case letters, digits and _, "
        "beginning with a letter, such as acme.\n"
    )
    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        (CRMS[-1], f"There is a connector '{CRMS[-1]}' already"),
        ("strange", "There is a Python package 'strange_connector' already"),
        *((name, f"The name '{name}' is in use by appconnect already") for name in IN_USE),
    ],
)
def test_a_name_that_is_taken_is_one_sentence_and_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, problem: str
) -> None:
    (tmp_path / "installed" / "strange_connector").mkdir(parents=True)
    monkeypatch.syspath_prepend(str(tmp_path / "installed"))
    said = one_sentence(new(name, "--into", str(tmp_path / "into")))
    assert f"appconnect: {problem}; choose another name.\n" == said
    assert not (tmp_path / "into").exists()


def test_no_name_makes_a_class_that_is_called_like_one_it_imports(tmp_path: Path, auth: str) -> None:
    assert 0 == new("acme", "--auth", auth, "--into", str(tmp_path)).exit_code
    suffixes = ("Connector", "Sandbox", "Settings", "SignIn")
    clashes = {
        to_snake(name.removesuffix(suffix))
        for module in tmp_path.rglob("*.py")
        for name in _names_imported(module)
        for suffix in suffixes
        if name.endswith(suffix) and name != suffix and not name.startswith("Acme")
    }
    assert {"crm", "guarded"} <= clashes
    assert [] == [each for each in clashes if "in use by appconnect" not in one_sentence(new(each))]


def _names_imported(module: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(module.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            yield from (alias.name for alias in node.names)


@pytest.mark.parametrize(
    "title", ['Acme "CRM"', "Acme & Sons", "<b>", "x" * 41, "two\nlines", "{acme}", "\\"]
)
def test_a_title_that_cannot_stand_in_code_is_one_sentence(tmp_path: Path, title: str) -> None:
    said = one_sentence(new("acme", "--title", title, "--into", str(tmp_path)))
    assert said == (
        f"appconnect: {title!r} cannot be a title; use up to 40 letters, digits, spaces, dots, hyphens and _.\n"
    )
    assert [] == list(tmp_path.iterdir())


def test_an_unknown_kind_of_sign_in_names_those_there_are(tmp_path: Path) -> None:
    refused = new("acme", "--auth", "saml", "--into", str(tmp_path))
    assert 2 == refused.exit_code
    assert ["key", "oauth", "user-key"] == re.findall(r"'(key|oauth|user-key)'", refused.output)


@pytest.mark.parametrize("there", ["a folder", "an empty folder", "a file", "a link to nothing"])
def test_what_exists_is_not_written_over(tmp_path: Path, there: str) -> None:
    target = tmp_path / "appconnect-acme"
    if there == "a file":
        target.write_text("mine", "utf-8")
    elif there == "a link to nothing":
        target.symlink_to(tmp_path / "nothing")
    else:
        target.mkdir()
    if there == "a folder":
        (target / "README.md").write_text("mine", "utf-8")
    before = (sorted(tmp_path.rglob("*")), texts(tmp_path))
    said = one_sentence(new("acme", "--into", str(tmp_path)))
    assert (
        f"appconnect: {target} exists already; choose another name, or another folder with --into.\n" == said
    )
    assert before == (sorted(tmp_path.rglob("*")), texts(tmp_path))


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    target = tmp_path / "file" / "below" / "appconnect-acme"
    said = one_sentence(new("acme", "--into", str(target.parent)))
    assert f"appconnect: {target} cannot be written: Not a directory.\n" == said


@pytest.mark.parametrize(
    ("error", "reason"),
    [(OSError(28, os.strerror(28)), "No space left on device"), (OSError("gone"), "gone")],
)
def test_what_goes_wrong_on_the_way_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: OSError, reason: str
) -> None:
    def two_files(*_: object) -> Iterator[tuple[Path, str]]:
        yield Path("README.md"), "first"
        assert [True] == [each.name.startswith(".") for each in tmp_path.iterdir()]
        raise error

    monkeypatch.setattr(package, "files", two_files)
    said = one_sentence(new("acme", "--into", str(tmp_path)))
    assert f"appconnect: {tmp_path / 'appconnect-acme'} cannot be written: {reason}.\n" == said
    assert [] == list(tmp_path.iterdir())


# -- beside, not inside --


def test_in_the_checkout_a_package_goes_beside_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT / "notebooks")
    assert ROOT.parent == scaffold.place(None)


def test_elsewhere_a_package_goes_into_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert (tmp_path, tmp_path / "deeper") == (scaffold.place(None), scaffold.place(Path("deeper")))


def test_a_folder_inside_the_checkout_is_refused() -> None:
    said = one_sentence(new("acme", "--into", str(ROOT / "src")))
    assert said == (
        f"appconnect: {ROOT / 'src'} is inside the checkout of appconnect; choose a folder beside it with --into.\n"
    )
    assert not (ROOT / "src").exists()


def test_where_appconnect_is_installed_its_folders_are_like_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(package, "TEMPLATES", tmp_path / "appconnect" / "scaffold" / "templates")
    assert tmp_path / "mine" == scaffold.place(tmp_path / "mine")
