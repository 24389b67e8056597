"""The pieces of HTML that panels are made of."""

from __future__ import annotations

import re

from appconnect.panels import styling


def test_the_source_of_a_body_can_break_between_tags_and_reads_the_same() -> None:
    html = "<b>Notes</b><br>a &lt; b<script>"
    shown = str(styling.html_source(html))
    assert "<wbr>" in shown and "<script>" not in shown
    assert shown.replace("<wbr>", "") == str(styling.source(html))


def test_a_rendered_body_is_given_the_height_of_its_lines() -> None:
    def height(html: str) -> float:
        found = re.search(r"--ac-lines: ([\d.]+)rem", styling.rendered(html, "body"))
        assert found is not None
        return float(found[1])

    assert height("one") < height("one<br>two") < height("one<br>two<li>three</li>" + "word " * 100)


def test_what_an_update_changes_is_told_line_by_line_in_words() -> None:
    shown = styling.before_and_after(
        "<li>Note: <b>one</b></li><li>Same</li>", "<li>Note: &lt;two&gt;</li><li>Same</li>", True
    )
    changes = str(shown).partition('<div class="ac-two">')[0]
    assert ["− before</b> Note: one", "+ after</b> Note: &lt;two&gt;"] == re.findall(
        r"<b>(.*?)</li>", changes
    )


def test_an_update_that_changes_nothing_is_said_to() -> None:
    assert "says all of this already" in styling.before_and_after("same", "same", False)


def test_a_saved_panel_carries_its_style_and_says_how_to_use_the_panel() -> None:
    kept = styling.saved("<h4>Contacts</h4>")
    assert kept.startswith("<style>.ac-saved") and "Run this cell to use the panel." in kept
