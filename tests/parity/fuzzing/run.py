"""Send what schemathesis makes up, and note what was not answered as described."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from enum import Enum
from typing import Any

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import response_schema_conformance

from appconnect.sandbox.base import CrmSandbox
from appconnect.sandbox.clock import SandboxClock
from appconnect.sandbox.requests import JsonObject
from parity.fuzzing.documents import SAMPLE, live_id
from parity.ledger import Ledger, is_not_played

CLIENT = f"schemathesis {schemathesis.SCHEMATHESIS_VERSION}"
SEED = 11
ORDER = ("POST", "PUT", "GET", "PATCH", "DELETE")
"""What makes records comes before what needs them, and what removes them last."""


class Body(Enum):
    """What is sent to an operation of which a good body is known."""

    GOOD, CHANGED, MADE_UP = range(3)

    def of(self, good: JsonObject | None, made_up: Any) -> Any:
        """Return the good body, with a field or two of the made-up one, or the made-up one."""
        if good is None or self is Body.MADE_UP:
            return made_up
        changes = made_up if isinstance(made_up, dict) and self is Body.CHANGED else {}
        return {**good, **dict([*changes.items()][:2])}


class Fuzzer:
    """A run against a sandbox on a port; its clock moves on with each request, so that no limit is reached."""

    def __init__(
        self, ledger: Ledger, crm: CrmSandbox, clock: SandboxClock, url: str, headers: Mapping[str, str]
    ) -> None:
        self._ledger, self._crm, self._clock, self._url = ledger, crm, clock, url
        self._statuses: Counter[int] = Counter()
        self.only_refused: dict[str, dict[int, int]] = {}
        """Operations that had no good answer, with the statuses that they had."""
        self._session = requests.Session()
        self._session.headers.update(headers)
        self._session.trust_env = False

    def run(self, document: JsonObject, *, examples: int) -> None:
        """Try every operation with so many requests, good and bad by turns."""
        found = [each.ok() for each in schemathesis.openapi.from_dict(document).get_all_operations()]
        for operation in sorted(found, key=lambda each: ORDER.index(each.method.upper())):
            self._statuses.clear()
            problem = self._problem(operation, examples)
            group = (operation.tags or ["all"])[0]
            self._ledger.add(self._crm.name, CLIENT, group, operation.label, problem=problem)
            if not any(status < 300 for status in self._statuses):
                self.only_refused[operation.label] = dict(self._statuses)

    def _problem(self, operation: Any, examples: int) -> str:
        @seed(SEED)
        @settings(
            max_examples=examples, deadline=None, database=None, print_blob=False,
            phases=[Phase.generate, Phase.shrink], suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(st.one_of([operation.as_strategy(mode) for mode in GenerationMode]), st.sampled_from(Body))
        def holds(case: Any, body: Body) -> None:
            self._ask(case, body)

        try:
            holds()
        # A failed check, a group of them, or a client that could not read the answer.
        except (Exception, BaseExceptionGroup) as failure:
            return _told(failure)
        return ""

    def _ask(self, case: Any, body: Body) -> None:
        self._clock.advance(1)
        case.body = body.of(case.operation.definition.raw.get(SAMPLE), case.body)
        case.path_parameters = {
            name: live_id(self._crm, case.operation.path, name, value) if isinstance(value, int) else value
            for name, value in case.path_parameters.items()
        }
        answer = case.call(base_url=self._url, session=self._session)
        for wait in (60, 86_400):
            if answer.status_code == 429:
                self._clock.advance(wait)
                answer = case.call(base_url=self._url, session=self._session)
        self._statuses[answer.status_code] += 1
        if answer.status_code >= 500 and not is_not_played(answer.status_code, flat(answer.headers)):
            raise AssertionError(f"{answer.status_code} to {case.as_curl_command()}")
        if answer.status_code < 300 and answer.content:
            case.validate_response(answer, checks=[response_schema_conformance])


def flat(headers: Mapping[str, list[str]]) -> dict[str, str]:
    """Return headers with the first of their values."""
    return {name: values[0] for name, values in headers.items()}


def _told(failure: BaseException) -> str:
    while isinstance(failure, BaseExceptionGroup):
        failure = failure.exceptions[0]
    return " ".join(f"{type(failure).__name__}: {failure}".split())[:600]
