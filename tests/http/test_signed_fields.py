"""What a signer adds to a request is noted there, so that it is masked whatever it is called."""

from __future__ import annotations

from collections.abc import Generator

import httpx
from wire import BASE, Wire, said


class Anything(httpx.Auth):
    """Signs with a header and a parameter that nobody has heard of; the parameter is new each time."""

    base_url = BASE

    def __init__(self) -> None:
        self.count = 0

    async def async_auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        for _ in range(2):
            self.count += 1
            request.headers["X-Who"] = "seal"
            request.url = request.url.copy_merge_params({"k": f"seal-{self.count}"})
            answer = yield request
            if answer.status_code != 401:
                return


async def test_headers_and_parameters_of_the_signer_are_masked_and_others_are_not() -> None:
    wire = Wire(said())
    wire.client.signer = Anything()
    await wire.client.send("GET", "/x", params={"page": 2}, headers={"include": "phones"})
    [exchange] = wire.client.trace
    assert "/x?k=<k>&page=2" == exchange.path
    assert ("<x-who>", "phones") == (exchange.request_headers["x-who"], exchange.request_headers["include"])


async def test_they_are_masked_in_every_repetition() -> None:
    wire = Wire(said(401), said(503), said(200))
    wire.client.signer = Anything()
    await wire.client.get("/x")
    assert [401, 503, 200] == [each.status for each in wire.client.trace]
    assert ["/x?k=<k>"] * 3 == [each.path for each in wire.client.trace]
    assert {"<x-who>"} == {each.request_headers["x-who"] for each in wire.client.trace}


async def test_of_a_request_that_nobody_signed_unknown_headers_are_masked() -> None:
    wire = Wire(said())
    await wire.client.send_unsigned(httpx.Request("GET", f"{BASE}/x", headers={"X-Who": "seal-1"}))
    assert "<x-who>" == wire.client.trace[0].request_headers["x-who"]
