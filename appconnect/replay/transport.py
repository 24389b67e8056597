"""Recording and replaying as httpx transports.

``RecordingTransport`` stands before another transport and writes down what passes; ``ReplayTransport``
answers from a recording and never touches the network. Nothing above knows which one is plugged in.
"""

from __future__ import annotations

import html
import secrets as random_secrets
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from pathlib import Path
from urllib.parse import quote

import httpx

from appconnect.errors import NoMatch, RecordingError
from appconnect.http.bodies import Body, BodyKind, write_body
from appconnect.http.exchange import Read, Request, Response, Snapshot, read_request
from appconnect.redaction.people import Pseudonymizer
from appconnect.redaction.redact import Redactor
from appconnect.redaction.rules import RedactionRules
from appconnect.redaction.secret_values import ConnectionSecrets
from appconnect.replay.cassette import Cassette, Header, Source, installed_version
from appconnect.replay.exchanges import RecordedExchange, plain_requests
from appconnect.replay.index import RequestIndex
from appconnect.replay.matching import canonical, name_of, nearest_number, request_differences
from appconnect.replay.people import PeopleInReplay, without_people

_RE_RECORD = "Record the scenario again if the new request is right"
_ENCODED = frozenset({"content-encoding", "content-length", "transfer-encoding"})


@dataclass
class _Passed:
    """One exchange as it passed, secrets included; ``started`` and ``ended`` count, they are not times."""

    started: int
    ended: int
    read: Read = field(repr=False)


class RecordingTransport(httpx.AsyncBaseTransport):
    """Passes requests on to ``inner`` and writes what came of them to ``cassette_path``.

    ``clock`` gives an aware datetime and is asked once, now; ``people`` replaces people's data by pseudonyms,
    made with ``people_key`` (b"": with a key that nobody keeps), and leaves the file to its owner only, since
    nobody has looked at it yet; ``rules`` are the platform's, ``secrets`` what the connection holds. A
    request that got no answer is not stored. The file is written by ``save()``, and on closing when there is
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
        rules: RedactionRules | None = None,
        secrets: ConnectionSecrets | None = None,
        people_key: bytes = b"",
        note: str = "",
    ) -> None:
        self._inner, self._path, self._started = inner, cassette_path, clock()
        self._about = {"crm": crm, "scenario": scenario, "recorded_from": recorded_from, "note": note}
        self._people, self._people_key = people, people_key or random_secrets.token_bytes(32)
        self._rules, self._secrets = rules, secrets
        self._passed: list[_Passed] = []
        self._unsaved = False
        self._tick = count()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Pass the request on and note what was answered."""
        started = next(self._tick)
        await request.aread()
        response = await self._inner.handle_async_request(request)
        content = await response.aread()
        self._passed.append(_Passed(started, next(self._tick), Snapshot(request, response)))
        self._unsaved = True
        headers = [(name, value) for name, value in response.headers.multi_items() if name not in _ENCODED]
        return httpx.Response(response.status_code, headers=headers, content=content, request=request)

    def cassette(self) -> Cassette:
        """Return what has been recorded so far; secrets learned late are masked in what came early too."""
        redactor = Redactor(self._rules, self._secrets)
        passed = sorted(self._passed, key=lambda each: each.started)
        messages = [(request, response) for request, response in (each.read() for each in passed) if response]
        for request, response in messages:
            redactor.learn(request, response)
        exchanges = [
            RecordedExchange(
                request=redactor.stored_request(request), response=redactor.stored_response(response)
            )
            for request, response in messages
        ]
        if self._people:
            exchanges = without_people(exchanges, Pseudonymizer(self._rules, self._people_key))
        header = Header.model_validate(
            {
                **self._about,
                "recorded_at": self._started,
                "appconnect": installed_version(),
                "people": self._people,
            }
        )
        return Cassette(header=header, exchanges=_in_order(list(zip(passed, exchanges, strict=True))))

    def save(self) -> Cassette:
        """Write the recording, and return it."""
        cassette = self.cassette()
        cassette.save(self._path, private=self._people)
        self._unsaved = False
        return cassette

    def how_to_review(self) -> str:
        """Return where a recording of people waits for a person, and what to do."""
        if not self._path.exists():
            return "Nothing was recorded."
        name = f"{self._about['crm']}/{self._about['scenario']}"
        return (
            f"The recording is in {self._path}, which only you can read. See what was replaced in it, and "
            f"take it into the project, with: appconnect review {name}"
        )

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
    several times is answered in the recorded order. ``rules`` and ``secrets`` are as when recording. In a
    recording of people, whom a request names may differ, see :class:`PeopleInReplay`; with the
    ``people_key`` of the recording they are told apart.
    """

    def __init__(
        self,
        cassette: Cassette,
        *,
        rules: RedactionRules | None = None,
        secrets: ConnectionSecrets | None = None,
        people_key: bytes = b"",
        how_to_record: str = _RE_RECORD,
    ) -> None:
        self._cassette, self._how_to_record = cassette, how_to_record
        self._people = PeopleInReplay(cassette, rules, people_key) if cassette.header.people else None
        self._redactor = Redactor(rules, secrets)
        self._requests = plain_requests(cassette.exchanges)
        self._recorded = RequestIndex(self._requests)
        self._served: set[int] = set()
        self._turns: dict[int, int] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Return the recorded answer to this request."""
        await request.aread()
        raw = read_request(request)
        self._redactor.learn(raw)
        as_sent = self._redactor.stored_request(raw)
        asked = self._people.hidden(as_sent) if self._people else as_sent
        index = self._index(asked)
        self._served.add(index)
        recorded = self._cassette.exchanges[index]
        response = self._people.answer(recorded, asked, as_sent) if self._people else recorded.response
        return _answer(response, request, _echoes(raw))

    def _index(self, asked: Request) -> int:
        """Return the number of the exchange that answers a request. Raises NoMatch."""
        alike = self._recorded.alike(asked.model_dump())
        index = self._next_of(alike)
        if index is None and self._people:
            alike = alike + self._people.alike(asked)
            index = next((each for each in alike if each not in self._served), None)
        if index is None:
            raise NoMatch(self._why(asked, len(alike)))
        return index

    def _next_of(self, alike: list[int]) -> int | None:
        """Return the first of equal requests that has not been served; its place is kept for next time."""
        if not alike:
            return None
        turn = self._turns.get(alike[0], 0)
        while turn < len(alike) and alike[turn] in self._served:
            turn += 1
        self._turns[alike[0]] = turn
        return alike[turn] if turn < len(alike) else None

    @property
    def cassette(self) -> Cassette:
        """The recording."""
        return self._cassette

    def unused(self) -> list[RecordedExchange]:
        """Return the recorded exchanges that nothing has asked for yet."""
        return [each for index, each in enumerate(self._cassette.exchanges) if index not in self._served]

    def report(self) -> str:
        """Return one sentence on how much of the recording was used."""
        total = len(self._cassette.exchanges)
        names = Counter(name_of(exchange.request) for exchange in self.unused())
        told = ", ".join(name if times == 1 else f"{name} ({times} times)" for name, times in names.items())
        used = f"{total - names.total()} of {total} recorded exchanges of {self._title} were used"
        return f"{used}; unused: {told}." if told else f"{used}."

    def assert_all_used(self) -> None:
        """Raise RecordingError naming the recordings that nothing asked for, if there are any."""
        if len(self._served) < len(self._requests):
            raise RecordingError(self.report())

    @property
    def _title(self) -> str:
        return f"{self._cassette.header.crm}/{self._cassette.header.scenario}"

    def _why(self, asked: Request, times: int) -> str:
        name, title, advice = name_of(asked), self._title, f"{self._how_to_record}."
        if times:
            often = "once" if times == 1 else f"{times} times"
            return f"{name} was recorded {often} in {title}, and is now asked for once more. {advice}"
        if not self._cassette.exchanges:
            return f"{name} has no recording: {title} is empty. {advice}"
        near = self._cassette.exchanges[nearest_number(self._requests, asked)].request
        found = request_differences(near, asked)
        told = "; ".join(found[:3]) + (f"; and {len(found) - 3} more" if len(found) > 3 else "")
        return f"{name} has no recording in {title}; the nearest is {name_of(near)} ({told}). {advice}"


# -- how --


def _in_order(recorded: list[tuple[_Passed, RecordedExchange]]) -> list[RecordedExchange]:
    """Return them in order of start; those that ran together do not depend on who was faster."""
    ordered: list[RecordedExchange] = []
    together: list[RecordedExchange] = []
    latest = -1
    for passed, exchange in recorded:
        if passed.started > latest:
            ordered += sorted(together, key=lambda each: canonical(each.request))
            together = []
        together.append(exchange)
        latest = max(latest, passed.ended)
    return ordered + sorted(together, key=lambda each: canonical(each.request))


def _echoes(asked: Request) -> dict[str, str]:
    """Return what a CRM sends back as it came, and is new in every sign-in: a recording cannot know it."""
    values = {**asked.query, **(asked.body.pairs if asked.body else {})}
    return {
        f"<{name}>": value
        for name in ("state", "redirect_uri")
        if isinstance(value := values.get(name), str) and value
    }


def _answer(recorded: Response, request: httpx.Request, echoes: dict[str, str]) -> httpx.Response:
    headers, body = dict(recorded.headers), recorded.body
    for mark, value in echoes.items():
        if "location" in headers:
            in_url = value if mark == "<redirect_uri>" else quote(value, safe="")
            headers["location"] = headers["location"].replace(mark, in_url)
        if body and body.kind is BodyKind.TEXT:
            body = Body(kind=body.kind, value=str(body.value).replace(mark, html.escape(value)))
    content = write_body(body, headers.get("content-type", ""))
    return httpx.Response(recorded.status, headers=headers, content=content, request=request)
