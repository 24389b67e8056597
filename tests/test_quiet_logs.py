"""What libraries tell below a level stays out of the logs, whatever level they are set to."""

from __future__ import annotations

import logging

import pytest

from appconnect.quiet_logs import quiet


def test_a_quiet_logger_tells_what_is_important_and_others_tell_all(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    names = ("quiet.one", "quiet.other")
    quiet(logging.WARNING, *names)
    quiet(logging.CRITICAL, *names)  # who asked first is heeded
    for name in (*names, "quiet.one.inner", "quiet"):
        for level in (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR):
            logging.getLogger(name).log(level, name)
    assert [2, 2, 4, 4] == [caplog.messages.count(name) for name in (*names, "quiet.one.inner", "quiet")]
    assert [1, 1] == [len(logging.getLogger(name).filters) for name in names]
