"""What each CRM's sandbox answers at first, operation by operation: compared with what was agreed on.

The answers are texts in ``shown``, a line each; ``tests/on_screen.py`` says how they are written anew.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import pytest
from on_screen import agreed
from platforms import CRMS
from workbench_steps import signed_in

from appconnect.errors import AppConnectError
from appconnect.workbench import KnownPath, Workbench

SHOWN = Path(__file__).with_name("shown")
AT_MOST = 250
"""Operations of a CRM that are asked, evenly over all."""
LONGEST = 400
ID = re.compile(r'"(?:id|[A-Z]+_ID)": "?([\w-]+)')
"""The first id of an answer."""


@pytest.mark.parametrize("crm", CRMS)
async def test_what_the_operations_of_a_crm_answer(crm: str) -> None:
    workbench = await signed_in(crm)
    played = [each for each in workbench.known_paths() if each.is_played]
    some = played[:: len(played) // AT_MOST + 1]
    ids: dict[str, str] = {}
    told = [line async for line in _answers(workbench, sorted(some, key=_order), ids)]
    agreed(SHOWN / f"answers_{crm}.txt", told)


def _order(known: KnownPath) -> tuple[bool, bool, str, str]:
    """Lists first, whose ids are then asked for; what writes comes last."""
    return known.method != "GET", "{" in known.path, known.path, known.method


async def _answers(
    workbench: Workbench, known: Sequence[KnownPath], ids: dict[str, str]
) -> AsyncIterator[str]:
    for each in known:
        path = _filled(each.path, ids)
        with suppress(AppConnectError):
            await workbench.request(each.method, path, json=None if each.method == "GET" else {})
        answer = workbench.trace[-1]
        body = json.dumps(answer.response_body, ensure_ascii=False, sort_keys=True)
        if found := ID.search(body):
            ids.setdefault(each.path, found[1])
        digest = sha256(body.encode("utf-8", "replace")).hexdigest()[:8]
        yield f"{each.method} {path} → {answer.outcome} {body[:LONGEST]} {digest if len(body) > LONGEST else ''}".rstrip()


def _filled(path: str, ids: dict[str, str]) -> str:
    """A path with the first id of its list in place of its first parameter, and 1 in place of others."""
    begin = path.partition("/{")[0]
    return re.sub(r"\{[^}]*\}", "1", re.sub(r"\{[^}]*\}", ids.get(begin, "1"), path, count=1))
