"""What exports know of a platform: how its requests are signed, and where people's data is in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from appconnect.auth.pseudonym_key import known_pseudonym_key
from appconnect.auth.sign_in import RenewalContext, SignIn
from appconnect.clock import SystemClock
from appconnect.connectors import registry
from appconnect.errors import AppConnectError
from appconnect.history import FILE, History
from appconnect.http.exports.origin import Origin
from appconnect.redaction import Redactor
from appconnect.settings import Settings

if TYPE_CHECKING:
    from appconnect.connectors.platform import Platform
    from appconnect.http.exchange import Exchange
    from appconnect.redaction import Pseudonymizer


def origin_of(platform: Platform, sign_in: SignIn | None = None) -> Origin:
    """Return the platform as exports know it; ``sign_in`` tells how its requests are signed."""
    settings = platform.settings
    return Origin(
        crm=platform.name,
        title=platform.title,
        where=settings.where,
        settings=frozenset(settings.variable(field) for field in settings.model_fields),
        schemes=sign_in.header_schemes if sign_in else (),
    )


def known_origin(crm: str) -> Origin:
    """Return a CRM by its name as exports know it; one that is not installed by its name alone."""
    try:
        platform = registry.platform(crm)
        return origin_of(platform, platform.sign_in(RenewalContext(SystemClock(), lambda credentials: None)))
    except AppConnectError:
        return Origin(crm, crm)


def history_of_this_computer(settings: Settings | None = None) -> History:
    """Return the history in the home folder, whose exchanges become commands again."""
    settings = settings or Settings.load()
    return History(settings.home / FILE, is_on=settings.history, origin_of=known_origin)


class PeopleHidden:
    """Replaces people in exchanges by pseudonyms, with the key of live recordings where there is one."""

    def __init__(self, platform: Platform, settings: Settings) -> None:
        self._rules = platform.redaction
        self._settings = settings

    def __call__(self, exchanges: Sequence[Exchange]) -> list[Exchange]:
        """Return the exchanges without people, with the headers that a recording keeps."""
        from appconnect.redaction import Pseudonymizer

        redactor = Redactor(self._rules)
        key = known_pseudonym_key(self._settings.home, self._settings.pseudonym_key)
        pseudonymizer = Pseudonymizer(self._rules, key)
        for each in exchanges:
            pseudonymizer.learn(each.request, each.response)
        return [self._hidden(each, redactor, pseudonymizer) for each in exchanges]

    def _hidden(self, exchange: Exchange, redactor: Redactor, pseudonymizer: Pseudonymizer) -> Exchange:
        request = redactor.stored_request(exchange.request)
        response = exchange.response and redactor.stored_response(exchange.response)
        return exchange.model_copy(
            update={
                "request": pseudonymizer.request(request),
                "response": response and pseudonymizer.response(response, request.url),
            }
        )
