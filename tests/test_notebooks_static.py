"""What nbval does not see: a notebook that was not run, that leaks, or that only works on one machine."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

ROOT = Path(__file__).parent.parent
TEMPLATES = ROOT / "appconnect" / "scaffold" / "templates"
NOTEBOOKS = [*sorted(ROOT.glob("notebooks/*.ipynb")), *TEMPLATES.rglob("*.ipynb")]
WALKTHROUGHS = sorted(ROOT.glob("notebooks/1*.ipynb"))
INSIDE = {"context", "environment", "crm"}  # of a workbench: for tests of the workbench itself
LARGEST_OUTPUT = 20_000  # characters
LARGEST_TABLE = 10  # rows

MACHINE = re.compile(rf"{re.escape(str(ROOT))}|(?<![\w.])(/(home|root|Users|tmp|opt|var)/|[A-Z]:\\)|file://")
MAGIC = re.compile(r"^\s*[%!]|get_ipython|sys\.path", re.MULTILINE)
ADDRESS = re.compile(r"\bat 0x[0-9a-fA-F]+")
SECRET = re.compile(
    r"""\beyJ[\w-]{8,}\.[\w-]+        # a JWT
      | \b(?:Bearer|Basic)\s+[\w.+/=-]{12,}
      | \b[0-9a-fA-F]{32,}\b          # a key or a session
      | ://[^\s/:@]+:[^\s/@]+@        # a password in an address
      | -----BEGIN[ ]\w*[ ]?PRIVATE
    """,
    re.VERBOSE,
)

notebooks = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def read(path: Path) -> NotebookNode:
    return nbformat.read(path, as_version=4)


def code(path: Path) -> list[NotebookNode]:
    return [cell for cell in read(path).cells if cell.cell_type == "code"]


def shown(cell: NotebookNode) -> Iterator[str]:
    """The text of a cell's outputs."""
    for output in cell.get("outputs", []):
        yield output.get("text", "")
        yield from output.get("traceback", [])
        yield from (text for kind, text in output.get("data", {}).items() if kind.startswith("text/"))


def everything(path: Path) -> str:
    cells = read(path).cells
    return "\n".join(text for cell in cells for text in [cell.source, *shown(cell)])


def test_there_are_notebooks() -> None:
    assert "00_start_here" in [path.stem for path in NOTEBOOKS]


@notebooks
def test_the_file_is_valid_and_for_any_python3_kernel(path: Path) -> None:
    notebook = read(path)
    nbformat.validate(notebook)
    assert "python3" == notebook.metadata.kernelspec.name


@notebooks
def test_it_opens_with_its_only_title_and_closes_with_text(path: Path) -> None:
    cells = read(path).cells
    text = [re.sub(r"(?ms)^```.*?^```", "", cell.source) for cell in cells if cell.cell_type == "markdown"]
    assert 1 == len(re.findall(r"^# ", "\n".join(text), re.MULTILINE))
    assert cells[0].source.startswith("# ")
    assert "markdown" == cells[-1].cell_type


@notebooks
def test_every_cell_was_run_in_order(path: Path) -> None:
    counts = [cell.execution_count for cell in code(path)]
    assert counts
    assert list(range(1, len(counts) + 1)) == counts


@notebooks
def test_only_failures_meant_to_be_seen_are_stored(path: Path) -> None:
    for cell in code(path):
        failed = any(output.output_type == "error" for output in cell.outputs)
        assert ("raises-exception" in cell.metadata.get("tags", [])) == failed, cell.source


@notebooks
def test_outputs_are_small_and_can_be_compared(path: Path) -> None:
    for cell in code(path):
        for output in cell.outputs:
            assert "stderr" != output.get("name"), cell.source
            assert not {"image/png", "image/jpeg"} & output.get("data", {}).keys(), cell.source
            assert len(json.dumps(output)) <= LARGEST_OUTPUT, cell.source
            for table in output.get("data", {}).get("text/html", "").split("<table"):
                assert table.count("<tr") <= LARGEST_TABLE + 1, cell.source


@notebooks
def test_cells_are_plain_python(path: Path) -> None:
    for cell in code(path):
        assert None is MAGIC.search(cell.source), cell.source
        assert not re.search(r"^\s*class ", cell.source, re.MULTILINE), cell.source


@notebooks
def test_only_public_names_are_used(path: Path) -> None:
    source = "\n".join(cell.source for cell in code(path))
    tree = ast.parse(source)
    names = {each.attr for each in ast.walk(tree) if isinstance(each, ast.Attribute)}
    rooms = {each.module for each in ast.walk(tree) if isinstance(each, ast.ImportFrom)}
    assert set() == {name for name in names if name.startswith("_")} | (names & INSIDE)
    assert {"appconnect", "appconnect.panels"} >= {
        room for room in rooms if room and room.startswith("appconnect")
    }


@pytest.mark.parametrize("path", WALKTHROUGHS, ids=lambda path: path.stem)
def test_a_walkthrough_is_short_of_words_and_lines(path: Path) -> None:
    for cell in read(path).cells:
        if cell.cell_type == "code":
            assert len(cell.source.splitlines()) <= 13, cell.source
        else:
            assert len(re.sub(r"(?m)^#.*$", "", cell.source).split()) <= 30, cell.source


@notebooks
@pytest.mark.parametrize("what", [MACHINE, ADDRESS, SECRET], ids=["path", "address", "secret"])
def test_nothing_is_of_one_machine_or_one_person(path: Path, what: re.Pattern[str]) -> None:
    assert [] == [found[0] for found in what.finditer(everything(path))]


@notebooks
def test_no_password_is_saved_with_the_widgets(path: Path) -> None:
    widgets = read(path).metadata.get("widgets", {}).get("application/vnd.jupyter.widget-state+json", {})
    models = widgets.get("state", {}).values()
    fields = [model for model in models if "Password" in model["model_name"]]
    assert [] == [field for field in fields if field["state"].get("value")]
