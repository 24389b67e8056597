"""Finds what a text names secret: in addresses, forms, XML, HTML, code, headers, and what somebody wrote.

The name alone says it where a machine wrote: ``password=…``, ``"password": "…"``, ``<Password>…``. In a
sentence ("password: ask Lena") the value must look made up as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from appconnect.redaction.shapes import is_made_up

if TYPE_CHECKING:
    from appconnect.redaction.detectors import Detectors


class Named(NamedTuple):
    """The name of a secret, and where its value is; ``anywhere`` if it is one wherever it turns up again."""

    name: str
    start: int
    end: int
    anywhere: bool = True


class NamesInText:
    """Finds secrets by name in texts of one platform."""

    def __init__(self, detectors: Detectors) -> None:
        self._detectors = detectors

    def find(self, text: str) -> Iterator[Named]:
        """Iterate over the secrets that the text names; some may be in others."""
        if not self._may_name(text):
            return
        done = 0
        for found in _NAME.finditer(text) if "=" in text or ":" in text else ():
            if found.start() >= done:  # not inside of a value
                for named in self._assigned(text, found):
                    done = named.end
                    yield named
        if "</" in text:
            yield from self._elements(text)
        if "<" in text:
            yield from self._attributes(text)
        if "form-data" in text:
            yield from self._parts(text)

    def _may_name(self, text: str) -> bool:
        letters = text.lower().encode("utf-8", "replace").translate(None, _NO_LETTERS)
        return any(each in letters for each in (*_FRAGMENTS, *self._detectors.name_fragments))

    def _assigned(self, text: str, found: re.Match[str]) -> Iterator[Named]:
        name, before = found["name"], text[max(found.start() - 1, 0) : found.start()]
        if self._detectors.is_secret_name(name) or self._detectors.is_key_header(name):
            yield from (Named(name, *place) for place in self._place(text, found, before))
        elif before in ("", "?", "&", "#", ";") and found["between"] == "=":
            value = _VALUE.match(text, found.end())
            if value and self._detectors.is_secret(name, value[0], True):
                anywhere = self._detectors.is_secret_anywhere(name, value[0], True)
                yield Named(name, *value.span(), anywhere and before in ("?", "&", "#"))

    def _place(self, text: str, found: re.Match[str], before: str) -> Iterator[tuple[int, int]]:
        """Find where the value of a secret's name stands, if what follows is one."""
        between, at = found["between"], found.end()
        quoted_name = between[:1] in ("'", '"')
        if quoted_name and between[0] != before:
            return
        if quote := _QUOTED.get(text[at : at + 1]):
            if (value := quote.match(text, at + 1)) and (
                quoted_name or "=" in between or before in ("{", ",") or not re.search(r"\s", value[0])
            ):
                yield value.span()
        elif between.lstrip("[]") == "=":
            if value := _VALUE.match(text, at):
                yield value.span()
        elif found["name"].lower() in ("cookie", "set-cookie"):
            if value := _COOKIES.match(text, at):
                yield value.span()
        else:
            yield from self._in_sentence(text, found)

    def _in_sentence(self, text: str, found: re.Match[str]) -> Iterator[tuple[int, int]]:
        scheme = _SCHEME.match(text, found.end())
        value = _WORD.match(text, scheme.end() if scheme else found.end())
        plain = value[0].rstrip(".,;:!?)]}") if value else ""
        is_header = self._detectors.is_key_header(found["name"]) and ("-" in found["name"] or scheme)
        is_number = plain.isdigit() and found["between"][:1] in ("'", '"')
        if value and plain and (is_header or is_number or is_made_up(plain)):
            yield value.start(), value.start() + len(plain)

    def _elements(self, text: str) -> Iterator[Named]:
        """``<Password>…</Password>``, also in a namespace or as CDATA."""
        for found in _ELEMENT.finditer(text):
            if self._detectors.is_secret_name(found["tag"].rpartition(":")[2]):
                yield Named(found["tag"].rpartition(":")[2], *found.span("value"))

    def _attributes(self, text: str) -> Iterator[Named]:
        """``<input name="csrf_token" value="…">``, ``<meta name=… content=…>``, in any order."""
        for tag in _FIELD.finditer(text):
            name, value = _ATTRIBUTE_NAME.search(tag[0]), _ATTRIBUTE_VALUE.search(tag[0])
            is_input = tag[1].lower() == "input"
            if name and value and self._detectors.is_secret(name[1], value["value"], is_input):
                start, end = (tag.start() + each for each in value.span("value"))
                yield Named(name[1], start, end, self._detectors.is_secret_name(name[1]))

    def _parts(self, text: str) -> Iterator[Named]:
        """Parts of a form (multipart/form-data, RFC 7578)."""
        for part in _PART.finditer(text):
            name, value = _PART_NAME.search(part["of"]), part["value"]
            if name and self._detectors.is_secret(name[1], value, True):
                anywhere = self._detectors.is_secret_anywhere(name[1], value, True)
                yield Named(name[1], *part.span("value"), anywhere)


_NO_LETTERS = bytes(set(range(256)) - set(range(97, 123)))
_FRAGMENTS = (
    *(b"token", b"secret", b"pass", b"pwd", b"credential", b"cookie", b"assertion", b"jwt", b"srf", b"key"),
    *(b"auth", b"code", b"state", b"nonce", b"clientid", b"redirecturi", b"username", b"session", b"sessid"),
    *(b"sid", b"sig", b"ticket", b"otp", b"pin"),
)
"""One of them is in every name of a secret, but for those that a platform states."""
_NAME = re.compile(
    r"(?<![\w-])(?!(?<=%)[0-9A-Fa-f]{2})(?P<name>[\w-]{1,64})"
    r"(?P<between>[\"']?\]?(?:\[\])?[\"']?\s{0,9}(?:=>|[=:])\s{0,9})"
)
_VALUE = re.compile(
    r"(?:[^&#;\s\"'<>\\]|\\(?![\"'])|'(?=[\w%!(*~-])|;(?=[\w%!(*~-])(?![\w.-]{1,64}=)|&\#[xX]?[0-9A-Fa-f]{1,7};)+"
)
"""The value of a parameter; quotes and semicolons are in it where more of it follows."""
_QUOTED = {
    quote: re.compile(rf"(?:[^{quote}\\]++|\\.|\\\Z)++(?={quote}|\Z)", re.DOTALL) for quote in ('"', "'", "`")
}
_WORD = re.compile(r"(?:[^\s\"'<>\\]|'(?=\w)){1,200}")
_SCHEME = re.compile(r"(?:basic|bearer|digest|token)\s{1,9}", re.IGNORECASE)
_COOKIES = re.compile(r"[\w.-]{1,64}=[^\r\n\"'<>\\]+")
_ELEMENT = re.compile(
    r"<(?P<tag>[\w:.-]{1,64})(?:\s[^<>]{0,500})?>(?:<!\[CDATA\[)?"
    r"(?P<value>(?<=CDATA\[)(?:[^\]<]|\](?!\]>)|<(?!!\[CDATA))+|[^<]+?)(?:\]\]>)?</(?P=tag)\s{0,9}>"
)
_FIELD = re.compile(r"(?i)<(input|meta)\b[^<>]{0,2000}>")
_ATTRIBUTE_NAME = re.compile(r"(?i)\bname\s*=\s*[\"']?([^\s\"'<>]+)")
_ATTRIBUTE_VALUE = re.compile(
    r"(?i)\b(?:value|content)\s*=\s*[\"']?(?P<value>(?<=\")[^\"<]+|(?<=')[^'<]+|[^\s\"'<>]+)"
)
_PART = re.compile(
    r"(?i)content-disposition:(?P<of>[^\r\n]{1,400}+)(?:\r?\n[^\r\n]{1,200}+){0,4}+\r?\n\r?\n"
    r"(?P<value>[^\r\n]*+(?:\r?\n(?!--)[^\r\n]*+)*+)"
)
_PART_NAME = re.compile(r"(?i)(?<![\w*])name=\"?([^\";\s]+)")
