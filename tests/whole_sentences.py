"""Whatever an error or a warning tells is a whole sentence: looked at in the folders that take this fixture."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import appconnect
from appconnect import errors, operation_warnings
from appconnect.errors import AppConnectError
from appconnect.operation_warnings import Warnings

PRODUCT = str(Path(appconnect.__file__).parent)
NOBODY = (errors.__file__, operation_warnings.__file__, __file__)
"""Files through which errors and warnings of any making pass."""

RUN_TOGETHER = re.compile(r"\b[A-Z]{2,}(?!s\b)[a-z]")
"""Capitals that run into a word; CRMs and URLs do not."""
QUOTES = re.compile(
    r"(It said|that can be read|not installed|renew it with|so nothing was sent to it): .+\Z", re.DOTALL
)
"""The words of somebody else, or a command to type: they end as they do."""


def is_whole(text: object) -> bool:
    """Whether it begins like a sentence and ends like one."""
    if not isinstance(text, str) or RUN_TOGETHER.match(text):
        return False
    return text.endswith((".", "!", "?")) or QUOTES.search(text) is not None


@pytest.fixture(autouse=True)
def _whole_sentences(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    told: list[object] = []
    begin, add = AppConnectError.__init__, Warnings.add

    def noted(self: AppConnectError, *args: Any, **kwargs: Any) -> None:
        begin(self, *args, **kwargs)
        if _is_made_by_product():
            told.append(self.message)

    def warned(self: Warnings, sentence: str) -> None:
        add(self, sentence)
        if _is_made_by_product():
            told.append(sentence)

    monkeypatch.setattr(AppConnectError, "__init__", noted)
    monkeypatch.setattr(Warnings, "add", warned)
    yield
    odd = [text for text in told if not is_whole(text)]
    assert not odd, odd


def _is_made_by_product() -> bool:
    """Whether whoever makes an error or a warning now is none of the tests, which need not speak well."""
    frame = sys._getframe()
    while frame.f_back and frame.f_code.co_filename in NOBODY:
        frame = frame.f_back
    return frame.f_code.co_filename.startswith(PRODUCT)
