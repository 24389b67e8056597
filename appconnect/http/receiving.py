"""Answers that are read to an end: of a largest size, counted after they are unpacked."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx

MAX_ANSWER = 32_000_000
"""The largest answer that is read, in bytes; a page of a CRM's list has some hundred thousand."""


PACKINGS = "gzip, deflate"
"""How an answer may be packed: one of their bytes is a thousand at most."""


class TooLarge(httpx.TransportError):
    """The answer is larger than ``MAX_ANSWER``; its connection is closed."""


class MeteredResponse(httpx.Response):
    """An answer whose reading stops with :class:`TooLarge`, however small it is while it is packed."""

    async def aread(self) -> bytes:
        """Return the whole unpacked content."""
        content = await super().aread()
        if len(content) > MAX_ANSWER:
            await self._refuse()
        return content

    async def aiter_bytes(self, chunk_size: int | None = None) -> AsyncIterator[bytes]:
        """Iterate over the unpacked content."""
        told, size = self.headers.get("content-length", ""), 0
        if self._is_packed_oddly:
            await self.aclose()
            raise httpx.DecodingError("packed in a way that was not asked for")
        if told.isdecimal() and int(told[:20]) > MAX_ANSWER:
            await self._refuse()
        async for chunk in super().aiter_bytes(chunk_size):
            size += len(chunk)
            if size > MAX_ANSWER:
                await self._refuse()
            yield chunk

    @property
    def _is_packed_oddly(self) -> bool:
        """Whether it is packed twice, or otherwise: few bytes could be gigabytes before they are counted."""
        packings = [each.strip().lower() for each in self.headers.get("content-encoding", "").split(",")]
        packings = [each for each in packings if each not in ("", "identity")]
        return len(packings) > 1 or not set(PACKINGS.split(", ")).issuperset(packings)

    async def _refuse(self) -> None:
        await self.aclose()
        raise TooLarge(f"more than {MAX_ANSWER} bytes")


def metered(response: httpx.Response) -> httpx.Response:
    """Let an answer be read no further than ``MAX_ANSWER``, and return it."""
    response.__class__ = MeteredResponse  # a copy of it would read every header again
    return response
