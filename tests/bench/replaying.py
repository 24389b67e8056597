"""What replay takes for each request, however long the recording is, and for one that was never recorded."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime
from itertools import count, islice
from pathlib import Path

import httpx

from appconnect.errors import NoMatch
from appconnect.http.bodies import Body
from appconnect.http.exchange import Request, Response
from appconnect.replay.cassette import Cassette, Header
from appconnect.replay.exchanges import RecordedExchange
from appconnect.replay.transport import ReplayTransport
from bench.rows import MICROSECONDS, MILLISECONDS, Row, at_most, measurement
from bench.timing import cpu_seconds, cpu_seconds_of

ADDRESS = "https://api.pipedrive.com/api/v2/persons/search"
FEW, MANY, MOST = 300, 3_000, 10_000
ASKED = 50
"""In each round; no request is recorded twice."""


@measurement
async def each_request() -> Iterable[Row]:
    """Compare long recordings with a short one: what a request costs does not depend on the others."""
    with tempfile.TemporaryDirectory() as folder:
        ways = [
            _asking(ReplayTransport(Cassette.open(_recorded(Path(folder), many))))
            for many in (FEW, MANY, MOST)
        ]
        few, *longer = await cpu_seconds_of(*ways)
    each = 1_000_000 / ASKED
    return [
        Row(f"replay of a request, {many:,} recorded", seconds * each, few * each, f"{FEW} recorded",
            at_most(1.2), MICROSECONDS, floor=few * each, why="secrets are looked for in what is asked")
        for many, seconds in zip((MANY, MOST), longer, strict=True)
    ]  # fmt: skip


@measurement
async def near_miss() -> Iterable[Row]:
    """Compare finding the nearest of many with the limit that a person does not notice."""
    with tempfile.TemporaryDirectory() as folder:
        transport = ReplayTransport(Cassette.open(_recorded(Path(folder), MOST)))

    async def missing() -> None:
        with suppress(NoMatch):
            await transport.handle_async_request(httpx.Request("GET", ADDRESS, params={"term": "Holt"}))

    (seconds,) = await cpu_seconds_of(missing)
    return [Row(f"near miss of {MOST:,} recorded", seconds * 1000, 20, "at most", at_most(1), MILLISECONDS, floor=0.2,
                why="the floor is a request that is found; each of the same address is compared, to name what differs")]  # fmt: skip


@measurement
def opening() -> Iterable[Row]:
    """Compare opening a recording for replay with reading all of it."""
    with tempfile.TemporaryDirectory() as folder:
        path = _recorded(Path(folder), MOST)
        opened, read, parsed = cpu_seconds(
            lambda: ReplayTransport(Cassette.open(path)),
            lambda: Cassette.load(path),
            lambda: json.loads(path.read_bytes()),
            rounds=3,
        )
    yield Row(f"opening {MOST:,} exchanges", opened * 1000, read * 1000, "reading all", at_most(0.6), MILLISECONDS,
              floor=parsed * 1000, why="the file is JSON, which is parsed whole, and its requests are indexed")  # fmt: skip


def _asking(transport: ReplayTransport) -> Callable[[], Awaitable[object]]:
    numbers = count()

    async def work() -> None:
        for number in islice(numbers, ASKED):
            await transport.handle_async_request(_sent(number))

    return work


def _sent(number: int) -> httpx.Request:
    return httpx.Request("GET", ADDRESS, params={"term": f"415555{number:05}", "fields": "phone"})


def _recorded(folder: Path, many: int) -> Path:
    path = folder / f"{many}.json"
    record = {"id": 101, "name": "Nia Holt", "phones": ["+1 415 555 0134"], "owner": {"id": 31}, "org": None}
    answer = Response(status=200, headers={"content-type": "application/json"},
                      body=Body(kind="json", value={"data": [record]}))  # fmt: skip
    header = Header(crm="pipedrive", scenario="many", recorded_from="sandbox",
                    recorded_at=datetime(2026, 1, 2, tzinfo=UTC), appconnect="1")  # fmt: skip
    asked = (Request(method="GET", url=ADDRESS, query=dict(_sent(each).url.params)) for each in range(many))
    Cassette(
        header=header, exchanges=[RecordedExchange(request=each, response=answer) for each in asked]
    ).save(path)
    return path
