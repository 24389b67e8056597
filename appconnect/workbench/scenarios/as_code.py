"""A scenario as code that a person keeps: a pytest case, and a cell of a notebook."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from pydantic import JsonValue

from appconnect import errors
from appconnect.models import Contact, JsonObject
from appconnect.replay.cassette import Cassette, RecordedOperation
from appconnect.workbench.scenarios.repeating import rebuilt
from appconnect.workbench.scenarios.source_text import Group, Part, Writer, call, listed, quoted, statement

_VARIABLES = {
    "sign_in": "signed_in", "check_sign_in": "signed_in", "sign_out": "signed_out",
    "find_contact": "matches", "find_contact_with_name": "matches", "create_contact": "created",
    "list_users": "users", "log_call": "logged", "update_call_log": "updated", "get_call_log": "read",
    "set_disposition": "disposed", "run_outbox": "waiting", "log_message": "logged_message",
    "log_shared_sms": "logged_conversation", "request": "answer",
}  # fmt: skip


def test_source(cassette: Cassette, waits: Sequence[float] = ()) -> str:
    """Return the text of a file with a pytest case; ``waits`` are the seconds before each operation."""
    return _Code(cassette, waits).test()


def cell_source(cassette: Cassette, waits: Sequence[float] = ()) -> str:
    """Return the source of a notebook's cell that does the same, and ends with all messages."""
    return _Code(cassette, waits).cell()


class _Code:
    def __init__(self, cassette: Cassette, waits: Sequence[float] = ()) -> None:
        self._cassette, self._writer = cassette, Writer()
        self._waits = [*waits, *[0.0] * (len(cassette.operations) - len(waits))]
        self._used: dict[str, int] = {}
        self._found: list[tuple[str, JsonValue]] = []

    def test(self) -> str:
        self._writer.imports |= {"pytest": set(), "appconnect": {"connect"}}
        self._writer.imports["appconnect.testing.scenarios"] = {"assert_as_recorded", "sent"}
        opening = statement("async with ", self._connect(), 4)
        opening[-1] += " as workbench:"
        body = [line for operation, wait in self._steps() for line in ["", *self._case(operation, wait)]]
        lines = [
            f'"""{title_of(self._cassette)}: what was done and what came of it. From save_scenario."""',
            *("", *self._writer.import_lines(), "", ""),
            *("@pytest.mark.asyncio", f"async def test_{_identifier(self._cassette)}() -> None:"),
            *(*opening, *body[1:], "", "        assert_as_recorded(workbench)", ""),
        ]
        return "\n".join(lines)

    def cell(self) -> str:
        self._writer.imports["appconnect"] = {"connect"}
        body, told = statement("workbench = ", self._connect()), []
        for operation, wait in self._steps():
            lines, variable = self._call(operation, wait, 4 if _raises(operation) else 0)
            if _raises(operation):
                error = f"except {self._error(operation)} as error:"
                lines = ["try:", *lines, error, f"    {variable} = error"]
            body += lines
            told.append(f"{variable}.message" if _has_message(operation) else variable)
        end = statement("", Group("[", tuple(told), "]"))
        return "\n".join([*self._writer.import_lines(), "", *body, *end])

    # -- parts --

    def _steps(self) -> Iterator[tuple[RecordedOperation, float]]:
        return zip(self._cassette.operations, self._waits, strict=True)

    def _connect(self) -> Group:
        header, setup = self._cassette.header, self._cassette.setup
        given = {"settings": setup.settings, "options": setup.options}
        more = [(f"{name}=", self._writer.source(value)) for name, value in given.items() if value]
        return call(
            "connect", [quoted(header.crm), 'mode="replay"', f"scenario={quoted(header.scenario)}", *more]
        )

    def _case(self, operation: RecordedOperation, wait: float) -> list[str]:
        """Return the lines that run an operation and say what is expected of it."""
        lines, variable = self._call(operation, wait, 12 if _raises(operation) else 8)
        if _raises(operation):
            lines = [f"        with pytest.raises({self._error(operation)}):", *lines]
        else:
            for left, right in _expected(operation, variable):
                lines += statement(f"assert {left} == ", self._writer.source(right), 8)
        asked = [self._asked(each) for each in operation.exchanges]
        return lines + statement("assert sent(workbench) == ", listed(asked), 8)

    def _call(self, operation: RecordedOperation, wait: float, indent: int) -> tuple[list[str], str]:
        """Return the lines that run the operation, and the variable that has its result."""
        name = _VARIABLES.get(operation.name, "result")
        self._used[name] = self._used.get(name, 0) + 1
        variable = name if self._used[name] == 1 else f"{name}_{self._used[name]}"
        arguments = rebuilt(operation.name, operation.arguments)
        parts = [
            self._argument(key, each, operation.arguments[key], first=not number)
            for number, (key, each) in enumerate(arguments.items())
        ]
        lines = [f"{' ' * indent}await workbench.sleep({wait:g})"] if wait > 0 else []
        lines += statement(f"{variable} = await ", call(f"workbench.{operation.name}", parts), indent)
        self._remember(operation, variable)
        return lines, variable

    def _argument(self, key: str, value: object, told: JsonValue, *, first: bool) -> Part:
        is_known_by_name = isinstance(value, Contact) or key == "log_id"
        written = (self._known(told) if is_known_by_name else "") or self._writer.source(value)
        by_place = first or key in ("call", "contact", "message", "path")
        return written if by_place else (f"{key}=", written)

    def _known(self, told: JsonValue) -> str:
        """Return how what was found before is named: ``matches.contacts[0]``, ``logged.log_id``."""
        if isinstance(told, dict):
            told = {key: each for key, each in told.items() if key != "organizationId"}
        return next((place for place, each in self._found if each == told), "")

    def _remember(self, operation: RecordedOperation, variable: str) -> None:
        found = enumerate(_contacts(operation.result))
        self._found += [(f"{variable}.contacts[{place}]", each) for place, each in found]
        if isinstance(operation.result, dict) and (log_id := operation.result.get("logId")):
            self._found.append((f"{variable}.log_id", log_id))

    def _error(self, operation: RecordedOperation) -> str:
        if not hasattr(errors, operation.error):
            return "Exception"
        self._writer.imports.setdefault("appconnect.errors", set()).add(operation.error)
        return operation.error

    def _asked(self, place: int) -> str:
        request = self._cassette.exchanges[place].request
        return f"{request.method} {urlsplit(request.url).path}"


def title_of(cassette: Cassette) -> str:
    """Return a scenario's name in words: "A call logged (acme)"."""
    words = cassette.header.scenario.replace("_", " ").replace("-", " ").strip()
    return f"{words[:1].upper()}{words[1:]} ({cassette.header.crm})"


def _identifier(cassette: Cassette) -> str:
    return cassette.header.scenario.replace("-", "_").lower()


def _raises(operation: RecordedOperation) -> bool:
    return operation.result is None and bool(operation.error)


def _has_message(operation: RecordedOperation) -> bool:
    return _raises(operation) or (isinstance(operation.result, dict) and "successful" in operation.result)


def _contacts(result: JsonValue) -> list[JsonObject]:
    """Return the real contacts of a result, without the entry for a new one."""
    rows = result.get("matchedContactInfo") if isinstance(result, dict) else None
    found = rows if isinstance(rows, list) else []
    return [each for each in found if isinstance(each, dict) and not each.get("isNewContact")]


def _expected(operation: RecordedOperation, variable: str) -> list[tuple[str, JsonValue]]:
    """Return what a reader wants to see of the result: source and value."""
    result = operation.result
    if not isinstance(result, dict) or "successful" not in result:
        status = result.get("status") if isinstance(result, dict) else None
        return [] if status is None else [(f"{variable}.status", status)]
    expected: list[tuple[str, JsonValue]] = [(f"{variable}.message", operation.message)]
    if result.get("logId") is not None:
        expected.append((f"{variable}.log_id", result["logId"]))
    if found := _contacts(result):
        names: list[JsonValue] = [each.get("name") for each in found]
        expected.append((f"[each.name for each in {variable}.contacts]", names))
    if result.get("updatedNote") is not None:
        expected.append((f"{variable}.updated_note", result["updatedNote"]))
    if isinstance(info := result.get("callLogInfo"), dict):
        expected += [(f"{variable}.call_log_info.{name}", info.get(name, "")) for name in ("subject", "note")]
    return expected
