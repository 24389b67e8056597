"""Names and modules that are loaded when they are used first."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from appconnect import lazily


@pytest.fixture(autouse=True)
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package with a module of two names and one that cannot be loaded."""
    folder = tmp_path / "lazy_package"
    folder.mkdir()
    names = '{".shapes": "Circle Square", ".broken": "Nothing"}'
    code = f"from appconnect import lazily\n__getattr__ = lazily.exported(__name__, {names})\n"
    (folder / "__init__.py").write_text(code, "utf-8")
    (folder / "shapes.py").write_text("import gc\nCircle, Square = 'round', gc.isenabled()\n", "utf-8")
    (folder / "broken.py").write_text("1 / 0\n", "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield folder
    for name in [each for each in sys.modules if each.partition(".")[0] == "lazy_package"]:
        del sys.modules[name]


def test_a_name_is_loaded_when_it_is_asked_for_and_stays() -> None:
    import lazy_package

    assert "lazy_package.shapes" not in sys.modules
    assert lazy_package.Circle == "round"
    assert "lazy_package.shapes" in sys.modules
    assert vars(lazy_package)["Circle"] == "round"


def test_a_name_that_is_none_of_the_package_is_an_attribute_error() -> None:
    import lazy_package

    with pytest.raises(AttributeError) as caught:
        _ = lazy_package.Triangle
    assert "module 'lazy_package' has no attribute 'Triangle'" == str(caught.value)
    assert not hasattr(lazy_package, "Triangle")


def test_a_module_that_stands_for_another_loads_it_with_the_first_attribute() -> None:
    shapes = lazily.module("lazy_package.shapes")
    assert not hasattr(shapes, "__wrapped__")
    assert "lazy_package.shapes" not in sys.modules
    assert shapes.Circle == "round"
    assert not hasattr(shapes, "Triangle")


def test_what_is_changed_in_the_module_shows_in_what_stands_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    shapes = lazily.module("lazy_package.shapes")
    assert shapes.Circle == "round"
    monkeypatch.setattr("lazy_package.shapes.Circle", "oval")
    assert shapes.Circle == "oval"


def test_garbage_is_looked_for_again_after_loading_also_when_that_fails() -> None:
    import lazy_package

    assert lazy_package.Square is False  # while it was loaded
    assert gc.isenabled()
    with pytest.raises(ZeroDivisionError):
        _ = lazy_package.Nothing
    assert gc.isenabled()


def test_who_has_switched_the_search_for_garbage_off_has_it_off() -> None:
    gc.disable()
    try:
        assert lazily.module("lazy_package.shapes").Circle == "round"
        assert not gc.isenabled()
    finally:
        gc.enable()


@pytest.mark.parametrize(("frozen", "done"), [(0, ["freeze", "unfreeze"]), (5, [])])
def test_what_was_loaded_counts_as_old_unless_somebody_keeps_objects_out_of_the_search(
    monkeypatch: pytest.MonkeyPatch, frozen: int, done: list[str]
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(gc, "get_freeze_count", lambda: frozen)
    monkeypatch.setattr(gc, "freeze", lambda: asked.append("freeze"))
    monkeypatch.setattr(gc, "unfreeze", lambda: asked.append("unfreeze"))
    with lazily.no_search_for_garbage():
        assert [] == asked
    assert done == asked
    assert gc.isenabled()
