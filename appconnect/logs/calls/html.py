"""Call log bodies in HTML, which CRMs like to rewrite.

Parts are recognised by their bold labels, whatever else has changed: ``strong`` for ``b``, paragraphs for
list items, boxes that are gone, lists around the items, ``<br />``, white space. All text that is written
here is escaped, so no text reads as a label.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from appconnect.logs.calls.fields import NOTE, Field, FieldType, field_with_label
from appconnect.logs.calls.parts import Part, Span, split_body
from appconnect.text.html import (
    Token,
    closing_tags,
    escape_line,
    escape_text,
    first_link,
    link,
    text_in,
    tokenize,
    unescape,
)

_BOXES = ("li", "div", "p")
_BREAK_FOLLOWS = ("ai_note", "transcript")


class Html:
    """List items for lines, ``div`` for blocks, each with a bold label."""

    def label(self, field: Field, outbound: bool) -> str:
        """Return the field's label; the contact's number is the caller's or the recipient's."""
        labels = field.html_labels or (field.label,)
        return labels[-1] if outbound else labels[0]

    def gap(self, before: str, field: Field) -> str:
        """Return "": tags separate parts."""
        return ""

    def is_open_ended(self, field: Field) -> bool:
        """Return False: every part is closed."""
        return False

    def line_break(self, body: str) -> str:
        """Return a line break; bodies in HTML only have ``<br>``."""
        return "\n"

    def render(self, field: Field, label: str, value: str) -> str:
        """Return the part in HTML, its value escaped."""
        match field.type:
            case FieldType.NOTE:
                return f"<b>Agent notes</b><br>{escape_text(value)}<br><br><b>Call details</b><br>"
            case FieldType.LINE:
                return f"<li><b>{label}</b>: {escape_line(value)}</li>"
            case FieldType.LINK:
                return f"<li><b>{label}</b>: {link(value)}</li>"
            case _:
                after = "<br>" if field.name in _BREAK_FOLLOWS else ""
                return f"<div><b>{label}</b><br>{escape_text(value)}</div>{after}"

    def parse(self, body: str) -> list[Part]:
        """Return the body in parts; joined, they are the body again."""
        return list(split_body(body, _BodyReader(tokenize(body)).spans()))


class _Label(NamedTuple):
    """A field's label: the position of its first tag or of the box around it, and of its value."""

    start: int
    value: int
    field: Field
    text: str


class _BodyReader:
    """Finds the fields in a body; positions are those of tokens."""

    def __init__(self, body: Sequence[Token]) -> None:
        self._body = body
        self._closed = closing_tags(body, *_BOXES)
        bold = [position for position, token in enumerate(body) if token.is_bold and not token.closing]
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
        """Return the text of the bold tag at ``at``; "" when there is more in it than text."""
        inside = self._body[at + 1 : at + 3]
        if len(inside) == 2 and not inside[0].name and inside[1].is_bold and inside[1].closing:
            return unescape(inside[0].source).strip().removesuffix(":").rstrip()
        return ""

    def _label(self, at: int) -> _Label | None:
        text = self._bold_text(at)
        field = NOTE if text.casefold() == "agent notes" else field_with_label(text)
        if field is None or (field.is_one_line and not self._has_colon(at)):
            return None
        return _Label(at, at + 3 if field.is_one_line else self._after_break(at + 3), field, text)

    def _has_colon(self, at: int) -> bool:
        """Return True when a colon ends the bold text or follows it."""
        after = self._body[at + 3 : at + 4]
        outside = bool(after) and not after[0].name and after[0].source.lstrip().startswith(":")
        return outside or self._body[at + 1].source.rstrip().endswith(":")

    def _boxed(self, label: _Label, following: int) -> _Label:
        """Return the label with the box around it, and the box around that if it holds nothing else."""
        inner = self._opened_before(label.start)
        outer = self._opened_before(inner)
        if label.field is NOTE or inner == label.start:
            return label
        end, outer_end = self._closed.get(inner, following), self._closed.get(outer, following)
        is_alone = outer_end == end + 1 if label.field.is_one_line else outer_end < following
        return label._replace(start=outer if outer < inner and is_alone else inner)

    def _opened_before(self, at: int) -> int:
        """Return the position of the box that opens right before ``at``; ``at`` when there is none."""
        before = at - 1
        if before >= 0 and self._body[before].is_blank:
            before -= 1
        opened = before >= 0 and self._body[before].name in _BOXES and not self._body[before].closing
        return before if opened else at

    def _after_break(self, at: int) -> int:
        """Return the position after a line break at ``at`` and white space before it; ``at`` without one."""
        following = at + 1 if at < len(self._body) and self._body[at].is_blank else at
        found = following < len(self._body) and self._body[following].name == "br"
        return following + 1 if found else at

    # -- values: each method returns the position after the part, and its value --

    def _read(self, label: _Label, following: int) -> tuple[int, str]:
        if label.field is NOTE:
            return self._note(label, following)
        return self._line(label, following) if label.field.is_one_line else self._block(label, following)

    def _note(self, label: _Label, following: int) -> tuple[int, str]:
        next_details = bisect_left(self._details, label.value)
        if next_details == len(self._details):
            return following, text_in(self._body[label.value : following]).strip("\n")
        details = self._details[next_details]
        text = self._body[label.value : self._before_breaks(label.value, details)]
        return self._after_break(details + 3), text_in(text)

    def _before_breaks(self, start: int, end: int) -> int:
        """Return ``end`` moved back over the two line breaks between the note and the details."""
        breaks = 0
        while (
            end > start and (self._body[end - 1].is_blank or self._body[end - 1].name == "br") and breaks < 2
        ):
            breaks += self._body[end - 1].name == "br"
            end -= 1
        return end

    def _line(self, label: _Label, following: int) -> tuple[int, str]:
        end = label.value
        while end < following and not self._body[end].breaks_line:
            end += 1
        content = self._body[label.value : end]
        linked = first_link(content) if label.field.type is FieldType.LINK else ""
        closing = {self._closed.get(box) for box in range(label.start, label.value)}
        while end in closing:
            end += 1
        return end, linked or text_in(content).strip().removeprefix(":").strip()

    def _block(self, label: _Label, following: int) -> tuple[int, str]:
        closed = self._closed.get(label.start)
        if closed is None:
            return following, text_in(self._body[label.value : following]).strip("\n")
        done = closed + 1
        if label.field.name in _BREAK_FOLLOWS:
            done = self._after_break(done)
        return done, text_in(self._body[label.value : closed])
