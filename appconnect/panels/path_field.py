"""Method and path of a request, with the paths that a CRM is known to have to choose from."""

from __future__ import annotations

from collections.abc import Sequence

import ipywidgets as widgets
from markupsafe import Markup

from appconnect.panels.panel import LABELS, choice, row, stack, text
from appconnect.workbench import KnownPath
from appconnect.workbench.requests import METHODS

MIN_ROWS, MAX_ROWS = 2, 7
"""How high the list is."""
MAX_OFFERED = 100
"""How many paths are offered at once."""


class PathField:
    """What is typed is completed from ``offered``: words of a path in any order, and a method, "post note".

    One that is chosen there is written into ``method`` and ``path``; the list stays until more is typed.
    """

    def __init__(self, crm: str = "the CRM") -> None:
        self._crm = crm
        self._known: Sequence[KnownPath] = ()
        self._is_chosen = False
        self.method = choice("Method", METHODS)
        self.method.layout.width, self.method.layout.flex = "14rem", "0 0 auto"
        self.path = text("Path", "/…", wide=True)
        self.path.layout.min_width = "min(20rem, 100%)"
        self.path.style.description_width = "2.5rem"
        self.offered = widgets.Select(description="Known paths", style=LABELS, layout={"width": "auto"})
        self.about = widgets.HTML()
        for each in (self.path, self.offered):
            each.add_class("ac-code")
        self.view = stack(row(self.method, self.path), self.offered, self.about)
        for each in (self.method, self.path):
            each.observe(lambda _: self._typed(), "value")
        self.offered.observe(lambda _: self._choose(), "value")
        self._typed()

    def know(self, paths: Sequence[KnownPath], crm: str) -> None:
        """Offer these paths, which are known of a CRM."""
        self._known, self._crm = paths, crm
        self._typed()

    def _choose(self) -> None:
        known: KnownPath | None = self.offered.value
        if known is None:
            return
        self._is_chosen = True
        try:
            self.method.value, self.path.value = known.method, known.path
        finally:
            self._is_chosen = False
        self.about.value = _dim(self._about(known.path, ()))

    def _typed(self) -> None:
        if self._is_chosen:
            return
        typed = self.path.value.strip()
        is_one = any(each.path.strip("/") == typed.strip("/") for each in self._known)
        fitting = [] if is_one or not typed else self._fitting(typed)
        self.offered.options = [(_label(each), each) for each in fitting[:MAX_OFFERED]]
        self.offered.rows = max(MIN_ROWS, min(MAX_ROWS, len(fitting)))
        self.offered.index = None
        self.offered.layout.display = None if fitting else "none"
        self.about.value = _dim(self._about(typed, fitting))

    def _fitting(self, typed: str) -> list[KnownPath]:
        """Return the paths that have each word of what is typed, with the method that is typed or chosen."""
        words = typed.casefold().split()
        typed_methods = [each for each in METHODS if each.casefold() in words]
        methods = typed_methods or [self.method.value]
        wanted = [each for each in words if each.upper() not in typed_methods]
        return [
            known
            for known in self._known
            if known.method in methods and all(word in known.path.casefold() for word in wanted)
        ]

    def _about(self, typed: str, fitting: Sequence[KnownPath]) -> str:
        """Return a sentence on what the CRM is known to have there."""
        method, count = self.method.value, len(self._known)
        if not count:
            return f"No list of {self._crm}’s paths is known here; type any path below the API’s address."
        if not typed:
            return (
                f"{count:,} requests of {self._crm} are known: type words of a path, such as a record’s name."
            )
        if fitting:
            more = f", the first {MAX_OFFERED} are listed" if len(fitting) > MAX_OFFERED else ""
            return f"{len(fitting):,} of {count:,} known requests fit{more}: go to the list and choose one."
        same = sorted(
            (each for each in self._known if each.fits(typed)), key=lambda each: each.path.count("{")
        )
        named = next((each for each in same if each.method == method), None)
        if named is not None:
            return _named(named, typed)
        if same:
            return f"Known with {', '.join(dict.fromkeys(each.method for each in same))}, not with {method}."
        return f"Not among the {count:,} known requests of {self._crm}; it can be sent all the same."


def placeholders(path: str) -> str:
    """Return what is still to be filled in: "{id}, {linkId}"."""
    return ", ".join(f"{{{each.partition('}')[0]}}}" for each in path.split("{")[1:])


def _label(known: KnownPath) -> str:
    return f"{known}  ·  {known.group}" if known.group else str(known)


def _named(known: KnownPath, typed: str) -> str:
    group = f" ({known.group})" if known.group else ""
    fill_in = f" Put a value in place of {placeholders(typed)}." if "{" in typed else ""
    missing = "" if known.is_played else " The sandbox does not play it."
    return f"Known: {known}{group}.{fill_in}{missing}"


def _dim(sentence: str) -> Markup:
    return Markup('<p class="ac-dim" role="status">{}</p>').format(sentence)
