"""What is too long for its place stays in it: measured in a browser, with no server behind it."""

from __future__ import annotations

from pathlib import Path

import pytest
from markupsafe import Markup
from playwright.sync_api import sync_playwright

from appconnect import display
from appconnect.errors import InputError
from appconnect.panels import styling

WORD = "w" * 100_000
WIDER = (
    "() => document.querySelector('.ac-panel').scrollWidth - document.querySelector('.ac-panel').clientWidth"
)
PIECES = {
    "facts": display.facts({"Note": WORD}),
    "body": styling.both(WORD, html=True),
    "sentence": styling.note("warning", InputError(WORD).message),
    "table": display.table("found", ("Name", "Phone"), [(WORD, "1")]),
}


@pytest.mark.browser
@pytest.mark.parametrize("width", [400, 1000])
def test_one_long_word_leaves_a_panel_as_wide_as_it_is(width: int, chromium: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        page = browser.new_page(viewport={"width": width, "height": 800})
        page.set_default_timeout(30_000)
        wider = {}
        for name, piece in PIECES.items():
            page.set_content(styling.STYLE + str(Markup('<div class="ac-panel">{}</div>').format(piece)))
            wider[name] = page.evaluate(WIDER)
        browser.close()
    assert dict.fromkeys(PIECES, 0) == wider


@pytest.mark.parametrize(
    "file", sorted(Path(styling.__file__).parent.rglob("*.css")), ids=lambda each: each.name
)
def test_every_brace_of_a_style_sheet_is_closed(file: Path) -> None:
    """A block that stays open swallows the styles of the panels below it, and no other test sees that."""
    depth = 0
    for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
        is_new_block = line.startswith(("/*", "@container", "@media"))
        assert not (is_new_block and depth), f"line {number} stands in a block that is still open"
        depth += line.count("{") - line.count("}")
    assert depth == 0
