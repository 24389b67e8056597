"""The formats of call log bodies, by the CRM's log format.

``render`` writes one part, ``parse`` splits a stored body into parts that join to the very same body.
"""

from __future__ import annotations

from typing import Protocol

from appconnect.errors import ConfigurationError
from appconnect.logs.calls.fields import Field
from appconnect.logs.calls.html import Html
from appconnect.logs.calls.markdown import Markdown
from appconnect.logs.calls.parts import Part
from appconnect.logs.calls.plain_text import PlainText
from appconnect.models import LogFormat


class BodyFormat(Protocol):
    """A format that bodies are written and read in."""

    def parse(self, body: str) -> list[Part]:
        """Return the body in parts; joined, they are the body again."""

    def render(self, field: Field, label: str, value: str) -> str:
        """Return the part as it is written, label and all."""

    def label(self, field: Field, outbound: bool) -> str:
        """Return the field's label."""

    def gap(self, before: str, field: Field) -> str:
        """Return what goes between ``before`` and a part that is added after it."""

    def line_break(self, body: str) -> str:
        """Return the line break that the body is written with."""

    def is_open_ended(self, field: Field) -> bool:
        """Return True when text that follows the part would be read as belonging to it."""


FORMATS: dict[LogFormat, BodyFormat] = {
    LogFormat.HTML: Html(),
    LogFormat.MARKDOWN: Markdown(),
    LogFormat.PLAIN: PlainText(),
}


def known_format(format: LogFormat | str) -> LogFormat:
    """Return the format that a connector names; ConfigurationError for one that nobody writes."""
    try:
        return LogFormat(format)
    except ValueError:
        raise ConfigurationError(
            f"There is no log format {format!r}; choose one of: {', '.join(LogFormat)}."
        ) from None


def body_format(format: LogFormat | str) -> BodyFormat:
    """Return what reads and writes bodies of this format. Raises ConfigurationError as `known_format`."""
    return FORMATS[known_format(format)]
