"""HTML as a back-end may write it anew."""

from __future__ import annotations

import pytest

from appconnect.sandbox.html_rewriting import rewritten


@pytest.mark.parametrize(
    ("html", "written"),
    [
        ("a<br>b<br/>c</br>", "a<br />b<br />c"),
        ("<b>a</b><custom>b</custom>", "<b>a</b>b"),
        ("<script>alert(1)</script>a<style>b {}</style>c", "ac"),
        ("</script>a<script>b</script>c", "ac"),
        ("a &amp; &lt;b&gt; &#39;c&#39; \"d\" & e", "a &amp; &lt;b&gt; 'c' \"d\" &amp; e"),
        ("<a title='t' onclick='x()' target=_blank href='https://a.example'>a</a>",
         '<a href="https://a.example" target="_blank" title="t">a</a>'),
        ('<a href=" HTTP://a.example">a</a>', '<a href=" HTTP://a.example">a</a>'),
        ('<a href="mailto:nia@holt.example">a</a>', '<a href="mailto:nia@holt.example">a</a>'),
        ('<a href="javascript:alert(1)">a</a>', "<a>a</a>"),
        ("<a href title='&quot;q&quot;'>a</a>", '<a title="&quot;q&quot;">a</a>'),
        ("<a title>a</a>", '<a title="">a</a>'),
        *((f"<{tag}>a</{tag}>",) * 2 for tag in (
            "a", "b", "blockquote", "div", "em", "i", "li", "ol", "p", "pre", "s", "span", "strong", "u", "ul")),
    ],
)  # fmt: skip
def test_html_is_rewritten(html: str, written: str) -> None:
    assert written == rewritten(html)
