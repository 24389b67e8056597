"""Line breaks: which ones a text is written with, and text without any."""

from __future__ import annotations


def line_break(text: str) -> str:
    """Return CR LF for a text whose line breaks are all CR LF, else LF."""
    return "\r\n" if 0 < text.count("\n") == text.count("\r\n") else "\n"


def one_line(text: str) -> str:
    """Return the text with its line breaks replaced by spaces."""
    return " ".join(text.splitlines()).strip()
