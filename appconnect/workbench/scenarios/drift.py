"""Recorded requests asked again of the sandbox or a live account: what the CRM answers otherwise by now.

Three severities: ``broken`` is what a connector may stumble over (another status, a field that is gone, a
value of another type), ``changed`` what it may not know yet (a new field, a word that no recording has
shown in a field of few words, such as a status), ``note`` every other value, and rows more or fewer.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from enum import StrEnum
from urllib.parse import urlsplit

from pydantic import JsonValue

from appconnect.auth.pseudonym_key import known_pseudonym_key
from appconnect.errors import AppConnectError
from appconnect.field_diff import Difference, Kind, differences
from appconnect.http import Exchange
from appconnect.http.bodies import Body, BodyKind
from appconnect.http.exchange import Request, Response
from appconnect.redaction import Pseudonymizer, Redactor
from appconnect.replay.cassette import Cassette
from appconnect.replay.exchanges import RecordedExchange
from appconnect.replay.matching import short_name
from appconnect.settings import Mode
from appconnect.workbench.factory import connect
from appconnect.workbench.workbench import Workbench

READS = frozenset({"GET", "HEAD"})
SIGN_IN = "part of a sign-in"
_OURS = frozenset({"accept", "authorization", "content-type"})
"""Headers that the client sets by itself."""
FEW_WORDS = 12
"""A field that shows no more different words than this is one of few words."""
_ITEM = re.compile(r"\[\d+\]$")
_PLACES = re.compile(r"\[\d+\]")
_WORD = re.compile(r"[\w./-]{1,40}")
_SECRET = re.compile(r"<(?:[a-z]+(?:_[a-z]+)+|code|state|token|password|username|secret|jwt|opaque)>")


class Severity(StrEnum):
    """How much a difference matters."""

    BROKEN = "broken"
    CHANGED = "changed"
    NOTE = "note"


@dataclass(frozen=True)
class Drift:
    """One thing that is answered otherwise, so many ``times``."""

    severity: Severity
    request: str
    what: str
    times: int = 1

    def __str__(self) -> str:
        return f"{self.request}: {self.what}" + (f" ({self.times} times)" if self.times > 1 else "")


@dataclass(frozen=True)
class DriftReport:
    """What became of one recording; ``problem`` says why nothing could be asked.

    ``asked`` counts the requests that were sent again, ``skipped`` those that were not, by reason.
    """

    name: str
    found: tuple[Drift, ...] = ()
    asked: int = 0
    skipped: dict[str, int] = field(default_factory=dict)
    problem: str = ""

    def of(self, severity: Severity) -> list[Drift]:
        """Return what was found of one severity."""
        return [each for each in self.found if each.severity is severity]


async def drift(cassette: Cassette, mode: Mode = Mode.SANDBOX, *, writes: bool = False) -> DriftReport:
    """Ask a recording's requests again and compare the answers.

    In the sandbox, a fresh one, all of them in their order; live only reads, unless ``writes``.
    """
    try:
        workbench = await _signed_in(cassette, mode)
    except AppConnectError as error:
        return DriftReport(cassette.name, problem=error.message)
    async with workbench:
        return await _Asking(workbench, cassette, writes or mode is Mode.SANDBOX).report()


async def _signed_in(cassette: Cassette, mode: Mode) -> Workbench:
    setup = cassette.setup
    workbench = connect(
        cassette.header.crm, mode=mode, record=False, settings=setup.settings, options=setup.options,
        plan=setup.plan if mode is Mode.SANDBOX else "",
    )  # fmt: skip
    result = await (workbench.check_sign_in() if mode is Mode.LIVE else workbench.sign_in())
    result.raise_for_error()
    return workbench


class _Asking:
    """One recording, asked again through a workbench that is signed in."""

    def __init__(self, workbench: Workbench, cassette: Cassette, writes: bool) -> None:
        self._workbench, self._cassette, self._writes = workbench, cassette, writes
        definition, environment = workbench.context.definition, workbench.environment
        self._redactor = Redactor(definition.redaction, environment.connection_secrets)
        settings = environment.settings
        key = known_pseudonym_key(settings.home, settings.pseudonym_key)
        self._people = Pseudonymizer(definition.redaction, key) if cassette.header.people else None
        self._words = _words_of(cassette.exchanges)
        signed = (each.request.headers.get("authorization") for each in cassette.exchanges)
        self._is_sanitized = not any(signed)

    async def report(self) -> DriftReport:
        found: list[Drift] = []
        skipped: dict[str, int] = {}
        asked = 0
        for each in self._cassette.exchanges:
            if reason := self._why_not(each):
                skipped[reason] = skipped.get(reason, 0) + 1
                continue
            now = await self._ask(each.request)
            if now is not None and self._is_signed_otherwise(each.request, now):
                skipped[SIGN_IN] = skipped.get(SIGN_IN, 0) + 1
                continue
            asked += 1
            found += self._compared(each, now)
        counted = Counter(found)
        once = tuple(replace(each, times=times) for each, times in counted.items())
        return DriftReport(self._cassette.name, once, asked, skipped)

    # -- asking --

    def _why_not(self, recorded: RecordedExchange) -> str:
        request = recorded.request
        if recorded.response.status in (401, 429) or recorded.response.status >= 500:
            return "answered with a refusal then"
        if request.method not in READS and not self._writes:
            return "a write"
        if request.body is not None and request.body.kind is not BodyKind.JSON:
            return "a body that is no JSON"
        told = json.dumps([self._address(request), request.query, request.body and request.body.value])
        return SIGN_IN if _SECRET.search(told) else ""

    def _address(self, request: Request) -> str:
        """Return the recorded address below this connection's own base address."""
        signer = self._workbench.crm.signer
        base = signer.base_url.rstrip("/") if signer else ""
        there, shown = urlsplit(request.url), urlsplit(self._redactor.text(f"{base}/").rstrip("/"))
        if there.netloc.split(".")[-2:] != shown.netloc.split(".")[-2:]:
            return request.url
        if there.path.startswith(f"{shown.path}/"):
            return base + there.path.removeprefix(shown.path)
        return f"{there.scheme}://{urlsplit(base).netloc}{there.path}"

    async def _ask(self, request: Request) -> Exchange | None:
        body = request.body.value if request.body else None
        headers = {name: value for name, value in request.headers.items() if name not in _OURS}
        query = {name: value for name, value in request.query.items() if not isinstance(value, list)}
        before = self._workbench.trace.next_number()
        with suppress(AppConnectError):  # the answer itself is looked at
            await self._workbench.crm.send(
                request.method, self._address(request), params=query, body=body, headers=headers
            )
        newest = [each for each in self._workbench.trace if each.number > before]
        return newest[-1] if newest else None

    def _is_signed_otherwise(self, recorded: Request, now: Exchange) -> bool:
        """Return whether it was sent with a password then, which only signing in does, or without any.

        Of a browser's sanitized HAR file nobody knows.
        """
        if self._is_sanitized:
            return False
        sent = self._redactor.stored_request(now.request).headers.get("authorization", "")
        return sent != recorded.headers.get("authorization", "")

    # -- comparing --

    def _compared(self, recorded: RecordedExchange, now: Exchange | None) -> Iterator[Drift]:
        name = short_name(recorded.request)
        if now is None or now.response is None:
            yield Drift(Severity.BROKEN, name, f"no answer ({now.error if now else 'it was not sent'})")
            return
        answer = self._as_stored(recorded.request, now)
        if recorded.response.status != answer.status:
            yield Drift(Severity.BROKEN, name, f"status: was {recorded.response.status}, now {answer.status}")
            return
        before, after = _data(recorded.response.body), _data(answer.body)
        for each in differences(before, after, "body"):
            yield Drift(self._severity(each), name, str(each))

    def _as_stored(self, request: Request, now: Exchange) -> Response:
        assert now.response is not None
        self._redactor.learn(now.request, now.response)
        answer = self._redactor.stored_response(now.response)
        if self._people is None:
            return answer
        self._people.learn(now.request, answer)
        return self._people.response(answer, request.url)

    def _severity(self, difference: Difference) -> Severity:
        if difference.kind is Kind.TYPE_CHANGED:
            return Severity.BROKEN
        if difference.kind in (Kind.ADDED, Kind.REMOVED):
            if _ITEM.search(difference.path):
                return Severity.NOTE
            return Severity.BROKEN if difference.kind is Kind.REMOVED else Severity.CHANGED
        known = self._words.get(_PLACES.sub("[]", difference.path), set())
        is_word = isinstance(difference.after, str) and _WORD.fullmatch(difference.after) is not None
        is_of_few = 0 < len(known) <= FEW_WORDS and _is_kind(difference.path)
        return Severity.CHANGED if is_word and is_of_few and difference.after not in known else Severity.NOTE


_KIND_NAMES = ("type", "status", "state", "kind", "category", "action", "role", "visibility", "priority")


def _is_kind(path: str) -> bool:
    """Return whether a field's name says that it holds one of few words: ``body.data.status``."""
    name = re.split(r"[.\[]", _PLACES.sub("", path))[-1].lower()
    return name.endswith(_KIND_NAMES)


def _words_of(exchanges: Sequence[RecordedExchange]) -> dict[str, set[str]]:
    """Return the words that the recording shows, by the path of their field without places in lists."""
    words: dict[str, set[str]] = {}
    for each in exchanges:
        for path, text in _texts("body", _data(each.response.body)):
            words.setdefault(path, set()).add(text)
    return words


def _texts(path: str, value: JsonValue) -> Iterable[tuple[str, str]]:
    if isinstance(value, dict):
        for name, each in value.items():
            yield from _texts(f"{path}.{name}", each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(f"{path}[]", each)
    elif isinstance(value, str):
        yield path, value


def _data(body: Body | None) -> JsonValue:
    return body.data if body else None
