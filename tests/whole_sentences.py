"""Whatever an error tells is a whole sentence: looked at in every test of the folders that take this fixture."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from appconnect.errors import AppConnectError

RUN_TOGETHER = re.compile(r"\b[A-Z]{2,}(?!s\b)[a-z]")
"""Capitals that run into a word; CRMs and URLs do not."""
QUOTES = re.compile(r"(It said|that can be read|not installed): .+\Z", re.DOTALL)
"""The words of somebody else, or a command to type: they end as they do."""


def is_whole(text: object) -> bool:
    """Whether it begins like a sentence and ends like one."""
    if not isinstance(text, str) or RUN_TOGETHER.match(text):
        return False
    return text.endswith((".", "!", "?")) or QUOTES.search(text) is not None


@pytest.fixture(autouse=True)
def _whole_sentences(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    told: list[object] = []
    begin = AppConnectError.__init__

    def noted(self: AppConnectError, *args: Any, **kwargs: Any) -> None:
        begin(self, *args, **kwargs)
        told.append(self.message)

    monkeypatch.setattr(AppConnectError, "__init__", noted)
    yield
    odd = [text for text in told if not is_whole(text)]
    assert not odd, odd
