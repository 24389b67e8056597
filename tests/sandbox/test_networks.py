"""Networks that fail on purpose, as the contract's cases use them."""

from __future__ import annotations

import httpx
import pytest

from appconnect.sandbox.networks import CutOff


@pytest.mark.parametrize("done", [True, False])
async def test_a_network_is_gone_from_the_first_write_on_until_it_is_mended(done: bool) -> None:
    arrived: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        arrived.append(request.method)
        return httpx.Response(200)

    network = CutOff(httpx.MockTransport(answer), done=done)
    async with httpx.AsyncClient(transport=network, base_url="https://api.acme.test") as client:
        await client.get("/people")
        for method in ("POST", "GET", "PUT"):
            with pytest.raises(httpx.ReadError, match="cut off"):
                await client.request(method, "/people")
        assert arrived == (["GET", "POST"] if done else ["GET"])
        network.mend()
        for method in ("GET", "POST", "POST"):
            await client.request(method, "/people")
    assert arrived[-3:] == ["GET", "POST", "POST"]
