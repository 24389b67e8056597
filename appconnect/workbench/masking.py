"""Nothing secret gets into the trace: it is masked by the same rules as a recording."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from urllib.parse import parse_qsl, urlencode, urlsplit

from pydantic import JsonValue, SecretStr

from appconnect.http import Exchange
from appconnect.replay.body import Body, Kind, flat_pairs, pairs
from appconnect.replay.cassette import RecordedRequest, RecordedResponse
from appconnect.replay.detectors import placeholder, secret_name
from appconnect.replay.scrub import mask_text, scrub_request, scrub_response
from appconnect.replay.secret_values import Secrets

SECRET_HEADERS = frozenset({"cookie", "set-cookie", "bhresttoken"})


class Mask:
    """Masks exchanges before the trace keeps them; learns each secret where it is named."""

    def __init__(self, given: Iterable[SecretStr] = ()) -> None:
        self._secrets = Secrets(given)

    def __call__(self, exchange: Exchange) -> Exchange:
        """The exchange as it may be shown."""
        request, response = _request(exchange), _response(exchange)
        self._secrets.learn(request, response)
        shown, answered = scrub_request(request, self._secrets), scrub_response(response, self._secrets)
        query = urlencode(list(flat_pairs(shown.query)), safe="<>,:/@")
        return replace(
            exchange,
            url=f"{shown.url}?{query}" if query else shown.url,
            request_headers=self._headers(exchange.request_headers, shown.headers),
            request_body=shown.body.value if shown.body else None,
            response_headers=self._headers(exchange.response_headers, answered.headers),
            response_body=answered.body.value if answered.body else None,
        )

    def _headers(self, sent: Mapping[str, str], scrubbed: Mapping[str, str]) -> dict[str, str]:
        return {name: scrubbed.get(name) or self._header(name, value) for name, value in sent.items()}

    def _header(self, name: str, value: str) -> str:
        if name in SECRET_HEADERS or (secret_name(name) and "ratelimit" not in name):
            return placeholder(name)
        return mask_text(value, self._secrets)


def _request(exchange: Exchange) -> RecordedRequest:
    url = urlsplit(exchange.url)
    return RecordedRequest(
        method=exchange.method,
        url=url._replace(query="").geturl(),
        query=pairs(parse_qsl(url.query, keep_blank_values=True)),
        headers=dict(exchange.request_headers),
        body=_body(exchange.request_body, exchange.request_headers),
    )


def _response(exchange: Exchange) -> RecordedResponse:
    return RecordedResponse(
        status=exchange.status or 599,
        headers=dict(exchange.response_headers),
        body=_body(exchange.response_body, exchange.response_headers),
    )


def _body(value: JsonValue, headers: Mapping[str, str]) -> Body | None:
    if value is None:
        return None
    if isinstance(value, str):
        return Body(kind=Kind.TEXT, value=value)
    form = "urlencoded" in headers.get("content-type", "")
    return Body(kind=Kind.FORM if form else Kind.JSON, value=value)
