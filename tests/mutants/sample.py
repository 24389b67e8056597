"""The sample: places drawn by a seed, evenly over the rooms."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice, zip_longest
from pathlib import Path
from typing import NamedTuple

from mutants.changes import Place, change, places
from mutants.score import Tried


class Mutant(NamedTuple):
    """A place in a module of a room."""

    room: str
    module: str
    """Its path in the tree."""
    place: Place
    seed: int = 0
    """Of the sample that it was drawn in."""


def room_of(module: Path) -> str:
    """A module's room below ``appconnect/``; the CRMs' connectors and sandboxes are rooms of their own."""
    parts = module.with_suffix("").parts
    if parts[1] == "connectors" and len(parts) > 3:
        return "/".join(parts[1 : 4 if parts[3] == "sandbox" else 3])
    return parts[1] if len(parts) > 2 else "modules"


def rooms(tree: Path) -> Mapping[str, list[str]]:
    """The modules of each room. Templates are left out: they are code of packages to come."""
    found: dict[str, list[str]] = {}
    for file in sorted((tree / "appconnect").rglob("*.py")):
        module = file.relative_to(tree)
        if "templates" not in module.parts and file.name != "__main__.py":
            found.setdefault(room_of(module), []).append(str(module))
    return found


def sample(tree: Path, seed: int, per_room: int, only: tuple[str, ...] = ()) -> Iterator[Mutant]:
    """Draw places, one room after the other and round again, so that it may be ended at any time.

    A line is as likely as another, however much there is to change in it, and drawn once.
    """
    drawn = [
        _of_room(room, tree, modules, seed, per_room)
        for room, modules in rooms(tree).items()
        if not only or room in only
    ]
    for turn in zip_longest(*drawn):
        yield from (mutant for mutant in turn if mutant is not None)


def _of_room(room: str, tree: Path, modules: list[str], seed: int, number: int) -> list[Mutant]:
    draw = random.Random(f"{seed} {room}")
    by_line: dict[tuple[str, int], list[Place]] = {}
    for module in modules:
        for place in places((tree / module).read_text("utf-8")):
            by_line.setdefault((module, place.line), []).append(place)
    lines = sorted(by_line)
    chosen = draw.sample(lines, min(number, len(lines)))
    return [Mutant(room, module, draw.choice(by_line[module, line]), seed) for module, line in chosen]


def same(tree: Path, before: Iterable[Tried], only: tuple[str, ...] = ()) -> Iterator[Mutant]:
    """Find the places of changes that were tried before; those of code that is gone are left out."""
    for each in before:
        if (tree / each.module).is_file() and (not only or each.room in only):
            code = (tree / each.module).read_text("utf-8")
            closest = sorted(places(code), key=lambda place: abs(place.line - each.line))
            made = ((place, change(code, place)) for place in closest)
            found = (place for place, new in made if new and (new.old, new.new) == (each.old, each.new))
            yield from (Mutant(each.room, each.module, place, each.seed) for place in islice(found, 1))
