"""A link is an http(s) address and nothing else; what is foreign in it is escaped."""

import pytest

from appconnect.text.html import is_link, link

ADDRESS = "https://media.example/1?a=1&b=<2>"


def test_a_link_opens_in_a_new_tab_and_is_called_open_unless_it_has_a_name():
    opens = '<a target="_blank" href="https://media.example/1?a=1&amp;b=2">'
    assert f"{opens}open</a>" == link("https://media.example/1?a=1&b=2")
    assert f"{opens}R&amp;D</a>" == link("https://media.example/1?a=1&b=2", "R&D")


@pytest.mark.parametrize("text", ["javascript:alert(1)", "ftp://x.example", "https://x.example and more", ""])
def test_anything_else_is_shown_as_text(text):
    assert not is_link(text)
    assert "<a" not in link(text)
    assert text == link(text)
