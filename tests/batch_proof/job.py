"""The process that works: it matches or logs a table, and prints how it went; it may be killed."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from other_process import Killer, KillingStore, Place, not_used, workbench_of
from pydantic import SecretStr

from appconnect.batch import Progress
from batch_proof.wire import IdleClock, Timed

SOCKET = "crm.socket"
SAMPLES = 50


def memory() -> int:
    """The bytes of memory that this process holds."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


async def work(job: dict[str, Any]) -> dict[str, Any]:
    """Match or log the table, and tell how it went."""
    started = time.process_time()
    place = Place(**job["place"])
    clock = IdleClock(datetime.fromisoformat(job["now"]))
    KillingStore.killer = Killer("transaction", *job["kill"])
    store = KillingStore.at(Path(place.home), SecretStr(place.url))
    transport = Timed(str(Path(place.home) / SOCKET), clock)
    workbench = workbench_of(place, store, clock=clock, transport=transport)
    held: list[tuple[float, int]] = []

    def tell(progress: Progress) -> None:
        held.append((progress.share, memory()))

    batch = await workbench.batch.prepare(job["table"], log=job["log"], output=job["output"])
    result = await batch.run(tell)
    return {
        "counts": dict(result.counts),
        "stopped": result.stopped,
        "plan": batch.plan.sentences(),
        "days": batch.plan.days,
        "pace": next(([each.requests, each.seconds] for each in workbench.rate_limits if each.path == "*"), None),
        "day": [workbench.limits.daily_remaining, workbench.limits.daily_amount],
        "held": held[:: max(1, len(held) // SAMPLES)] + held[-1:],
        "cpu": time.process_time() - started,
    }  # fmt: skip


if __name__ == "__main__":
    not_used()
    print(json.dumps(asyncio.run(work(json.loads(sys.argv[1])))))
