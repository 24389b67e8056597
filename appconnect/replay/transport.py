"""Recording and replaying as httpx transports.

``RecordingTransport`` stands before another transport and writes down what passes; ``ReplayTransport``
answers from a recording and never touches the network. Nothing above knows which one is plugged in.
"""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from pathlib import Path
from urllib.parse import quote

import httpx
from pydantic import SecretStr

from appconnect.errors import NoMatch, RecordingError
from appconnect.replay.body import Body, Kind, pairs, read_body, write_body
from appconnect.replay.cassette import (
    Cassette,
    Exchange,
    Header,
    RecordedRequest,
    RecordedResponse,
    Source,
    installed_version,
)
from appconnect.replay.matching import canonical, name_of, nearest
from appconnect.replay.people import PROJECT_KEY, Pseudonymizer
from appconnect.replay.scrub import scrub_request, scrub_response
from appconnect.replay.secret_values import Secrets

_RE_RECORD = "Record the scenario again if the new request is right"
_ENCODED = frozenset({"content-encoding", "content-length", "transfer-encoding"})


@dataclass
class _Heard:
    """One exchange as it passed, secrets included; ``started`` and ``ended`` count, they are not times."""

    started: int
    ended: int
    request: RecordedRequest = field(repr=False)
    response: RecordedResponse = field(repr=False)


class RecordingTransport(httpx.AsyncBaseTransport):
    """Passes requests on to ``inner`` and writes what came of them to ``cassette_path``.

    ``clock`` gives an aware datetime and is asked once, now; ``people`` replaces people's data by stand-ins,
    made with ``people_key``; ``secrets`` are values that must not be stored wherever they turn up. A request
    that got no answer is not stored. The file is written by ``save()``, and on closing when there is
    something new.
    """

    def __init__(
        self,
        inner: httpx.AsyncBaseTransport,
        cassette_path: Path,
        *,
        crm: str,
        scenario: str,
        recorded_from: Source,
        clock: Callable[[], datetime],
        people: bool = False,
        secrets: Iterable[str | SecretStr] = (),
        people_key: bytes = PROJECT_KEY,
        note: str = "",
    ) -> None:
        self._inner, self._path, self._started = inner, cassette_path, clock()
        self._about = {"crm": crm, "scenario": scenario, "recorded_from": recorded_from, "note": note}
        self._pseudonymizer = Pseudonymizer(crm, people_key) if people else None
        self._given = tuple(secrets)
        self._heard: list[_Heard] = []
        self._unsaved = False
        self._tick = count()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Pass the request on and note what was answered."""
        started = next(self._tick)
        asked = _request(request, await request.aread())
        response = await self._inner.handle_async_request(request)
        content = await response.aread()
        headers = [(name, value) for name, value in response.headers.multi_items() if name not in _ENCODED]
        answered = RecordedResponse(
            status=response.status_code,
            headers=dict(response.headers),
            body=read_body(content, response.headers.get("content-type", "")),
        )
        self._heard.append(_Heard(started, next(self._tick), asked, answered))
        self._unsaved = True
        return httpx.Response(response.status_code, headers=headers, content=content, request=request)

    def cassette(self) -> Cassette:
        """What has been recorded so far, scrubbed: secrets learned late are masked in what came early too."""
        secrets = Secrets(self._given)
        heard = sorted(self._heard, key=lambda each: each.started)
        for each in heard:
            secrets.learn(each.request, each.response)
        scrubbed = [(each, _scrub(each, secrets, self._pseudonymizer)) for each in heard]
        header = Header.model_validate(
            {
                **self._about,
                "recorded_at": self._started,
                "appconnect": installed_version(),
                "people": self._pseudonymizer is not None,
            }
        )
        return Cassette(header=header, exchanges=_in_order(scrubbed))

    def save(self) -> Cassette:
        """Write the recording, and give it back."""
        cassette = self.cassette()
        cassette.save(self._path)
        self._unsaved = False
        return cassette

    async def aclose(self) -> None:
        """Save what is new, and close the inner transport."""
        try:
            if self._unsaved:
                self.save()
        finally:
            await self._inner.aclose()


class ReplayTransport(httpx.AsyncBaseTransport):
    """Answers from a recording; NoMatch for what was never recorded, or not so often.

    Requests match by method, address, query and the meaning of their body. The same request recorded
    several times is answered in the recorded order. ``secrets`` and ``people_key`` as when recording.
    """

    def __init__(
        self,
        cassette: Cassette,
        *,
        secrets: Iterable[str | SecretStr] = (),
        people_key: bytes = PROJECT_KEY,
        how_to_record: str = _RE_RECORD,
    ) -> None:
        self._cassette, self._how_to_record = cassette, how_to_record
        self._pseudonymizer = (
            Pseudonymizer(cassette.header.crm, people_key) if cassette.header.people else None
        )
        self._secrets = Secrets(secrets)
        self._keys = [canonical(exchange.request) for exchange in cassette.exchanges]
        self._served: set[int] = set()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The recorded answer to this request."""
        raw = _request(request, await request.aread())
        self._secrets.learn(raw)
        asked = scrub_request(raw, self._secrets)
        if self._pseudonymizer:
            asked = self._pseudonymizer.request(asked)
        key = canonical(asked)
        alike = [index for index, recorded in enumerate(self._keys) if recorded == key]
        index = next((each for each in alike if each not in self._served), None)
        if index is None:
            raise NoMatch(self._why(asked, len(alike)))
        self._served.add(index)
        return _answer(self._cassette.exchanges[index].response, request, _echoes(raw))

    def unused(self) -> list[Exchange]:
        """The recorded exchanges that nothing has asked for yet."""
        return [each for index, each in enumerate(self._cassette.exchanges) if index not in self._served]

    def report(self) -> str:
        """One sentence on how much of the recording was used."""
        total = len(self._cassette.exchanges)
        names = Counter(name_of(exchange.request) for exchange in self.unused())
        told = ", ".join(name if times == 1 else f"{name} ({times} times)" for name, times in names.items())
        used = f"{total - names.total()} of {total} recorded exchanges of {self._title} were used"
        return f"{used}; unused: {told}." if told else f"{used}."

    def assert_all_used(self) -> None:
        """RecordingError naming the recordings that nothing asked for."""
        if self.unused():
            raise RecordingError(self.report())

    @property
    def _title(self) -> str:
        return f"{self._cassette.header.crm}/{self._cassette.header.scenario}"

    def _why(self, asked: RecordedRequest, times: int) -> str:
        name, title, advice = name_of(asked), self._title, f"{self._how_to_record}."
        if times:
            often = "once" if times == 1 else f"{times} times"
            return f"{name} was recorded {often} in {title}, and is now asked for once more. {advice}"
        if not self._cassette.exchanges:
            return f"{name} has no recording: {title} is empty. {advice}"
        near, found = nearest([each.request for each in self._cassette.exchanges], asked)
        told = "; ".join(found[:3]) + (f"; and {len(found) - 3} more" if len(found) > 3 else "")
        return f"{name} has no recording in {title}; the nearest is {name_of(near)} ({told}). {advice}"


# -- from and to httpx --


def _request(request: httpx.Request, content: bytes) -> RecordedRequest:
    """The request as it is, secrets included."""
    url = request.url.copy_with(query=None, fragment=None)
    return RecordedRequest(
        method=request.method,
        url=str(url),
        query=pairs(request.url.params.multi_items()),
        headers=dict(request.headers),
        body=read_body(content, request.headers.get("content-type", "")),
    )


def _scrub(heard: _Heard, secrets: Secrets, pseudonymizer: Pseudonymizer | None) -> Exchange:
    request, response = scrub_request(heard.request, secrets), scrub_response(heard.response, secrets)
    if pseudonymizer:
        response = pseudonymizer.response(response, request.url)
        request = pseudonymizer.request(request)
    return Exchange(request=request, response=response)


def _in_order(scrubbed: list[tuple[_Heard, Exchange]]) -> list[Exchange]:
    """In order of start; those that ran together in an order that does not depend on who was faster."""
    ordered: list[Exchange] = []
    together: list[Exchange] = []
    latest = -1
    for heard, exchange in scrubbed:
        if heard.started > latest:
            ordered += sorted(together, key=lambda each: canonical(each.request))
            together = []
        together.append(exchange)
        latest = max(latest, heard.ended)
    return ordered + sorted(together, key=lambda each: canonical(each.request))


def _echoes(asked: RecordedRequest) -> dict[str, str]:
    """What a CRM sends back as it came, and is new in every sign-in: a recording cannot know it."""
    form = asked.body.value if asked.body and asked.body.kind is Kind.FORM else {}
    given = {**asked.query, **(form if isinstance(form, dict) else {})}
    return {
        f"<{name}>": value
        for name in ("state", "redirect_uri")
        if isinstance(value := given.get(name), str) and value
    }


def _answer(recorded: RecordedResponse, request: httpx.Request, echoes: dict[str, str]) -> httpx.Response:
    headers, body = dict(recorded.headers), recorded.body
    for mark, value in echoes.items():
        if "location" in headers:
            in_url = value if mark == "<redirect_uri>" else quote(value, safe="")
            headers["location"] = headers["location"].replace(mark, in_url)
        if body and body.kind is Kind.TEXT:
            body = Body(kind=body.kind, value=str(body.value).replace(mark, html.escape(value)))
    content = write_body(body, headers.get("content-type", ""))
    return httpx.Response(recorded.status, headers=headers, content=content, request=request)
