"""An application on a loopback port: as quiet and as quick as it must be, and told when the port is taken."""

from __future__ import annotations

import errno
import logging
import socket

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from appconnect import loopback_server
from appconnect.loopback_server import PortTaken, served


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    request = Request(scope, receive)
    response: Response = PlainTextResponse(f"{request.client and request.client.host} {request.url.scheme}")
    await response(scope, receive, send)


async def test_it_is_served_on_any_free_port_of_this_computer_to_whoever_it_is(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG, "uvicorn.access")
    forwarded = {"x-forwarded-for": "1.2.3.4", "x-forwarded-proto": "https"}
    async with served(app) as port, httpx.AsyncClient() as client:
        answer = await client.get(f"http://127.0.0.1:{port}/?code=secret", headers=forwarded)
    assert "127.0.0.1 http" == answer.text
    assert [] == [each for each in caplog.records if each.name.startswith("uvicorn")]


async def test_nobody_listens_afterwards() -> None:
    async with served(app) as port:
        pass
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))


async def test_a_port_may_be_asked_for_and_is_told_when_it_is_taken() -> None:
    async with served(app) as port:
        with pytest.raises(PortTaken) as caught:
            async with served(app, port):
                pass
    told = f"Port {port} is taken by another program; choose another, or 0 for any free one."
    assert (port, told, errno.EADDRINUSE) == (caught.value.port, str(caught.value), caught.value.errno)
    async with served(app, port) as again:
        assert port == again


@pytest.mark.parametrize(
    ("number", "kind"),
    [(errno.EADDRINUSE, PortTaken), (errno.EACCES, PortTaken), (errno.EMFILE, OSError)],
)
async def test_only_a_port_that_cannot_be_had_is_called_taken(
    monkeypatch: pytest.MonkeyPatch, number: int, kind: type[Exception]
) -> None:
    def refused(address: object) -> None:
        raise OSError(number, "refused")

    monkeypatch.setattr(socket, "create_server", refused)
    with pytest.raises(OSError) as caught:
        async with served(app, 80):
            pass
    assert kind is type(caught.value)


def test_answers_do_not_wait_for_an_acknowledgement() -> None:
    with loopback_server._listen(0) as listener:
        assert 0 != listener.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        assert "127.0.0.1" == listener.getsockname()[0]


def test_the_guest_brings_nothing_that_it_does_not_need() -> None:
    config = loopback_server._guest(app).config
    assert ("critical", "off", "none", False, 1) == (
        config.log_level, config.lifespan, config.ws, config.proxy_headers, config.timeout_graceful_shutdown,
    )  # fmt: skip
