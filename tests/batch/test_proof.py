"""A sample of ``make batch``: a batch in another process, killed and resumed, against what stands in the CRM."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from batch_proof.verdict import prove
from batch_proof.wire import IdleClock, Timed, read_frame, send_frame
from platforms import KEY, OAUTH


@pytest.mark.parametrize(("crm", "kills", "log"), [(OAUTH, 2, True), (KEY, 0, True), (KEY, 2, False)])
async def test_every_row_is_accounted_for_exactly_once(crm: str, kills: int, log: bool) -> None:
    assert [] == (await prove(crm, 150, kills, seed=3, log=log)).problems


async def test_requests_that_begin_at_once_are_all_answered(tmp_path: Path) -> None:
    """Over one connection: of two, the first was closed unread when the second took its place."""

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                number, _, _, url, *_ = await read_frame(reader)
                send_frame(writer, (number, 200, [], url.encode()))
        except asyncio.IncompleteReadError:
            writer.close()

    address = str(tmp_path / "crm.socket")
    server = await asyncio.start_unix_server(echo, address)
    transport = Timed(address, IdleClock(datetime.now(UTC)))
    urls = [f"https://crm.test/{number}" for number in range(3)]
    asked = [transport.handle_async_request(httpx.Request("GET", url)) for url in urls]
    async with asyncio.timeout(5):
        answers = await asyncio.gather(*asked)
    assert urls == [each.content.decode() for each in answers]
    server.close()
