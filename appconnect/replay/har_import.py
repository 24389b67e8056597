"""A HAR file of a browser or a support ticket as a recording: without secrets, people and other hosts."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from appconnect.errors import RecordingError
from appconnect.http.exchange import Request
from appconnect.redaction.detectors import detectors
from appconnect.redaction.people import Pseudonymizer
from appconnect.redaction.redact import Redactor
from appconnect.redaction.rules import RedactionRules
from appconnect.redaction.secret_values import ConnectionSecrets
from appconnect.replay.cassette import Cassette, Header, installed_version
from appconnect.replay.exchanges import RecordedExchange
from appconnect.replay.har import Entry, Message, hosts_in_words, message_of, read_har
from appconnect.replay.people import without_people

NOTE: Final = "imported from a HAR file"
_SIGN_IN: Final = re.compile("login|logon|signin|sign-in|token|oauth|auth|session", re.IGNORECASE)


@dataclass(frozen=True, repr=False)
class ImportedHar:
    """A recording that was made of a HAR file, and what of the file is not in it.

    ``path`` is where it waits for a person to look through it.
    """

    cassette: Cassette
    path: Path
    other_hosts: Sequence[str]
    unanswered: int
    preflights: int
    no_exchanges: int
    unreadable: int
    without_body: int
    without_sent_body: int

    @property
    def lines(self) -> list[str]:
        """What came of the file, in sentences."""
        header = self.cassette.header
        left_out = {
            f"to other hosts: {hosts_in_words(self.other_hosts)}": len(self.other_hosts),
            "without an answer": self.unanswered,
            "that a browser sends by itself (OPTIONS)": self.preflights,
            "of a WebSocket or a proxy's tunnel": self.no_exchanges,
            "that cannot be read": self.unreadable,
        }
        lacking = {"Answers": self.without_body, "Requests": self.without_sent_body}
        return [
            f"{header.crm}/{header.scenario}: {_requests(len(self.cassette.exchanges))} imported, "
            "without secrets; pseudonyms stand for people.",
            *(f"Left out: {_requests(number)} {reason}." for reason, number in left_out.items() if number),
            *(
                f"{what} whose body is not in the file: {number}."
                for what, number in lacking.items()
                if number
            ),
            f"It is in {self.path}, which only you can read. See what was replaced, and take it into the "
            f"project, with: appconnect review {header.crm}/{header.scenario}",
        ]

    def __repr__(self) -> str:
        return "\n".join(self.lines)

    __str__ = __repr__


@dataclass(frozen=True)
class Target:
    """The platform whose recording is made: its name, hosts, rules, and the secrets that are set for it."""

    crm: str
    scenario: str
    trusts: Callable[[str], bool]
    rules: RedactionRules
    secrets: ConnectionSecrets
    people_key: bytes


def import_har(file: Path, target: Target, path: Path) -> ImportedHar:
    """Make a recording of a HAR file and write it to ``path``, for its owner only. Raises RecordingError."""
    found = read_har(file)
    entries = found.read
    to_crm = [each for each in entries if target.trusts(each.host)]
    if not to_crm:
        hosts = f"; it is of {hosts_in_words([each.host for each in entries])}" if entries else ""
        raise RecordingError(f"No request in {file} is to {target.crm}{hosts}.")
    ours = [each for each in to_crm if each.is_exchange]
    answered = [each for each in ours if 100 <= each.response.status <= 999]
    kept = [each for each in answered if each.request.method.upper() != "OPTIONS"]
    if not kept:
        raise RecordingError(f"No request to {target.crm} in {file} has an answer.")
    cassette = Cassette(header=_header(target, kept), exchanges=_exchanges(kept, target))
    cassette.save(path, private=True)
    return ImportedHar(
        cassette,
        path,
        other_hosts=[each.host for each in entries if not target.trusts(each.host)],
        unanswered=len(ours) - len(answered),
        preflights=len(answered) - len(kept),
        no_exchanges=len(to_crm) - len(ours),
        unreadable=found.unreadable,
        without_body=sum(each.lacks_body for each in kept),
        without_sent_body=sum(each.lacks_sent_body for each in kept),
    )


def _header(target: Target, entries: Sequence[Entry]) -> Header:
    began = entries[0].at
    return Header(
        crm=target.crm, scenario=target.scenario, recorded_from="live", people=True, note=NOTE,
        recorded_at=began if began.year > 1970 else datetime.now(UTC), appconnect=installed_version(),
    )  # fmt: skip


def _exchanges(entries: Sequence[Entry], target: Target) -> list[RecordedExchange]:
    """Return the exchanges without secrets, known from any of them, and without people."""
    redactor = Redactor(target.rules, target.secrets)
    messages = [_signed(message_of(each), target.rules) for each in entries]
    for each in messages:
        redactor.learn(each.request, each.response)
    exchanges = [
        RecordedExchange(
            request=redactor.stored_request(each.request), response=redactor.stored_response(each.response)
        )
        for each in messages
    ]
    return without_people(exchanges, Pseudonymizer(target.rules, target.people_key))


def _signed(message: Message, rules: RedactionRules) -> Message:
    """Return a message that names what signs it; a sign-in names nothing, for its answer may be keys."""
    request = message.request
    found = detectors(rules)
    names = {name for name in request.headers if found.is_secret_header(name)}
    names |= {name.lower() for name, value in request.query.items() if found.is_secret(name, value, True)}
    if not names or _SIGN_IN.search(_last_steps(request)):
        return message
    return Message(request.model_copy(update={"signed": frozenset(names)}), message.response)


def _last_steps(request: Request) -> str:
    return "/".join(request.url.split("/")[3:][-2:])


def _requests(number: int) -> str:
    return "1 request" if number == 1 else f"{number} requests"
