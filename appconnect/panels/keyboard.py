"""The keys that a panel needs for itself, in a notebook whose shortcuts would take them.

JupyterLab takes Enter, the arrows and letters for its own shortcuts wherever no text is typed: on buttons,
drop-downs, lists and what folds. Lumino, which dispatches them, leaves alone the keys of an element with
``data-lm-suppress-shortcuts`` (https://lumino.readthedocs.io, ``CommandRegistry``). In text fields the
notebook's shortcuts go on working: Ctrl+S saves it there, too.
"""

from __future__ import annotations

import asyncio

import ipywidgets as widgets

LATE = 0.5
"""Seconds in which a field's value arrives, which the browser sends after the Enter key."""
TYPED = "input:not([type]), input[type=text], input[type=password], input[type=number], textarea"
_LISTEN = (
    "const panel = this.closest('.ac-panel');"
    " panel && panel.addEventListener('focusin', ({target}) =>"
    f" target.matches('{TYPED}') || target.setAttribute('data-lm-suppress-shortcuts', ''))"
)


OWN_KEYS = f'<style onload="{_LISTEN}">/**/</style>'
"""HTML that lets the panel that it stands in have its keys; nothing of it is seen."""


async def typed_to_the_end(field: widgets.Text) -> None:
    """Wait until a field's value stays: ipywidgets tells of the key before it tells of the value."""
    before = None
    while field.value != before:
        before = field.value
        await asyncio.sleep(LATE)
