"""HTML as CRMs store it: split into tokens, read as text, and text escaped for it.

Nothing here repairs HTML; anything but a known tag is text. Tags end at the next ``>``, so that reading takes
time linear in the length of any input.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from typing import NamedTuple

SPACE = " \t\r\n\f"
"""White space as HTML defines it: https://infra.spec.whatwg.org/#ascii-whitespace"""

BLOCKS = frozenset(
    {"blockquote", "dd", "div", "dl", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol"}
)
BLOCKS |= {"p", "pre", "table", "tbody", "td", "th", "thead", "tr", "ul"}
INLINE = frozenset(
    {"a", "abbr", "b", "big", "code", "em", "font", "i", "mark", "s", "small", "span", "strike"}
)
INLINE |= {"strong", "sub", "sup", "tt", "u"}
BOLD = frozenset({"b", "strong"})
_KNOWN = BLOCKS | INLINE | {"br", "!"}


def _lines_of(line: str) -> re.Pattern[str]:
    """Return the pattern of lines of text, none of which is blank, with nothing but ``<br>`` between them.

    Or of line breaks but for the last two, which may end a note.
    """
    return re.compile(rf"{line}(?:(?:<br ?/?>)++{line})++|(?:<br ?/?>(?=(?:<br ?/?>){{2}}))++")


_LINES = _lines_of(r"[ \t]*+[^<>&\s][^<]*+")
_UNBROKEN_LINES = _lines_of(r"[ \t]*+[^<>&\s][^<\r\n\f]*+(?=<|\Z)")
"""Those that no white space breaks, for bodies that have such white space; three times as slow."""
_TAG = re.compile(r"<(?:(/?)([a-zA-Z][^\s/<>]*+)[^<>]*+>|[!?][^<>]*+>)")
_BREAK = ("br", False)
_PLAIN_TAGS = {
    **{f"<{name}>": (name, False) for name in BLOCKS | INLINE},
    **{f"</{name}>": (name, True) for name in BLOCKS | INLINE},
    **dict.fromkeys(("<br>", "<br/>", "<br />"), _BREAK),
}
"""Tags without attributes, in lower case, by their source."""
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
_USUAL = ("&lt;", "&gt;", "&quot;", "&amp;")
_HREF = re.compile(r"""(?:^|\s)href\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"'>]++))""", re.IGNORECASE)
_LINK = re.compile(r"https?://[^\s/?#\x00-\x20\x7f][^\s\x00-\x20\x7f]*+", re.IGNORECASE)


class Token(NamedTuple):
    """A tag (``name`` in lower case; "br" for line breaks, "!" for comments) or, without a name, text."""

    start: int
    end: int
    source: str
    name: str = ""
    closing: bool = False

    @property
    def is_blank(self) -> bool:
        """True for white space and nothing else."""
        return not self.name and not self.source.strip(SPACE)

    @property
    def is_bold(self) -> bool:
        """True for a tag for bold text."""
        return self.name in BOLD

    @property
    def breaks_line(self) -> bool:
        """True when text before and after this tag stands on different lines."""
        return self.name == "br" or self.name in BLOCKS


def tokenize(body: str, *, lines_at_once: bool = False) -> list[Token]:
    """Split the body into tags and text; tags other than those for formatting count as text.

    With ``lines_at_once``, lines of text below a line break, or many line breaks, are one token.
    """
    found: list[Token] = []
    lines_at = (_UNBROKEN_LINES if any(sign in body for sign in "\r\n\f") else _LINES).match
    add, search, done, at = found.append, _TAG.search, 0, 0
    """Up to where the body has been looked through; what lies after ``done`` is text so far."""
    while (tag := search(body, at)) is not None:
        start, at = tag.span()
        source = tag[0]
        kind = _PLAIN_TAGS.get(source) or _kind(tag)
        if kind is None:
            continue
        if done < start:
            add(Token(done, start, body[done:start]))
        add(Token(start, at, source, kind[0], kind[1]))
        if lines_at_once and kind == _BREAK and (lines := lines_at(body, at)) is not None:
            at = lines.end()
            add(Token(start + len(source), at, lines[0]))
        done = at
    if done < len(body):
        add(Token(done, len(body), body[done:]))
    return found


def _kind(tag: re.Match[str]) -> tuple[str, bool] | None:
    """Return the name of a tag and whether it closes; None for one that is text."""
    name = tag[2].lower() if tag[2] else "!"
    return (name, tag[1] == "/") if name in _KNOWN else None


def closing_tags(body: Sequence[Token], *names: str) -> dict[int, int]:
    """Return the position of each closing tag of ``names`` by the position of its opening tag."""
    closed: dict[int, int] = {}
    open_tags: dict[str, list[int]] = {name: [] for name in names}
    for position, token in [(at, token) for at, token in enumerate(body) if token.name in open_tags]:
        waiting = open_tags[token.name]
        if not token.closing:
            waiting.append(position)
        elif waiting:
            closed[waiting.pop()] = position
    return closed


# -- reading --


def unescape(source: str) -> str:
    """Replace entities; only those with a semicolon count, so that "AT&T" and "?a=1&copy=2" stay."""
    if (escaped := source.count("&")) == source.count("&amp;"):
        return source.replace("&amp;", "&") if escaped else source
    if escaped > sum(map(source.count, _USUAL)):
        return _ENTITY.sub(lambda entity: html.unescape(entity[0]), source)
    return source.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&amp;", "&")


def _as_lines(source: str) -> str:
    """Return the text of lines that are one token."""
    if "<" in source:
        source = source.replace("<br>", "\n")
    if "<" in source:
        source = source.replace("<br/>", "\n").replace("<br />", "\n")
    return unescape(source)


def text_in(content: Sequence[Token]) -> str:
    """Return the text of the tokens: ``<br>`` is a line break, paragraphs and the like begin a new line.

    A line break with its indentation does not count at the ends and beside a tag that breaks the line, nor
    does a blank between two tags. Other white space at the ends is a person's, also where a CRM has decoded
    its entity.
    """
    written: list[str] = []
    break_due = False
    """A paragraph's line break, written if text follows."""
    for at, token in enumerate(content):
        if token.name in BLOCKS:
            break_due = bool(written) and written[-1] != "\n"
        elif text := "\n" if token.name == "br" else "" if token.name else _text_at(at, content):
            written += ("\n", text) if break_due else (text,)
            break_due = False
    return "".join(written)


def _text_at(at: int, content: Sequence[Token]) -> str:
    token = content[at]
    before = content[at - 1] if at else None
    return _as_lines(_trimmed(before, token, content[at + 1] if at + 1 < len(content) else None))


def _trimmed(before: Token | None, token: Token, after: Token | None) -> str:
    source = token.source.replace("\r\n", "\n")
    if source[0] not in SPACE and source[-1] not in SPACE:
        return source
    if (
        token.is_blank
        and before is not None
        and after is not None
        and (before.breaks_line or after.breaks_line)
    ):
        return ""
    start = source[: len(source) - len(source.lstrip(SPACE))]
    if "\n" in start and (before is None or before.breaks_line):
        source = source[len(start) :]
    end = source[len(source.rstrip(SPACE)) :]
    if "\n" in end and (after is None or after.breaks_line):
        source = source[: len(source) - len(end)]
    return source


def first_link(content: Sequence[Token]) -> str:
    """Return the address of the first link among the tokens; "" when there is none."""
    for token in content:
        match = _HREF.search(token.source[2:]) if token.name == "a" and not token.closing else None
        if match:
            return unescape(match[1] or match[2] or match[3] or "").strip()
    return ""


# -- writing --


def escape_line(text: str) -> str:
    """Escape one line of text for a place between tags, where quotes need no escape."""
    return html.escape(text, quote=False).replace("\r", "&#13;")


def escape_text(text: str) -> str:
    """Escape lines of text: ``<br>`` for breaks, entities for white space that reading would drop."""
    lines = [escape_line(line) for line in text.split("\n")]
    lines = [_keep_ends(line) if not line.strip(SPACE) else line for line in lines]
    lines[0] = _keep_ends(lines[0], end=False)
    lines[-1] = _keep_ends(lines[-1], start=False)
    return "<br>".join(lines)


def _keep_ends(line: str, *, start: bool = True, end: bool = True) -> str:
    """Return the line with the white space at its start and end written as an entity."""
    if start and line[:1] in tuple(SPACE):
        line = f"&#{ord(line[0])};{line[1:]}"
    return f"{line[:-1]}&#{ord(line[-1])};" if end and line[-1:] in tuple(SPACE) else line


def is_link(text: str) -> bool:
    """Return True for an http(s) address and nothing else."""
    return _LINK.fullmatch(text) is not None


def link(address: str, text: str = "open") -> str:
    """Return a link that opens in a new tab; anything but an http(s) address is shown as text."""
    if not is_link(address):
        return escape_line(address)
    return f'<a target="_blank" href="{html.escape(address)}">{escape_line(text)}</a>'
