"""What a browser gets of a panel, as lines that a person can read: every control in its place, every text.

A story begins with the whole panel and goes on with what each step changes; it is compared with the one of
``tests/panels/shown``. After words or controls were changed on purpose, write the stories anew and look at the
difference: ``APPROVE=1 python -m pytest -n 0 -k shown``.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import ipywidgets as widgets
import traitlets

from appconnect.panels.choice_table import ChoiceTable
from appconnect.panels.controls import LABELS
from appconnect.panels.keyboard import OWN_KEYS
from appconnect.panels.panel import Panel
from appconnect.panels.styling import STYLE, STYLE_OF_SAVED
from appconnect.panels.timeline.list import TimelineList

SHOWN = Path(__file__).with_name("panels") / "shown"
BEGINS = re.compile(
    r"(?=<(?:caption|details|div|dl|h\d|iframe|li|ol|p|pre|section|svg|table|tr|ul|circle|line|polyline|text)\b)"
)
"""Where a new line of HTML begins."""
KNOWN = ((STYLE, "<style>"), (OWN_KEYS, "<own keys>"), (STYLE_OF_SAVED, "saved.css"))
TOLD = ("placeholder", "tooltip", "tooltips", "button_style", "rows", "min", "max", "orientation", "titles")
"""What is told of a control beside its name and value, where it has it."""
LAID_OUT = ("width", "min_width", "flex")
UNUSUAL = {"continuous_update": "told when it is left", "indent": "not indented"}
"""What is said of a control where it is False."""
CHOICES = (widgets.Select, widgets.Dropdown, widgets.RadioButtons, widgets.ToggleButtons)
TABLES = (ChoiceTable, TimelineList)
OF_TABLES = (
    "label",
    "caption",
    "columns",
    "names",
    "rows",
    "value",
    "selected",
    "pinned",
    "fold_all",
    "toggled",
    "follow",
)


class Story:
    """A panel at first, and what each step changes of it; ``same`` makes alike what differs between machines."""

    def __init__(self, panel: Panel, same: Callable[[str], str] = str) -> None:
        self._panel, self._same = panel, same
        self._said: list[str] = []
        self._off: list[str] = []
        panel.status.observe(self._spoke, "value")
        for each in panel.controls:
            each.observe(self._switched, "disabled")
        self._before = self._now()
        self._told = list(self._before)

    def then(self, step: str) -> None:
        """Tell what a step has changed: what was said on the way, what was disabled meanwhile, what is otherwise."""
        now = self._now()
        meanwhile = [f"… {line}" for said in self._said[:-1] for line in broken(said).splitlines()]
        off = [f"… disabled: {', '.join(dict.fromkeys(self._off))}"] if self._off else []
        changes = list(difflib.unified_diff(self._before, now, n=0, lineterm=""))[2:]
        told = [each for each in changes if not each.startswith("@@")]
        self._told += ["", f"== {step}", *map(self._same, meanwhile), *off, *told]
        self._before, self._said, self._off = now, [], []

    async def done(self, step: str) -> None:
        """Wait for what a button or key has started, then tell."""
        await self._panel.done()
        self.then(step)

    def ends(self, name: str) -> None:
        """Tell what a notebook keeps of the panel, and compare the whole story with what was agreed on."""
        bundle = self._panel._repr_mimebundle_()
        kept = f"{bundle['text/plain']}\n{broken(str(bundle['text/html']))}"
        agreed(
            SHOWN / f"{name}.txt",
            [*self._told, "", "== kept in the notebook", *self._same(kept).splitlines()],
        )

    def _now(self) -> list[str]:
        return [self._same(each) for each in _lines(self._panel.view, 0)]

    def _spoke(self, change: traitlets.Bunch) -> None:
        self._said.append(change.new)

    def _switched(self, change: traitlets.Bunch) -> None:
        if change.new:
            self._off.append(str(change.owner.description))


def agreed(file: Path, lines: Iterable[str]) -> None:
    """Compare lines with those that were agreed on; with ``APPROVE`` set they become that."""
    text = "".join(f"{each}\n" for each in lines)
    if os.environ.get("APPROVE"):
        file.write_text(text, "utf-8")
    assert file.read_text("utf-8") == text


def broken(html: str) -> str:
    """HTML in lines."""
    for known, short in KNOWN:
        html = html.replace(known, short)
    return BEGINS.sub("\n", html).strip("\n")


def _lines(widget: widgets.Widget, depth: int) -> Iterator[str]:
    classes = "".join(f" .{each}" for each in widget._dom_classes)
    hidden = " (hidden)" if widget.layout.display == "none" else ""
    begin = f"{'  ' * depth}{type(widget).__name__}{classes}"
    if isinstance(widget, widgets.HTML):
        yield from (f"{begin}{hidden}: {line}" for line in broken(widget.value).splitlines() or [""])
    elif isinstance(widget, TABLES):
        yield begin + hidden
        yield from (f"{'  ' * depth}  {line}" for line in _of_table(widget))
    elif isinstance(widget, widgets.Box | widgets.Tab):
        yield f"{begin}{_told(widget)}{hidden}"
        for child in widget.children:
            yield from _lines(child, depth + 1)
    else:
        disabled = " (disabled)" if getattr(widget, "disabled", False) else ""
        yield f"{begin} {_name(widget)}{_value(widget)}{_told(widget)}{disabled}{hidden}"


def _of_table(widget: widgets.Widget) -> Iterator[str]:
    for name in OF_TABLES:
        value = getattr(widget, name, None)
        if isinstance(value, list):
            yield from (f"{name}: {each}" for each in value)
        elif value is not None:
            yield f"{name}: {value}"


def _name(widget: widgets.Widget) -> str:
    width = getattr(widget.style, "description_width", "")
    return f"“{getattr(widget, 'description', '')}”" + (
        f" in {width}" if width not in ("", *LABELS.values()) else ""
    )


def _value(widget: widgets.Widget) -> str:
    if isinstance(widget, CHOICES):
        told = [
            f"[{each}]" if at == widget.index else f"{each}" for at, each in enumerate(widget._options_labels)
        ]
        return f": {' | '.join(told) or 'nothing to choose'}"
    offered = f" of {', '.join(widget.options)}" if isinstance(widget, widgets.Combobox) else ""
    return f" = {widget.value!r}{offered}" if hasattr(widget, "value") else ""


def _told(widget: widgets.Widget) -> str:
    told = {name: getattr(widget, name, None) for name in TOLD}
    told |= {name: getattr(widget.layout, name) for name in LAID_OUT}
    unusual = [words for name, words in UNUSUAL.items() if getattr(widget, name, True) is False]
    plain = [f"{name} {each!r}" for name, each in told.items() if each not in (None, "", ())]
    return "".join(f", {each}" for each in (*plain, *unusual))
