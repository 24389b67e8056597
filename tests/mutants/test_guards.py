"""What `make guards` says can be believed, and every guard that it disables is where it is looked for."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from mutants.guards import LISTED, ROOT, Guard, Moved, guards
from mutants.running import file_of

COMMAND = Path(LISTED).with_name("guards.py")
SUMS = "def half(number):\n    if number % 2:\n        raise ValueError\n    return number // 2\n"
TESTS = (
    "import pytest\nfrom sums.half import half\n\n\n"
    "def test_even():\n    assert 2 == half(4)\n\n\n"
    "@pytest.mark.parametrize('number', [1, 3])\n"
    "def test_odd(number):\n    with pytest.raises(ValueError):\n        half(number)\n"
)


def guard(number: int, test: str) -> str:
    old, new = "'    if number % 2:'", "'    if False:'"
    text = f"[[guard]]\npromise = 'Promise {number}.'\nmodule = 'sums/half.py'\n"
    return f"{text}old = {old}\nnew = {new}\ntests = ['tests/{test}']\n"


def made(tree: Path, *listed: str) -> tuple[int, str]:
    """The exit status and the table of what is listed, in a project of its own."""
    for name, text in {"sums/half.py": SUMS, "tests/test_sums.py": TESTS}.items():
        (tree / name).parent.mkdir(exist_ok=True)
        (tree / name).write_text(text)
    (tree / "guards.toml").write_text("\n".join(listed))
    subprocess.run(["git", "init", "-q", "."], cwd=tree, check=True)
    command = [sys.executable, COMMAND, "--tree", tree, "--listed", tree / "guards.toml", "--processes", "1"]
    done = subprocess.run(command, text=True, capture_output=True, cwd=tree, check=False)
    return done.returncode, done.stdout


def test_a_guard_that_somebody_misses_is_told_with_the_test(tmp_path: Path) -> None:
    status, table = made(tmp_path, guard(1, "test_sums.py::test_odd"))
    assert "✓ Promise 1.\n    sums/half.py:2, noticed by tests/test_sums.py::test_odd[1]\n" in table
    assert (0, True) == (status, "1 guards were disabled; of 1 a test noticed it." in table)


def test_a_guard_that_nobody_misses_ends_it_with_1(tmp_path: Path) -> None:
    status, table = made(tmp_path, guard(1, "test_sums.py::test_even"))
    assert "✗ Promise 1.\n    sums/half.py:2, unnoticed\n" in table
    assert (1, True) == (status, "of 0 a test noticed it." in table)


def test_a_guard_in_no_place_or_in_two_is_not_disabled() -> None:
    moved = Guard("It holds.", "sums/half.py", "return 1\n", "return 2\n", ("tests/test_sums.py",))
    for code in ("return 3\n", "return 1\nreturn 1\n"):
        with pytest.raises(Moved, match=r"half\.py has [02] places"):
            moved.disabled(code)


@pytest.mark.parametrize("listed", guards(), ids=lambda each: each.promise)
def test_every_guard_is_in_one_place_and_its_tests_are_there(listed: Guard) -> None:
    change = listed.mutant(ROOT).change
    compile(change.code, listed.module, "exec")
    for test in listed.tests:
        name = test.partition("::")[2].partition("[")[0]
        tree = ast.parse((ROOT / file_of(test)).read_text("utf-8"))
        functions = (ast.FunctionDef, ast.AsyncFunctionDef)
        assert name in {each.name for each in ast.walk(tree) if isinstance(each, functions)}, test


def test_every_promise_is_a_sentence_of_its_own() -> None:
    promises = Counter(each.promise for each in guards())
    assert [] == [each for each, count in promises.items() if count > 1 or not each.endswith(".")]
