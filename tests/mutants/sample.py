"""The sample: places drawn by a seed, evenly over the rooms."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice, zip_longest
from pathlib import Path
from typing import NamedTuple

from mutants.changes import Change, change, places
from mutants.score import Tried


class Mutant(NamedTuple):
    """A change of a module of a room."""

    room: str
    module: str
    """Its path in the tree."""
    change: Change
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


def _of_room(room: str, tree: Path, modules: list[str], seed: int, number: int) -> Iterator[Mutant]:
    """Draw among all lines until there are as many in which something can be changed: few modules are parsed."""
    draw = random.Random(f"{seed} {room}")
    codes = {module: (tree / module).read_text("utf-8") for module in modules}
    lines = [(module, line) for module in modules for line in range(1, codes[module].count("\n") + 1)]
    draw.shuffle(lines)
    drawn = (_in_line(codes[module], line, draw) for module, line in lines)
    mutants = (Mutant(room, module, new, seed) for (module, _), new in zip(lines, drawn, strict=True) if new)
    return islice(mutants, number)


def _in_line(code: str, line: int, draw: random.Random) -> Change | None:
    here = [place for place in places(code) if place.line == line]
    return change(code, draw.choice(here)) if here else None


def same(tree: Path, before: Iterable[Tried], only: tuple[str, ...] = ()) -> Iterator[Mutant]:
    """Find the changes that were tried before; those of code that is gone are left out."""
    for each in before:
        if (tree / each.module).is_file() and (not only or each.room in only):
            code = (tree / each.module).read_text("utf-8")
            closest = sorted(places(code), key=lambda place: abs(place.line - each.line))
            made = filter(None, (change(code, place) for place in closest))
            found = (new for new in made if (new.old, new.new) == (each.old, each.new))
            yield from (Mutant(each.room, each.module, new, each.seed) for new in islice(found, 1))
