"""Call log bodies in HTML, which CRMs like to rewrite.

Parts are known by their bold labels, whatever has become of the rest: ``strong`` for ``b``, paragraphs for
list items, boxes that are gone, lists around the items, ``<br />``, white space. All text that is written
here is escaped, so no text can be taken for a label.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from appconnect.logs.calls.fields import NOTE, Field, Kind, Part, Span, cut, labelled
from appconnect.text.html import (
    Token,
    closing_tags,
    decoded,
    escaped,
    escaped_text,
    link,
    link_of,
    text_of,
    tokens,
)

_BOXES = ("li", "div", "p")
_BREAK_FOLLOWS = ("ai_note", "transcript")


class Html:
    """List items for lines, ``div`` for blocks, each with a bold label."""

    def label(self, field: Field, outbound: bool) -> str:
        """How the field is labelled; the contact's number is the caller's or the recipient's."""
        labels = field.html_labels or (field.label,)
        return labels[-1] if outbound else labels[0]

    def gap(self, before: str, field: Field) -> str:
        """Nothing: tags keep parts apart."""
        return ""

    def open_ended(self, field: Field) -> bool:
        """Never: every part is closed."""
        return False

    def line_break(self, body: str) -> str:
        """The line break to write with; there are none but ``<br>``."""
        return "\n"

    def render(self, field: Field, label: str, value: str) -> str:
        """The part in HTML, its value escaped."""
        match field.kind:
            case Kind.NOTE:
                return f"<b>Agent notes</b><br>{escaped_text(value)}<br><br><b>Call details</b><br>"
            case Kind.LINE:
                return f"<li><b>{label}</b>: {escaped(value)}</li>"
            case Kind.LINK:
                return f"<li><b>{label}</b>: {link(value)}</li>"
            case _:
                after = "<br>" if field.name in _BREAK_FOLLOWS else ""
                return f"<div><b>{label}</b><br>{escaped_text(value)}</div>{after}"

    def parse(self, body: str) -> list[Part]:
        """The body in parts; joined, they are the body again."""
        return list(cut(body, _Reading(tokens(body)).spans()))


class _Label(NamedTuple):
    """A field's label: the position of its first tag, or of the box that it opens, and of its value."""

    start: int
    value: int
    field: Field
    text: str


class _Reading:
    """One reading of one body, as tokens; positions are those of tokens."""

    def __init__(self, body: Sequence[Token]) -> None:
        self._body = body
        self._closed = closing_tags(body, *_BOXES)
        bold = [position for position, token in enumerate(body) if token.bold and not token.closing]
        self._details = [at for at in bold if self._bold_text(at).casefold() == "call details"]
        self._labels = [label for at in bold if (label := self._label(at))]

    def spans(self) -> Iterator[Span]:
        done = 0
        for label, following in pairwise([*self._labels, None]):
            if label is None or label.start < done:
                continue  # inside the text of another part
            limit = self._opened_before(following.start) if following else len(self._body)
            boxed = self._boxed(label, limit)
            done, value = self._read(boxed, limit)
            start, end = self._body[boxed.start].start, self._body[done - 1].end
            yield Span(start, end, label.field, label.text, value)

    # -- labels --

    def _bold_text(self, at: int) -> str:
        """The text between the bold tag at ``at`` and its closing tag, when nothing else is between them."""
        inside = self._body[at + 1 : at + 3]
        if len(inside) == 2 and not inside[0].name and inside[1].bold and inside[1].closing:
            return decoded(inside[0].source).strip().removesuffix(":").rstrip()
        return ""

    def _label(self, at: int) -> _Label | None:
        text = self._bold_text(at)
        field = NOTE if text.casefold() == "agent notes" else labelled(text)
        if field is None or (field.kind.one_line and not self._colon(at)):
            return None
        return _Label(at, at + 3 if field.kind.one_line else self._after_break(at + 3), field, text)

    def _colon(self, at: int) -> bool:
        """Whether a colon parts the bold text from what follows."""
        after = self._body[at + 3 : at + 4]
        outside = bool(after) and not after[0].name and after[0].source.lstrip().startswith(":")
        return outside or self._body[at + 1].source.rstrip().endswith(":")

    def _boxed(self, label: _Label, following: int) -> _Label:
        """The label with the box that it opens, and with the box around that one if it holds nothing else."""
        inner = self._opened_before(label.start)
        outer = self._opened_before(inner)
        if label.field is NOTE or inner == label.start:
            return label
        end, around = self._closed.get(inner, following), self._closed.get(outer, following)
        alone = around == end + 1 if label.field.kind.one_line else around < following
        return label._replace(start=outer if outer < inner and alone else inner)

    def _opened_before(self, at: int) -> int:
        """The position of the box that is opened right before ``at``; ``at`` itself when there is none."""
        before = at - 1
        if before >= 0 and self._body[before].blank:
            before -= 1
        opened = before >= 0 and self._body[before].name in _BOXES and not self._body[before].closing
        return before if opened else at

    def _after_break(self, at: int) -> int:
        """The position after a line break at ``at``, with the white space before it; ``at`` without one."""
        following = at + 1 if at < len(self._body) and self._body[at].blank else at
        found = following < len(self._body) and self._body[following].name == "br"
        return following + 1 if found else at

    # -- values: each gives the position after the part, and what it says --

    def _read(self, label: _Label, following: int) -> tuple[int, str]:
        if label.field is NOTE:
            return self._note(label, following)
        return self._line(label, following) if label.field.kind.one_line else self._block(label, following)

    def _note(self, label: _Label, following: int) -> tuple[int, str]:
        known = bisect_left(self._details, label.value)
        if known == len(self._details):
            return following, text_of(self._body[label.value : following]).strip("\n")
        details = self._details[known]
        text = self._body[label.value : self._without_breaks(label.value, details)]
        return self._after_break(details + 3), text_of(text)

    def _without_breaks(self, start: int, end: int) -> int:
        """``end``, moved back over the two line breaks that part the note from the details."""
        breaks = 0
        while end > start and (self._body[end - 1].blank or self._body[end - 1].name == "br") and breaks < 2:
            breaks += self._body[end - 1].name == "br"
            end -= 1
        return end

    def _line(self, label: _Label, following: int) -> tuple[int, str]:
        end = label.value
        while end < following and not self._body[end].breaks:
            end += 1
        content = self._body[label.value : end]
        linked = link_of(content) if label.field.kind is Kind.LINK else ""
        closing = {self._closed.get(box) for box in range(label.start, label.value)}
        while end in closing:
            end += 1
        return end, linked or text_of(content).strip().removeprefix(":").strip()

    def _block(self, label: _Label, following: int) -> tuple[int, str]:
        closed = self._closed.get(label.start)
        if closed is None:
            return following, text_of(self._body[label.value : following]).strip("\n")
        done = closed + 1
        if label.field.name in _BREAK_FOLLOWS:
            done = self._after_break(done)
        return done, text_of(self._body[label.value : closed])
