"""What `make mutants` says can be believed: a change that nothing notices is reported, an equivalent one is not."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from textwrap import indent

import pytest
from mutants.changes import change, places
from mutants.functions import change_in_place
from mutants.ledger import Ledger, scores
from mutants.noticing import Noticing, measured
from mutants.running import Outcome
from mutants.sample import room_of, same, sample
from mutants.score import Tried, below, equivalents, report
from mutants.source import attribute, defined, runs_on_import, statement, users

SUMS = '"""Sums."""\n\nLIMIT = 3\n\n\ndef is_small(number):\n    """Say so."""\n    return number < LIMIT\n'
TESTS = "from sums import is_small\n\n\ndef test_it():\n    assert is_small({}) and not is_small(9)\n"
RUN = """
import sys
sys.path.insert(0, {tests!r})
from pathlib import Path
from mutants.running import Round, Runner
print(Runner(Path({tree!r}), warm="", files={files!r}).run("sums.py", {code!r}, [Round({chosen!r})]).outcome.value)
"""
FEW_PLUGINS = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_PLUGINS": "xdist.plugin"}
"""Most of the time of such a run goes into reading plugins that these tests do not need."""


def diffs(code: str) -> list[str]:
    made = (change(code, place) for place in places(code))
    return [each.diff for each in made if each is not None]


def outcome(tree: Path, code: str, *chosen: str, read: tuple[str, ...] = ()) -> str:
    tests = str(Path(__file__).parents[1])
    script = RUN.format(tests=tests, tree=str(tree), code=code, chosen=chosen, files=read)
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=os.environ | FEW_PLUGINS,
        text=True,
        capture_output=True,
        check=True,
    )
    return done.stdout.strip()


def rounds(noticing: Noticing, module: str, code: str, line: int, seconds: float) -> list[list[str]]:
    return [[*each.tests] for each in noticing.chosen(module, code, line, seconds).rounds]


def tried(old: str, result: Outcome, room: str = "text") -> Tried:
    return Tried(room, f"appconnect/{room}/sums.py", 8, old, "return None", result)


def test_numbers_comparisons_calls_and_texts_are_changed_and_notes_are_not() -> None:
    assert ["LIMIT = 3  =>  LIMIT = None", "LIMIT = 3  =>  LIMIT = 4"] == diffs(SUMS)[:2]
    assert "return number < LIMIT  =>  return number <= LIMIT" in diffs(SUMS)
    assert not [each for each in diffs(SUMS) if "Sums" in each or "Say so" in each]
    assert {
        "send(x)  =>  pass",
        "send(x)  =>  send(None)",
        "if x and y:  =>  if x or y:",
        "if x and y:  =>  if not (x and y):",
        'return "a"  =>  return "XXaXX"',
    } <= set(diffs('def f(x, y):\n    if x and y:\n        send(x)\n    return "a"\n'))


def test_when_a_model_is_built_is_not_changed() -> None:
    code = "config = ConfigDict(defer_build=True, extra='forbid')\n"
    made = [each.new for place in places(code) if (each := change(code, place))]
    assert made and all("defer_build=True" in each for each in made if "ConfigDict" in each)


@pytest.mark.parametrize(("example", "expected"), [(2, Outcome.NOTICED), (1, Outcome.UNNOTICED)])
def test_a_change_is_noticed_when_a_test_fails_and_the_file_is_as_it_was(
    tmp_path: Path, example: int, expected: Outcome
) -> None:
    (tmp_path / "sums.py").write_text(SUMS)
    (tmp_path / "test_sums.py").write_text(TESTS.format(example))
    changed = SUMS.replace("LIMIT = 3", "LIMIT = 2")
    assert expected == outcome(tmp_path, changed, "test_sums.py::test_it")
    assert SUMS == (tmp_path / "sums.py").read_text()


def test_a_change_that_no_test_runs_is_not_noticed(tmp_path: Path) -> None:
    (tmp_path / "sums.py").write_text(SUMS)
    assert Outcome.NO_TEST == outcome(tmp_path, SUMS)


def test_a_test_that_fails_without_the_change_as_well_notices_nothing(tmp_path: Path) -> None:
    (tmp_path / "sums.py").write_text(SUMS)
    broken = "\n\ndef test_broken():\n    assert is_small(9)\n"
    (tmp_path / "test_sums.py").write_text(TESTS.format(1) + broken)
    both = ["test_sums.py::test_broken", "test_sums.py::test_it"]
    assert Outcome.UNNOTICED == outcome(tmp_path, SUMS.replace("LIMIT = 3", "LIMIT = 2"), *both)
    assert Outcome.NOTICED == outcome(tmp_path, SUMS.replace("LIMIT = 3", "LIMIT = 1"), "test_sums.py")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("number < LIMIT", "number <= LIMIT", Outcome.UNNOTICED),
        ("number < LIMIT", "number > LIMIT", Outcome.NOTICED),
        ("number < LIMIT", "bool([each for each in (number,) if each > 9])", Outcome.NOTICED),
        ("LIMIT = 3", "LIMIT = 10", Outcome.NOTICED),
        ("def is_small(number)", "def is_small(number=1)", Outcome.UNNOTICED),
    ],
)
def test_a_change_in_place_and_one_that_runs_on_import_are_noticed_alike(
    tmp_path: Path, old: str, new: str, expected: Outcome
) -> None:
    (tmp_path / "sums.py").write_text(SUMS)
    (tmp_path / "test_sums.py").write_text(TESTS.format(1))
    told = outcome(tmp_path, SUMS.replace(old, new), "test_sums.py::test_it", read=("test_sums.py",))
    assert expected == told


def test_a_function_is_changed_wherever_it_is_held() -> None:
    before = "def outer():\n    def inner():\n        return 1\n    return inner\n\n\nheld = outer()\nX = len('a')\n"
    after = before.replace("return 1", "return 2")
    names: dict[str, object] = {}
    exec(compile(before, "held.py", "exec", dont_inherit=True), names)
    gc.freeze()  # as the tests do
    assert change_in_place("held.py", before, after)
    assert 2 == names["held"]() == names["outer"]()()  # type: ignore[operator]
    assert not change_in_place("held.py", after, after.replace("'a'", "'ab'")), "it ran on import"
    assert not change_in_place("other.py", before, after), "nobody has imported it"


def test_skipped_tests_and_tests_that_cannot_be_read_notice_nothing(tmp_path: Path) -> None:
    (tmp_path / "sums.py").write_text(SUMS)
    (tmp_path / "test_skipped.py").write_text("import pytest\npytest.skip(allow_module_level=True)\n")
    (tmp_path / "test_broken.py").write_text("import nothing_of_this_name\n")
    (tmp_path / "test_sums.py").write_text("from sums import LIMIT\n\n\ndef test_it(): pass\n")
    assert Outcome.NO_TEST == outcome(tmp_path, SUMS, "test_skipped.py")
    assert Outcome.UNKNOWN == outcome(tmp_path, SUMS, "test_broken.py")
    assert Outcome.NOTICED == outcome(tmp_path, SUMS.replace("LIMIT", "MOST"), "test_sums.py::test_it")


def test_the_ledger_keeps_what_was_seen_first_and_last(tmp_path: Path) -> None:
    (tmp_path / "appconnect" / "text").mkdir(parents=True)
    (tmp_path / "appconnect" / "text" / "sums.py").write_text(SUMS)
    ledger = Ledger(tmp_path / "kept" / "ledger.jsonl")
    old, new = "return number < LIMIT", "return number <= LIMIT"
    missed = Tried("text", "appconnect/text/sums.py", 3, old, new, Outcome.UNNOTICED, seed=4)
    for each in (tried("LIMIT = 3", Outcome.NOTICED), missed):
        ledger.append(each)
    assert [missed] == ledger.unnoticed({})
    assert [] == ledger.unnoticed({missed.key: "a reason"})
    (again,) = same(tmp_path, ledger.unnoticed({}))
    assert ("text", 8, 4) == (again.room, again.change.line, again.seed)
    ledger.append(replace(missed, outcome=Outcome.HUNG))
    assert [] == ledger.unnoticed({})
    assert "| text | 0, 4 | 2 | 1 (50 %) | 2 (100 %) | 1 | 0 |" in scores(ledger.histories(), {})
    assert "| text | 0, 4 | 1 | 1 (100 %) | 1 (100 %) | 0 | 1 |" in scores(
        ledger.histories(), {missed.key: ""}
    )


def test_what_was_not_noticed_is_reported_and_what_changes_nothing_is_left_out() -> None:
    results = [
        *[tried(f"return {number}", Outcome.NOTICED) for number in range(18)],
        tried("return 18", Outcome.HUNG),
        tried("return lost", Outcome.UNNOTICED),
        tried("return same", Outcome.UNNOTICED),
        *[tried("return gone", Outcome.NO_TEST, "panels"), tried("return seen", Outcome.NOTICED, "panels")],
    ]
    known = {("appconnect/text/sums.py", "return same", "return None"): "both are nothing"}
    told = report(results, known)
    assert ("return lost" in told, "return same" in told, "return gone" in told) == (True, False, True)
    assert "text                                  20       19     1    95 %" in told
    assert ["Of the changes in panels, 50 % were noticed; at least 85 % must be."] == below(results, known)
    assert "Of the changes in all others, 90 % were noticed; at least 95 % must be." in below(results, {})


def test_of_what_the_tests_cannot_tell_nothing_is_counted(tmp_path: Path) -> None:
    results = [tried("return seen", Outcome.NOTICED), tried("return odd", Outcome.UNKNOWN)]
    told = report(results, {})
    assert "text                                   1        1     0   100 %" in told
    assert told.endswith("+ return None") and "Nothing can be said of: 1" in told
    assert [] == below(results, {})
    ledger = Ledger(tmp_path / "ledger.jsonl")
    for each in results:
        ledger.append(each)
    assert ["return seen"] == [each.first.old for each in ledger.histories()]


def test_every_equivalent_has_its_reason() -> None:
    assert [] == [change for change, reason in equivalents().items() if len(reason) < 20]


def test_a_seed_always_draws_the_same_from_every_room(tmp_path: Path) -> None:
    for name in ("text/a.py", "connectors/acme/search.py", "connectors/acme/sandbox/search.py"):
        (tmp_path / "appconnect" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "appconnect" / name).write_text(SUMS)
    drawn = list(sample(tmp_path, 1, 2))
    assert drawn == list(sample(tmp_path, 1, 2))
    assert ["connectors/acme/sandbox", "connectors/acme", "text"] * 2 == [each.room for each in drawn]
    assert "modules" == room_of(Path("appconnect/clock.py"))


def test_the_closest_test_that_ran_the_statement_comes_first() -> None:
    code = "x = [\n    1,\n]\ny = 2\n"
    tests = ["tests/test_all.py::test_a", "tests/test_a.py::test_b", "tests/test_y.py::test_c"]
    lines = {"appconnect/a.py": {1: 0b001, 2: 0b010, 5: 0b100}, "appconnect/b.py": {8: 0b001}}
    noticing = Noticing(tests, [1.0] * 3, lines)
    assert (1, 3) == statement(code, 2)
    expected = ["tests/test_a.py::test_b", "tests/test_all.py::test_a", "tests/test_y.py::test_c"]
    assert [expected] == rounds(noticing, "appconnect/a.py", code, 2, 9.0), "it runs on import"
    assert [expected[2:]] == rounds(noticing, "appconnect/a.py", f"def f():\n{indent(code, '    ')}", 5, 9.0)


def test_after_the_most_focused_tests_the_closest_files_are_run_whole_and_some_of_each_other() -> None:
    names = ["test_far.py::a", "a/test_near.py::b", "test_far.py::c", "a/test_b.py::d", "a/test_near.py::e"]
    tests = [f"tests/{each}" for each in (*names, "test_far.py::f", "test_other.py::g", "a/test_b.py::h")]
    lines = {"appconnect/a/b.py": {1: 0b11111111}, "appconnect/c.py": {8: 0b11110111}}
    slow = Noticing(tests, [10.0] * 8, lines)
    focused, near, far = rounds(slow, "appconnect/a/b.py", "x = 1\n", 1, 60.0)
    assert ([tests[3]], [tests[7], tests[1], tests[4]]) == (focused, near)
    assert [tests[0], tests[6]] == far
    assert 2 == slow.chosen("appconnect/a/b.py", "x = 1\n", 1, 60.0).left_out
    assert [focused, near] == rounds(slow, "appconnect/a/b.py", "x = 1\n", 1, 5.0)


def test_of_a_module_that_has_changed_since_only_its_tests_are_known_and_changed_tests_are_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in FEW_PLUGINS.items():
        monkeypatch.setenv(name, value)
    files = {
        "appconnect/__init__.py": "",
        "appconnect/a.py": "def f(x):\n    return x\n\n\ndef g(x):\n    return -x\n",
        "tests/test_f.py": "from appconnect.a import f\n\n\ndef test_f(): assert f(1) == 1\n",
        "tests/test_g.py": "from appconnect.a import g\n\n\ndef test_g(): assert g(1) == -1\n",
    }
    for name, code in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(code)
    kept, module, code = tmp_path / "kept", "appconnect/a.py", files["appconnect/a.py"]
    first = measured(tmp_path, kept)
    assert [["tests/test_g.py::test_g"]] == rounds(first, module, code, 6, 9.0)

    (tmp_path / "tests/test_g.py").write_text(files["tests/test_g.py"].replace("test_g", "test_minus"))
    (tmp_path / module).write_text(moved := f"N = 1\n\n{code}")
    stale = measured(tmp_path, kept, stale=True)
    assert {module} == stale.changed
    assert [["tests/test_f.py::test_f", "tests/test_g.py::test_minus"]] == [
        sorted(each) for each in rounds(stale, module, moved, 8, 9.0)
    ]
    assert not measured(tmp_path, kept).changed, "all is measured again"


def test_what_runs_on_import_only_is_looked_at_by_those_who_use_it() -> None:
    code = (
        "A = 1\nB = (A, 2)\n\n\nclass C:\n    costs = {\n        1: 2,\n    }\n\n\ndef f():\n    return B\n"
    )
    assert 12 in users(code, 1)
    assert [True, True, False] == [runs_on_import(code, line) for line in (2, 7, 12)]
    assert "costs" == attribute(code, 7)


def test_a_class_is_looked_at_by_those_who_use_it_though_they_run_no_line_of_its_module(
    tmp_path: Path,
) -> None:
    code = "class User(Record, title='user'):\n    id: int\n\n\nLIMIT = 3\n"
    for name in ("appconnect", "tests"):
        (tmp_path / name).mkdir()
    (tmp_path / "tests/t.py").write_text("")
    (tmp_path / "tests/names_it.py").write_text("from rows import LIMIT\n\n\ndef h(): assert LIMIT\n")
    (tmp_path / "appconnect/rows.py").write_text(code)
    (tmp_path / "appconnect/uses.py").write_text("def f():\n    return User, LIMIT\n\n\ndef g():\n    pass\n")
    uses, names_it = "tests/t.py::f", "tests/names_it.py::h"
    ran = {"appconnect/uses.py": {2: 0b001, 6: 0b010}}
    noticing = Noticing([uses, "tests/t.py::g", names_it], [1.0] * 3, ran, tmp_path)
    for line, name, expected in (1, "User", {uses}), (2, "User", {uses}), (5, "LIMIT", {uses, names_it}):
        assert {name} == defined(code, line)
        chosen = rounds(noticing, "appconnect/rows.py", code, line, 9.0)
        assert expected == {test for some in chosen for test in some}
