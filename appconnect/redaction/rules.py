"""What a platform states of its records and requests, so that secrets and people can be taken out of them.

Every field has a default that suits most CRMs; a platform states what is its own::

    REDACTION = RedactionRules(
        secret_headers=("X-Acme-Key",),
        secret_names=("pin",),
        secret_paths=("/t/{token}/",),
        people=PeopleFields(texts=("client", "memo"), phones=("dial",)),
    )

Three things need no statement: rate-limit headers, which the connector's ``ApiRules`` name; whatever its
credentials add to a request; and the values that its settings and credentials hold.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields

from appconnect.errors import ConfigurationError


@dataclass(frozen=True)
class PeopleFields:
    """Where a CRM holds people's data: patterns of lower-case JSON keys, form fields and query parameters.

    ``texts`` are names, addresses and prose, ``phones`` numbers, ``birthdays`` dates of birth,
    ``identifiers`` numbers that tell who somebody is: of a tax office, a passport, a bank account.
    ``places`` are cities, states and countries, ``queries`` query languages, in which what is quoted, and
    digits, is somebody's. ``settings_paths`` is a regular expression of paths whose texts are the CRM's
    settings and nobody's: activity types, categories, statuses. ``company_domains`` are those whose
    subdomain is the customer's name: ``acme.com`` for ``holt.acme.com``.

    Numbers, IP and e-mail addresses, account numbers and time zones need no statement: they are found in any
    text by their shape.
    """

    texts: tuple[str, ...] = (
        *("*name", "*company*", "*organi[sz]ation*", "*employer*", "*title", "subject"),
        *("*note*", "*comment*", "*description*", "body", "*details", "memo", "text"),
        *("*address*", "*street*", "city", "*zip*", "post*code", "postal*", "*location*", "website"),
        *("q", "term", "search*", "keyword*"),
    )
    phones: tuple[str, ...] = ("*phone*", "*mobile*", "*cell", "*fax*", "tel", "tel_*", "pager", "im", "ims")
    birthdays: tuple[str, ...] = ("*birth*", "dob")
    identifiers: tuple[str, ...] = (
        *("*tax*id", "*tax*number", "tin", "*ssn*", "*social*security*", "*national*id*", "*passport*"),
        *("*driver*licen*", "*iban*", "*account*number", "*card*number", "*vat*number", "nino", "cpf"),
    )
    places: tuple[str, ...] = (
        *("city", "*_city", "state", "*_state", "*stateorprovince", "province", "region", "county", "town"),
        *("country", "*_country", "countryname", "country_name", "locality", "sublocality"),
        *("*admin_area_level*",),
    )
    queries: tuple[str, ...] = ("query", "where", "*filter", "jql", "soql")
    settings_paths: str = r"(?!)"
    company_domains: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _check(self)
        try:
            re.compile(self.settings_paths)
        except re.error as error:
            raise ConfigurationError(
                f"PeopleFields(settings_paths={self.settings_paths!r}) is no regular expression: {error}."
            ) from None


@dataclass(frozen=True)
class RedactionRules:
    """The facts that a platform states of its secrets and people.

    ``secret_headers`` and ``secret_names`` (of query parameters, form fields and JSON keys) are compared
    without case and punctuation. ``secret_paths`` are parts of addresses with a secret in braces, whose name
    is what is shown in its place: ``/t/{token}/`` makes ``/t/<token>/`` of ``/t/4711/``.
    ``authorization_schemes`` may be shown, and what follows them may not: ``Acme`` in
    ``Authorization: Acme 4711``. ``kept_headers`` are headers that a recording keeps, of requests because the
    CRM reads them, of answers because the connector does. ``limit_headers`` are never masked; ``Platform``
    fills them in from the connector's ``ApiRules``, and ``hosts``, which are the CRM's own, as well.
    """

    secret_headers: tuple[str, ...] = ()
    secret_names: tuple[str, ...] = ()
    secret_paths: tuple[str, ...] = ()
    authorization_schemes: tuple[str, ...] = ()
    kept_headers: tuple[str, ...] = ()
    limit_headers: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    people: PeopleFields = field(default_factory=PeopleFields)

    def __post_init__(self) -> None:
        _check(self)
        for path in self.secret_paths:
            if not re.fullmatch(r"/[^{}]*(\{[^\W\d]\w*\}[^{}]*)+", path):
                raise ConfigurationError(
                    f"{path!r} is no secret path; write it like /t/{{token}}/, with the secret in braces."
                )


def _check(rules: object) -> None:
    """Refuse a text where a tuple of texts belongs, which Python would take letter by letter."""
    for each in fields(rules):  # type: ignore[arg-type]
        value = getattr(rules, each.name)
        if str(each.type).startswith("tuple") and (
            not isinstance(value, tuple) or not all(isinstance(one, str) for one in value)
        ):
            raise ConfigurationError(
                f"{type(rules).__name__}({each.name}=…) takes a tuple of texts, as in ('one', 'two')."
            )
