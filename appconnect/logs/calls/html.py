"""Call log bodies in HTML, which CRMs like to rewrite.

Parts are recognised by their bold labels, whatever else has changed: ``strong`` for ``b``, paragraphs for
list items, boxes that are gone, lists around the items, ``<br />``, white space. All text that is written
here is escaped, so no text reads as a label. App Connect's own server does not escape: labels and closing
tags in a note or block that it wrote are told from the body's own by what is around them.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from appconnect.logs.calls.fields import NOTE, Field, FieldType, field_with_label
from appconnect.logs.calls.parts import Part, Span, split_body
from appconnect.text.html import (
    BOLD,
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
        reader = _BodyReader(tokenize(body, lines_at_once=True))
        return list(split_body(body, reader.with_lone_heading(reader.spans())))


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
        bold = {
            at: self._bold_text(at)
            for at, token in enumerate(body)
            if token.name in BOLD and not token.closing
        }
        self._details = [at for at, text in bold.items() if text.casefold() == "call details"]
        self._labels = [label for at, text in bold.items() if (label := self._label(at, text))]
        self._starts = [label.start for label in self._labels]
        first = {label.field: label.start for label in reversed(self._labels)}
        self._last = {label.field: label.start for label in self._labels}
        self._first = sorted(first.values())
        known = set(self._starts)
        self._sure_details = [at for at in self._details if self._is_between(at, known)]

    @cached_property
    def _closing(self) -> dict[str, list[int]]:
        """The closing tags of each kind of box."""
        closing = [
            (at, token.name) for at, token in enumerate(self._body) if token.name in _BOXES and token.closing
        ]
        return {box: [at for at, name in closing if name == box] for box in _BOXES}

    @cached_property
    def _stray(self) -> dict[str, list[int]]:
        """Those of them that close nothing."""
        closed = set(self._closed.values())
        return {box: [at for at in self._closing[box] if at not in closed] for box in _BOXES}

    def spans(self) -> list[Span]:
        """Return the fields in their order."""
        found: list[Span] = []
        done = 0
        boxes = [*map(self._opened_before, self._starts), len(self._body)]
        for label, (box, limit) in zip(self._labels, pairwise(boxes), strict=True):
            if label.start < done:
                continue  # inside the text of another part
            boxed = self._boxed(label, box, limit)
            done, value = self._read(boxed, limit)
            start, end = self._body[boxed.start].start, self._body[done - 1].end
            found.append(Span(start, end, label.field, label.text, value))
        return found

    def with_lone_heading(self, spans: list[Span]) -> list[Span]:
        """Return the fields, and "Call details" without a note above it as an empty note."""
        if any(span.field is NOTE for span in spans):
            return spans
        ends = [span.end for span in spans]
        for at in self._details:
            start, end = self._body[at].start, self._body[self._after_break(at + 3) - 1].end
            place = bisect_right(ends, start)
            if place == len(spans) or spans[place].start >= end:
                return [*spans[:place], Span(start, end, NOTE, "", ""), *spans[place:]]
        return spans  # all are in the text of parts

    # -- markup in text that was not escaped --

    def _is_between(self, details: int, labels: set[int]) -> bool:
        """Return whether "Call details" stands between two line breaks and a field or the body's end."""
        after = self._after_break(details + 3)
        if after == details + 3 or self._before_breaks(0, details)[1] < 2:
            return False
        while after < len(self._body) and self._may_open_part(self._body[after]):
            after += 1
        return after == len(self._body) or after in labels

    def _may_open_part(self, token: Token) -> bool:
        return token.is_blank or (token.name in (*_BOXES, "ul", "ol") and not token.closing)

    def _end_of_note(self, start: int) -> int | None:
        """Return the position of the "Call details" that ends the note; others are in its text."""
        nearest = _first_from(self._details, start)
        sure = _first_from(self._sure_details, start)
        if sure is None or nearest is None or sure == nearest:
            return nearest
        within = bisect_left(self._starts, nearest)
        label = self._labels[within] if within < len(self._labels) else None
        repeats = label is None or label.start > sure or self._last[label.field] > sure
        return sure if repeats else nearest

    def _end_of_block(self, label: _Label) -> int | None:
        """Return the position of the tag that closes the block; None for one without a box, or never closed.

        A block ends before the next field that was not in the body yet. Up to there a closing tag that closes
        nothing is in its text; an opening tag in its text takes the closing tag of the block itself. The
        line break that is written behind a block ends it for sure.
        """
        box, closed = self._body[label.start], self._closed.get(label.start)
        if box.name not in _BOXES:
            return None
        if closed is not None and self._is_followed_by_break(label, closed):
            return closed
        new_field = _first_from(self._first, label.value)
        limit = len(self._body) if new_field is None else self._opened_before(new_field)
        candidates = self._closing[box.name] if closed is None else self._stray[box.name]
        last = bisect_left(candidates, limit) - 1
        after = label.value if closed is None else closed
        return candidates[last] if last >= 0 and candidates[last] >= after else closed

    def _is_followed_by_break(self, label: _Label, closed: int) -> bool:
        """Return whether the line break stands behind the block that it is written with."""
        return label.field.name in _BREAK_FOLLOWS and self._after_break(closed + 1) > closed + 1

    # -- labels --

    def _bold_text(self, at: int) -> str:
        """Return the text of the bold tag at ``at``; "" when there is more in it than text."""
        inside = self._body[at + 1 : at + 3]
        if len(inside) == 2 and not inside[0].name and inside[1].is_bold and inside[1].closing:
            return unescape(inside[0].source).strip().removesuffix(":").rstrip()
        return ""

    def _label(self, at: int, text: str) -> _Label | None:
        field = NOTE if text.casefold() == "agent notes" else field_with_label(text)
        if field is None or (field.is_one_line and not self._has_colon(at)):
            return None
        return _Label(at, at + 3 if field.is_one_line else self._after_break(at + 3), field, text)

    def _has_colon(self, at: int) -> bool:
        """Return True when a colon ends the bold text or follows it."""
        after = self._body[at + 3 : at + 4]
        outside = bool(after) and not after[0].name and after[0].source.lstrip().startswith(":")
        return outside or self._body[at + 1].source.rstrip().endswith(":")

    def _boxed(self, label: _Label, inner: int, following: int) -> _Label:
        """Return the label with the box around it, and the box around that if it holds nothing else."""
        if label.field is NOTE or inner == label.start:
            return label
        outer = self._opened_before(inner)
        end, outer_end = self._closed.get(inner, following), self._closed.get(outer, following)
        is_alone = outer_end == end + 1 if label.field.is_one_line else outer_end < following
        start = outer if outer < inner and is_alone else inner
        return _Label(start, label.value, label.field, label.text)

    def _opened_before(self, at: int) -> int:
        """Return the position of the box that opens right before ``at``; ``at`` when there is none."""
        before = at - 1
        if before > 0 and self._body[before].is_blank:
            before -= 1
        if before < 0:
            return at
        token = self._body[before]
        return before if token.name in _BOXES and not token.closing else at

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
        details = self._end_of_note(label.value)
        if details is None:
            return following, text_in(self._body[label.value : following]).strip("\n")
        text = self._body[label.value : self._before_breaks(label.value, details)[0]]
        return self._after_break(details + 3), text_in(text)

    def _before_breaks(self, start: int, end: int) -> tuple[int, int]:
        """Return ``end`` moved back over up to two line breaks, and how many; two end a note."""
        breaks = 0
        while (
            end > start and (self._body[end - 1].is_blank or self._body[end - 1].name == "br") and breaks < 2
        ):
            breaks += self._body[end - 1].name == "br"
            end -= 1
        return end, breaks

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
        closed = self._end_of_block(label)
        if closed is None:
            return following, text_in(self._body[label.value : following]).strip("\n")
        done = closed + 1
        if label.field.name in _BREAK_FOLLOWS:
            done = self._after_break(done)
        return done, text_in(self._body[label.value : closed])


def _first_from(positions: Sequence[int], start: int) -> int | None:
    """Return the first of the positions from ``start`` on."""
    at = bisect_left(positions, start)
    return positions[at] if at < len(positions) else None
