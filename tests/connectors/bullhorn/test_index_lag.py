"""Bullhorn's search knows a new record only after a while: what was created just now is waited for."""

from __future__ import annotations

import httpx
import pytest
from platforms import answers_of
from shared_store import Processes

from appconnect.errors import Unreachable
from appconnect.store import Store
from appconnect.workbench.sandboxes import make_sandbox

NUMBER, NAME = "+14155550123", "Dora Double"


class Queue(httpx.AsyncBaseTransport):
    """Writes wait in a queue for two tries, of so many seconds; then one is done, and its answer is lost."""

    def __init__(self, inner: httpx.AsyncBaseTransport, seconds: int) -> None:
        self._inner, self._seconds, self.writes = inner, seconds, 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.method not in ("PUT", "POST") or "/search" in str(request.url):
            return await self._inner.handle_async_request(request)
        self.writes += 1
        if self.writes <= 2:
            wait = {"Retry-After": str(self._seconds)}
            return httpx.Response(429, headers=wait, json={"errorMessage": "Wait"})
        await self._inner.handle_async_request(request)
        raise httpx.ReadError("cut off", request=request)


@pytest.mark.parametrize("seconds", [1, 25])
async def test_the_search_is_waited_for_from_when_a_contact_was_sent(seconds: int) -> None:
    """Not from when that was decided: a minute may pass until a request has its turn."""
    store, sandbox = Store.in_memory(), make_sandbox("bullhorn")
    sandbox["bullhorn"].toggles["index_lag"] = True
    processes, kind = Processes("bullhorn", sandbox, store), answers_of("bullhorn").contact_type
    first = processes.start()
    assert (await first.sign_in()).successful
    await first.create_contact("+14155550124", "Wanda Warm", kind)
    network = Queue(sandbox.transport(), seconds)
    lost = await processes.start(transport=network).create_contact(NUMBER, NAME, kind)
    assert isinstance(lost.error, Unreachable)
    again = await first.create_contact(NUMBER, NAME, kind)
    assert again.contact_info is not None
    await first.sleep(60)
    found = (await first.find_contact(NUMBER)).contacts
    assert [again.contact_info.id] == [each.id for each in found]
    store.close()
