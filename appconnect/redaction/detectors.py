"""What gives a secret away: the name of its field or header, its place in an address, or its shape."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from urllib.parse import unquote

from appconnect.redaction import spellings
from appconnect.redaction.names_in_text import NamesInText
from appconnect.redaction.rules import RedactionRules
from appconnect.redaction.shapes import is_plain_id, looks_random
from appconnect.redaction.spellings import Place

PARAMETERS = frozenset(
    {
        *("clientid", "clientsecret", "code", "codechallenge", "codeverifier"),
        *("nonce", "redirecturi", "state", "username"),
    }
)
"""Names that are secret, or different in every run, in a query or form; in JSON they mean other things."""
_CODES = frozenset({"otp", "pin"})
_SESSIONS = frozenset(
    {"session", "sessionid", "jsessionid", "phpsessid", "sid", "ticket", "sig", "signature"}
)
"""Names that are secret in a query or form as well, but for plain ids that are called so."""

_EXACT = frozenset(
    {
        *("authorization", "proxyauthorization", "cookie", "setcookie"),
        *("passwd", "passphrase", "passcode", "pwd", "codeverifier", "assertion", "jwt", "csrf", "xsrf"),
    }
)
_LIKE = re.compile("token|secret|password|credential|(api|access|auth|private|signing)key|session[a-z]*key")
_NOT = re.compile(
    "ratelimit|cursor|expires|page_?token|token_?type|(limit|remaining|count|type|_at|url|uri)$"
)
_PARAMETERS = PARAMETERS | _CODES | _SESSIONS
_OF_SIGN_IN = frozenset({"grant_type", "client_id", "client_secret", "password", "code_verifier", "otp"})
_HEADER_WORDS = frozenset(
    {
        *("apikey", "auth", "authentication", "authorization", "cookie", "credential", "credentials", "jwt"),
        *("key", "password", "secret", "session", "signature", "sso", "token"),
    }
)
"""A header with one of these words in its name is not shown."""

_KEY_HEADERS = frozenset(
    {"apikey", "authorization", "proxyauthorization", "xaccesstoken", "xapikey", "xapitoken", "xauthtoken"}
)

HARMLESS_HEADERS = frozenset(
    {
        *("accept", "accept-charset", "accept-encoding", "accept-language", "cache-control", "connection"),
        *("access-control-allow-credentials", "content-encoding", "content-length", "content-type", "date"),
        *("expect", "host", "idempotency-key", "if-match", "if-modified-since", "if-none-match", "origin"),
        *("prefer", "range", "te", "user-agent"),
    }
)
"""Headers that say nothing of who asks, also when the sign-in adds them."""

_SCHEMES = frozenset({"basic", "bearer", "digest", "negotiate", "oauth", "token"})


def is_oauth(names: Iterable[str]) -> bool:
    """Return whether these are the fields of an OAuth message or sign-in, where ``code`` is a secret."""
    return not _OF_SIGN_IN.isdisjoint(names)


def placeholder(name: str) -> str:
    """Return ``<access_token>``."""
    return f"<{re.sub('[^0-9A-Za-z_-]', '_', name)[:64] or 'secret'}>"


def is_placeholder(text: str) -> bool:
    """Return whether this is what is left of a secret."""
    return re.fullmatch("<[0-9A-Za-z_-]{1,64}>", text) is not None


class Detectors:
    """What gives a secret away at one platform: what does at most, and what its rules state."""

    def __init__(self, rules: RedactionRules) -> None:
        self._names = frozenset(_letters_and_digits(name) for name in rules.secret_names)
        self._headers = frozenset(_letters_and_digits(name) for name in rules.secret_headers)
        self._limits = frozenset(name.lower() for name in rules.limit_headers)
        self._paths = [_path_pattern(path) for path in rules.secret_paths]
        self._schemes = _SCHEMES | {scheme.lower() for scheme in rules.authorization_schemes}
        self._authorization = _authorization_pattern({"basic", "bearer"}.union(rules.authorization_schemes))
        self.is_secret_name = lru_cache(maxsize=2048)(self._is_secret_name)
        self.names_in_text = NamesInText(self)
        self.name_fragments = tuple(
            re.sub("[^a-z]", "", name).encode() for name in self._names | self._headers
        )
        self.path_markers = tuple(marker.encode() for marker, _ in self._paths)

    # -- by name --

    def _is_secret_name(self, name: str, parameter: bool = False) -> bool:
        """Return whether a value of this name is secret; ``parameter`` for queries and forms."""
        plain = re.sub("[^a-z]", "", name.lower())
        if plain in _EXACT or _letters_and_digits(name) in self._names:
            return True
        if parameter and plain in _PARAMETERS:
            return True
        if _LIKE.search(plain) and not _NOT.search(name.lower()):
            return True
        *_, own = name.rstrip("]").split("[")  # user[pin]
        return own not in ("", name) and self._is_secret_name(own, parameter)

    def is_secret(self, name: str, value: object, parameter: bool = False) -> bool:
        """Return whether this value of this name is secret."""
        if not parameter or self.is_secret_name(name):
            return self.is_secret_name(name)
        if isinstance(value, str) and (kind := _ambiguous(name)):
            return not (value.isalpha() if kind in _CODES else is_plain_id(value))
        return self.is_secret_name(name, True)

    def is_secret_anywhere(self, name: str, value: object, parameter: bool = False) -> bool:
        """Return whether this value is secret wherever it turns up again; a short one may be an id there."""
        return self.is_secret(name, value, parameter) and (
            self.is_secret_name(name) or not _ambiguous(name) or len(str(value)) >= 8
        )

    def is_key_header(self, name: str) -> bool:
        """Return whether a header holds a key: because the platform says so, or by common use."""
        plain = _letters_and_digits(name)
        return plain in self._headers or plain in _KEY_HEADERS

    def is_secret_header(self, name: str) -> bool:
        """Return whether a header's name tells of a secret: it is not shown, but may be no key elsewhere."""
        words = re.split("[^a-z]+", name.lower())
        return not self.is_limit(name) and (
            self.is_key_header(name) or self.is_secret_name(name) or not _HEADER_WORDS.isdisjoint(words)
        )

    def is_plain_header(self, name: str) -> bool:
        """Return whether nothing in an answer's header of this name can be a secret."""
        return name not in ("location", "cookie", "set-cookie") and (
            name in HARMLESS_HEADERS or not (self.is_key_header(name) or self.is_secret_header(name))
        )

    def is_limit(self, header: str) -> bool:
        """Return whether a header tells of rate limits: because the connector says so, or by its name."""
        return header in self._limits or re.search("(^|-)rate-?limit", header) is not None

    def scheme(self, authorization: str) -> str:
        """Return the scheme of an Authorization header, "" when it has none that may be shown."""
        scheme, space, _ = authorization.partition(" ")
        return scheme if space and scheme.lower() in self._schemes else ""

    # -- by place --

    def path_secrets(self, text: str) -> Iterator[tuple[str, str]]:
        """Iterate over the names and values of secrets that stand in addresses in the text."""
        for marker, pattern in self._paths:
            if marker in text:
                for found in pattern.finditer(text):
                    yield from ((name, unquote(value)) for name, value in found.groupdict().items())

    # -- by shape --

    def mask_authorization(self, text: str) -> str:
        """Return the text without what follows an authorization scheme, whole, also if a piece is masked."""
        return self._authorization.sub(r"\1\2<authorization>", text) if len(text) > 8 else text

    def mask_shapes(self, text: str) -> str:
        """Return the text without what shows by its shape or place that it is secret."""
        if "://" in text:
            text = re.sub(r"://[^/\s@\"'<>?#]+@", "://<userinfo>@", text)
        text = spellings.mask(text, self._named)
        text = self._mask_paths(text)
        if "eyJ" in text:
            text = re.sub(r"(?<![\w-])eyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*", "<jwt>", text)
        return _RANDOM.sub(_random, text) if len(text) >= 32 else text

    def _mask_paths(self, text: str) -> str:
        for marker, pattern in self._paths:
            if marker in text:
                text = pattern.sub(_without_groups, text)
        return text

    def _named(self, text: str) -> Iterator[Place]:
        for each in self.names_in_text.find(text):
            if not is_placeholder(text[each.start : each.end]):
                yield Place(each.start, each.end, placeholder(each.name))


@lru_cache(maxsize=64)
def detectors(rules: RedactionRules) -> Detectors:
    """Return the detectors of a platform's rules."""
    return Detectors(rules)


# -- how --

_RANDOM = re.compile(r"(?<![\w+=~^-])(?:[\w+=~^-]|%[0-9A-Fa-f]{2}){32,}")


def _ambiguous(name: str) -> str:
    """Return the plain name that a code, a session and also a record's id may have, "" for others."""
    plain = re.sub("[^a-z]", "", name.rpartition("[")[2].lower())
    return plain if plain in _CODES | _SESSIONS else ""


def _letters_and_digits(name: str) -> str:
    return re.sub("[^a-z0-9]", "", name.lower())


def _authorization_pattern(schemes: Iterable[str]) -> re.Pattern[str]:
    names = "|".join(re.escape(scheme) for scheme in sorted(schemes))
    mark, kept = r"<[\w-]{1,64}>", r"[\w.~+/:=-]"
    key, rest_of_key = rf"(?=[\w.~+/:-]*[0-9_=]){kept}{{8,}}(?!{mark})", rf"(?!{mark}(?!{kept}|{mark}))"
    return re.compile(
        rf"(?i)(?<![a-z])({names})(\s{{1,9}})(?:{key}|{rest_of_key}(?={kept}*{mark})(?:{kept}|{mark})+)"
    )


def _path_pattern(path: str) -> tuple[str, re.Pattern[str]]:
    """Return the beginning of a secret path, and the pattern that finds its secrets in a text."""
    *parts, end = re.split(r"\{(\w+)\}", path)
    pattern = "".join(
        rf"(?P<{part}>[^/?#\s\"'<>]+)" if index % 2 else re.escape(part) for index, part in enumerate(parts)
    )
    return parts[0], re.compile(f"{pattern}(?={re.escape(end)})")


def _without_groups(found: re.Match[str]) -> str:
    """Return what was found with a placeholder for each named group."""
    text, start = found[0], found.start()
    for name in reversed(found.groupdict()):
        text = text[: found.start(name) - start] + placeholder(name) + text[found.end(name) - start :]
    return text


def _random(found: re.Match[str]) -> str:
    return "<opaque>" if looks_random(found[0]) else found[0]
