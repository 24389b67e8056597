"""Networks that fail on purpose, as the contract's cases use them."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from appconnect.sandbox.networks import CutOff, Slow


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


async def test_on_a_slow_network_requests_overtake_each_other_before_and_after_they_are_answered() -> None:
    told: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        told.append(f"{request.method} arrives")
        return httpx.Response(200)

    async def send(client: httpx.AsyncClient, method: str) -> None:
        told.append(f"{method} leaves")
        await client.request(method, "https://api.acme.test")
        told.append(f"{method} is answered")

    async with httpx.AsyncClient(transport=Slow(httpx.MockTransport(answer))) as client:
        await asyncio.gather(send(client, "GET"), send(client, "PUT"))
    assert [
        f"{method} {what}" for what in ("leaves", "arrives", "is answered") for method in ("GET", "PUT")
    ] == told
