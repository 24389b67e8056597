"""How a body is written and read in each of the formats that CRMs store.

``render`` writes one part, ``parse`` cuts a stored body into parts that join to the very same body again.
"""

from __future__ import annotations

from typing import Protocol

from appconnect.logs.calls.fields import Field, Part
from appconnect.logs.calls.html import Html
from appconnect.logs.calls.line_format import Markdown, PlainText
from appconnect.models import LogFormat


class BodyFormat(Protocol):
    """What a format does for a body."""

    def parse(self, body: str) -> list[Part]:
        """The body in parts; joined, they are the body again."""

    def render(self, field: Field, label: str, value: str) -> str:
        """The part as it is written, label and all."""

    def label(self, field: Field, outbound: bool) -> str:
        """How the field is labelled."""

    def gap(self, before: str, field: Field) -> str:
        """What goes between ``before`` and a part that is added after it."""

    def line_break(self, body: str) -> str:
        """The line break that the body is written with."""

    def open_ended(self, field: Field) -> bool:
        """Whether text that follows the part would be read as belonging to it."""


FORMATS: dict[LogFormat, BodyFormat] = {
    LogFormat.HTML: Html(),
    LogFormat.MARKDOWN: Markdown(),
    LogFormat.PLAIN: PlainText(),
}
