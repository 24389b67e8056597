"""What the sandbox's pages say on the port, for each CRM: compared with what was agreed on.

The pages are texts in ``shown``; ``tests/on_screen.py`` says how they are written anew.
"""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from on_screen import agreed, broken
from platforms import CRMS

from appconnect.sandbox.server import Sandbox
from appconnect.workbench.sandboxes import make_sandbox

SHOWN = Path(__file__).with_name("shown")
URL = "http://127.0.0.1:8700"


async def lines(sandbox: Sandbox, method: str, path: str, **how: object) -> list[str]:
    """A request to the port, and what it answers, a tag with its text in a line."""
    transport = httpx.ASGITransport(sandbox)
    async with httpx.AsyncClient(transport=transport, base_url=URL) as client:
        answer = await client.request(method, path, **how)  # type: ignore[arg-type]
    names = ("content-type", "location", "content-security-policy", "cache-control", "x-content-type-options")
    headers = [f"{name}: {answer.headers[name]}" for name in names if name in answer.headers]
    return [
        f"== {method} {path} {how or ''}",
        f"{answer.status_code}",
        *headers,
        *broken(answer.text).splitlines(),
        "",
    ]


@pytest.mark.parametrize("crm", CRMS)
async def test_the_pages_of_a_crm(crm: str) -> None:
    sandbox = make_sandbox(crm)
    told = await lines(sandbox, "GET", "/")
    told += await lines(sandbox, "GET", "/_sandbox/coverage", headers={"accept": "text/html"})
    agreed(SHOWN / f"{crm}.txt", told)


async def test_the_pages_of_the_port() -> None:
    sandbox = make_sandbox(CRMS[0])
    told = await lines(sandbox, "GET", "/faults")
    for form in (
        {"crm": CRMS[0], "named": "503"},
        {"crm": CRMS[0], "named": "503", "method": "READ", "path": "/v1/*", "times": "3"},
        {"crm": "nobody", "named": "503"},
        {"crm": CRMS[0], "named": "<b>"},
        {"crm": CRMS[0], "named": "503", "times": "0"},
        {"crm": CRMS[0], "named": "503", "times": "many"},
    ):
        told += await lines(sandbox, "POST", "/faults", data=form)
        told += [f"waiting: {each.in_words}" for each in sandbox[CRMS[0]].faults.waiting]
    told += await lines(sandbox, "DELETE", "/faults")
    told += [f"waiting: {len(sandbox[CRMS[0]].faults)}"]
    for path in ("/_sandbox/credentials/nobody", "/nobody/v1", "/_sandbox"):
        told += await lines(sandbox, "GET", path)
    agreed(SHOWN / "port.txt", told)
