"""How a back-end may rewrite the HTML it is given: a guess, since vendors do not say.

``<br>`` becomes ``<br />``, attributes are sorted and double-quoted, unknown tags go and their text stays,
scripts go with their text, entities are written anew.
"""

from __future__ import annotations

from html import escape
from html.parser import HTMLParser

KEPT = {
    "a",
    "b",
    "blockquote",
    "br",
    "div",
    "em",
    "i",
    "li",
    "ol",
    "p",
    "pre",
    "s",
    "span",
    "strong",
    "u",
    "ul",
}
DROPPED = {"script", "style"}
SCHEMES = ("http://", "https://", "mailto:")


class _Rewriter(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.written: list[str] = []
        self._dropping = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in DROPPED:
            self._dropping += 1
        elif tag == "br":
            self.written.append("<br />")
        elif tag in KEPT:
            self.written.append(f"<{tag}{_attributes(attrs)}>")

    def handle_endtag(self, tag: str) -> None:
        if tag in DROPPED:
            self._dropping = max(0, self._dropping - 1)
        elif tag in KEPT and tag != "br":
            self.written.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if not self._dropping:
            self.written.append(escape(data, quote=False))


def _attributes(attrs: list[tuple[str, str | None]]) -> str:
    kept = {name: value or "" for name, value in attrs if _harmless(name, value or "")}
    return "".join(f' {name}="{escape(kept[name])}"' for name in sorted(kept))


def _harmless(name: str, value: str) -> bool:
    return name in {"title", "target"} or (name == "href" and value.strip().lower().startswith(SCHEMES))


def rewritten(html: str) -> str:
    """Return ``html`` rewritten; rewriting it again changes nothing."""
    rewriter = _Rewriter()
    rewriter.feed(html)
    rewriter.close()
    return "".join(rewriter.written)
