"""A cassette: one recorded scenario, as JSON that reads well in a review.

It lies at ``fixtures/<crm>/<scenario>.json``: a header that says where from and when, then the exchanges
in the order in which they were started. A scenario that was saved from a workbench also holds the operations
that sent them, so that they can be run again. Everything in it has been redacted.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue, ValidationError

from appconnect.errors import CassetteCorrupt, CassetteMissing, RecordingError
from appconnect.private_files import private_folder
from appconnect.replay.exchanges import RecordedExchange, UnreadExchanges

FORMAT = 1
"""The version of the file's layout; goes up when older readers would misread it."""

Source = Literal["sandbox", "live"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class Header(_Part):
    """Where a recording comes from. ``people``: people's data in it has been replaced by pseudonyms."""

    format: int = FORMAT
    crm: str
    scenario: str
    recorded_from: Source
    recorded_at: AwareDatetime
    appconnect: str
    people: bool = False
    note: str = ""


class RecordedOperation(_Part):
    """One call of a workbench's operation: its ``arguments`` by name, and what came of it.

    ``result`` is None when it raised, ``error`` names what stands behind a failure, ``message`` says it.
    ``exchanges`` are the places, from 0, of what it sent.
    """

    name: str
    at: AwareDatetime
    arguments: dict[str, JsonValue] = Field(default_factory=dict)
    succeeded: bool = True
    message: str = ""
    error: str = ""
    result: JsonValue = None
    exchanges: list[int] = Field(default_factory=list)


class Setup(_Part):
    """How the workbench was made: what ``connect`` was given beside the CRM and the mode."""

    settings: dict[str, JsonValue] = Field(default_factory=dict)
    options: dict[str, str] = Field(default_factory=dict)
    plan: str = ""


class Cassette(_Part):
    """A recorded scenario; ``operations`` is empty where only the traffic was recorded."""

    header: Header
    setup: Setup = Field(default_factory=Setup)
    operations: list[RecordedOperation] = Field(default_factory=list)
    exchanges: Sequence[RecordedExchange] = Field(default_factory=list)

    @property
    def name(self) -> str:
        """``<crm>/<scenario>``."""
        return f"{self.header.crm}/{self.header.scenario}"

    @classmethod
    def load(cls, path: Path, *, how_to_record: str = "") -> Cassette:
        """Read a recording.

        Raises CassetteMissing when there is none (``how_to_record`` says what to do then), CassetteCorrupt
        when it cannot be read.
        """
        return _checked(_document(path, how_to_record), path)

    @classmethod
    def open(cls, path: Path, *, how_to_record: str = "") -> Cassette:
        """Look a recording over for damage, and read each exchange when it is used. Raises as `load`.

        What is damaged within an answer is told, by CassetteCorrupt, when its exchange is used.
        """
        document = _document(path, how_to_record)
        if not isinstance(document, dict) or not {"header", "exchanges"} <= document.keys():
            return _checked(document, path)
        cassette = _checked({**document, "exchanges": []}, path)
        try:
            exchanges = UnreadExchanges(document["exchanges"], partial(_exchange, path=path))
        except ValueError:
            return _checked(document, path)
        return cassette.model_copy(update={"exchanges": exchanges})

    def save(self, path: Path, *, private: bool = False) -> None:
        """Write the recording; a reader sees the old file or the new one, never half of it.

        A ``private`` one is readable by its owner only. Raises RecordingError where it cannot be written.
        """
        try:
            self._write(path, private=private)
        except OSError as error:
            reason = (error.strerror or type(error).__name__).lower()
            raise RecordingError(f"The recording {path} cannot be written ({reason}).") from None

    def _write(self, path: Path, *, private: bool) -> None:
        if private:
            private_folder(path.parent.parent)
            private_folder(path.parent)
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", newline="\n", dir=path.parent, suffix=".tmp", delete=False
        ) as draft:
            try:
                draft.write(self.to_text())
                draft.close()
                Path(draft.name).chmod(0o600 if private else 0o644)
                Path(draft.name).replace(path)
            except BaseException:
                Path(draft.name).unlink(missing_ok=True)
                raise

    def to_text(self) -> str:
        """Return the file's text: indented, Unicode as it is, always in the same order.

        Queries, forms and headers are sorted by name; JSON keeps the order in which it came, so that a
        record looks the same in replay.
        """
        document = {
            "header": self.header.model_dump(mode="json"),
            **self._what_was_done(),
            "exchanges": [_plain(exchange) for exchange in self.exchanges],
        }
        text = json.dumps(document, indent=2, ensure_ascii=False)
        return re.sub("[\ud800-\udfff]", lambda lone: f"\\u{ord(lone[0]):04x}", text) + "\n"

    def _what_was_done(self) -> dict[str, object]:
        """Return setup and operations as they are written, without what is empty."""
        setup = {name: value for name, value in self.setup.model_dump().items() if value}
        operations = [each.model_dump(mode="json", exclude_defaults=True) for each in self.operations]
        return {**({"setup": setup} if setup else {}), **({"operations": operations} if operations else {})}

    def stale_reasons(
        self, now: datetime, *, max_age: timedelta = timedelta(days=180), version: str | None = None
    ) -> list[str]:
        """Return why this recording may no longer be true; empty when it looks fresh.

        ``version`` is the appconnect version to compare with, the installed one by default.
        """
        header, version = self.header, version or installed_version()
        age = now - header.recorded_at
        reasons = {
            f"it was recorded {age.days} days ago, on {header.recorded_at:%Y-%m-%d}": age > max_age,
            f"it says it was recorded in the future, on {header.recorded_at:%Y-%m-%d}": age < timedelta(0),
            f"its file format is {header.format}, the current one is {FORMAT}": header.format != FORMAT,
            f"it was recorded with appconnect {header.appconnect}, this is {version}": (
                header.appconnect != version
            ),
        }
        return [reason for reason, holds in reasons.items() if holds]


def installed_version() -> str:
    """Return the version of appconnect that is running."""
    return metadata.version("appconnect")


# -- reading and writing --


def _plain(exchange: RecordedExchange) -> dict[str, object]:
    """Return an exchange as it is written, without what is empty."""
    return {
        part: {name: value for name, value in fields.items() if value not in (None, {})}
        for part, fields in exchange.model_dump().items()
    }


def _beside(path: Path) -> str:
    """Return the scenarios that there are instead, in words."""
    names = ", ".join(sorted(each.stem for each in path.parent.glob("*.json")))
    return f" (recorded scenarios of {path.parent.name}: {names})" if names else ""


def _document(path: Path, how_to_record: str) -> JsonValue:
    """Return the JSON in a file."""
    advice = how_to_record or "record it first, in record mode against the sandbox or the live CRM"
    try:
        document: JsonValue = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CassetteMissing(f"There is no recording at {path}{_beside(path)}: {advice}.") from None
    except json.JSONDecodeError as error:
        raise CassetteCorrupt(
            f"The recording {path} is not JSON at line {error.lineno}, column {error.colno}: {error.msg}."
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise CassetteCorrupt(f"The recording {path} cannot be read ({_reason(error)}).") from None
    except (ValueError, RecursionError):
        raise CassetteCorrupt(f"The recording {path} is not JSON that can be read.") from None
    return document


def _checked(document: JsonValue, path: Path) -> Cassette:
    try:
        cassette = Cassette.model_validate(document)
    except ValidationError as error:
        raise CassetteCorrupt(f"The recording {path} is damaged: {_first_fault(error)}.") from None
    if cassette.header.format > FORMAT:
        raise CassetteCorrupt(
            f"The recording {path} has file format {cassette.header.format}, but this appconnect reads up to "
            f"{FORMAT}: update appconnect."
        )
    return cassette


def _exchange(number: int, written: JsonValue, path: Path) -> RecordedExchange:
    try:
        return RecordedExchange.model_validate(written)
    except ValidationError as error:
        fault = _first_fault(error)
        raise CassetteCorrupt(f"The recording {path} is damaged: exchanges[{number}].{fault}.") from None


def _first_fault(error: ValidationError) -> str:
    """Return the first fault: ``exchanges[3].response.status: input should be a valid integer``."""
    fault = error.errors()[0]
    steps = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in fault["loc"])
    message = fault["msg"].removeprefix("Value error, ")
    return f"{steps.lstrip('.') or 'the file'}: {message[:1].lower()}{message[1:]}"


def _reason(error: OSError | UnicodeDecodeError) -> str:
    if isinstance(error, UnicodeDecodeError):
        return f"byte {error.start} is not UTF-8"
    return (error.strerror or type(error).__name__).lower()
