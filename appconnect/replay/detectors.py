"""What gives a secret away: the name of its field, or the shape of its value."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable

PARAMETERS = frozenset(
    {
        *("clientid", "clientsecret", "code", "codechallenge", "codeverifier"),
        *("nonce", "redirecturi", "state", "username"),
    }
)
"""Names that are secret, or different in every run, in a query or form; in JSON they mean other things."""

_EXACT = frozenset(
    {
        *("apikey", "authorization", "cookie", "setcookie", "userkey"),
        *("passwd", "pwd", "codeverifier", "assertion"),
    }
)
_LIKE = re.compile("token|secret|password|apikey|credential|privatekey|session[a-z]*key")
_NOT = re.compile(
    "ratelimit|cursor|expires|page_?token|token_?type|(limit|remaining|count|type|_at|url|uri)$"
)

TextRule = Callable[[str], str]


def secret_name(name: str, *, parameter: bool = False) -> bool:
    """Whether a value of this name is a secret; ``parameter`` for queries and forms."""
    plain = re.sub("[^a-z]", "", name.lower())
    if plain in _EXACT or (parameter and plain in PARAMETERS):
        return True
    return bool(_LIKE.search(plain)) and not _NOT.search(name.lower())


def is_oauth(names: Iterable[str]) -> bool:
    """Whether these are the fields of an OAuth message or sign-in, where ``code`` is a secret."""
    return not {"grant_type", "client_id", "client_secret", "password", "code_verifier"}.isdisjoint(names)


def placeholder(name: str) -> str:
    """``<access_token>``."""
    return f"<{re.sub('[^0-9A-Za-z_-]', '_', name)[:64] or 'secret'}>"


def is_placeholder(text: str) -> bool:
    """Whether this is what is left of a secret."""
    return re.fullmatch("<[0-9A-Za-z_-]{1,64}>", text) is not None


# -- shapes --


def _authorizations(text: str) -> str:
    pattern = r"(?i)(?<![a-z])(bearer|basic|userkeyauth)(\s{1,9})(?=[\w.~+/:-]*[0-9_=])[\w.~+/:=-]{8,}"
    return re.sub(pattern, r"\1\2<authorization>", text)


def _json_web_tokens(text: str) -> str:
    return re.sub(r"(?<![\w-])eyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*", "<jwt>", text)


def _user_information(text: str) -> str:
    return re.sub(r"://[^/\s@\"'<>?#]+@", "://<userinfo>@", text)


def _assignments(text: str) -> str:
    """``access_token=…`` in a URL, form or sentence."""
    return re.sub(r"(?<![\w-])([\w-]{1,64})=([^&#;\s\"'<>]+)", _assignment, text)


def _assignment(found: re.Match[str]) -> str:
    parameter = found.start() == 0 or found.string[found.start() - 1] in "?&#;"
    return f"{found[1]}={placeholder(found[1])}" if secret_name(found[1], parameter=parameter) else found[0]


def _quoted_fields(text: str) -> str:
    """``"access_token": "…"`` in what is not quite JSON."""
    pattern = r"([\"'])([\w-]{1,64})\1(\s{0,9}:\s{0,9})([\"'])((?:(?!\4)[^\\]|\\.)+)\4"
    return re.sub(pattern, _quoted_field, text, flags=re.DOTALL)


def _quoted_field(found: re.Match[str]) -> str:
    quote, name, colon, value_quote = found.group(1, 2, 3, 4)
    if not secret_name(name):
        return found[0]
    return f"{quote}{name}{quote}{colon}{value_quote}{placeholder(name)}{value_quote}"


def _html_inputs(text: str) -> str:
    """``<input name="csrf_token" value="…">``, whatever the order of the attributes."""
    return re.sub(r"(?i)<input\b[^<>]{0,2000}>", _html_input, text)


def _html_input(found: re.Match[str]) -> str:
    name = re.search(r"(?i)\bname\s*=\s*[\"']?([\w-]+)", found[0])
    if not name or not secret_name(name[1], parameter=True):
        return found[0]
    value = r"(?i)(\bvalue\s*=\s*)(\"[^\"<]+\"|'[^'<]+'|[^\s\"'<>]+)"
    return re.sub(value, lambda old: f'{old[1]}"{placeholder(name[1])}"', found[0])


def _corporation_tokens(text: str) -> str:
    """Bullhorn's corporation token, in the path of every address behind the sign-in."""
    return re.sub(r"(/rest-services/)(?!login\b|loginInfo\b)[^/?#\s\"'<>]+(?=/)", r"\1<corp_token>", text)


def _random_strings(text: str) -> str:
    return re.sub(
        r"(?<![\w+=~^-])(?<!cursor=)(?:[\w+=~^-]|%[0-9A-Fa-f]{2}){32,}",
        lambda found: "<opaque>" if _looks_random(found[0]) else found[0],
        text,
    )


def _looks_random(text: str) -> bool:
    if re.fullmatch("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", text):
        return False  # a UUID: Pipedrive's lead ids
    if re.fullmatch("[0-9a-f]{32,}|[0-9A-F]{32,}", text):
        return not text.isdigit() and not text.isalpha()
    kinds = all(re.search(kind, text) for kind in ("[0-9]", "[a-z]", "[A-Z]"))
    runs = re.findall("[0-9A-Za-z]{12,}", text)  # not words between hyphens
    return kinds and _entropy(text) > 3.8 and any(not run.isalpha() and not run.isdigit() for run in runs)


def _entropy(text: str) -> float:
    """Bits per character."""
    shares = [count / len(text) for count in Counter(text).values()]
    return -sum(share * math.log2(share) for share in shares)


DETECTORS: tuple[TextRule, ...] = (
    _user_information,
    _authorizations,
    _html_inputs,
    _quoted_fields,
    _assignments,
    _corporation_tokens,
    _json_web_tokens,
    _random_strings,
)
"""Applied to every text, in this order."""
