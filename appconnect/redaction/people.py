"""Pseudonyms for people's data in recordings of live accounts.

Every word of a name, company, address or note becomes an invented word, every phone number one from
555-0100 to 555-0199 in its own punctuation, every e-mail address one at example.com. The same input always
gives the same pseudonym, so a search still finds its recording, and a pseudonym is its own pseudonym, so what
is read from a recording can be sent back to it. Ids, markup, dates and the words of our own log bodies stay.

Pseudonyms are keyed hashes, many inputs to one pseudonym: they cannot be turned back, but whoever has the key
can check a guess. Only a hundred pseudonyms exist per area code, so two numbers may share one.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase
from typing import cast
from urllib.parse import quote, unquote

from pydantic import JsonValue

from appconnect.http.bodies import Body, BodyKind, Pairs
from appconnect.http.exchange import Request, Response
from appconnect.redaction.detectors import placeholder
from appconnect.redaction.rules import RedactionRules

PROJECT_KEY = b"appconnect recordings"

_OUR_WORDS = """
ace agent ai app began begin bulleted by call caller calls connect contact conversation created date
details direction document duration end ended extension fax from hour hours id in inbound incoming
journey left link log message messages minute minutes missed no none not note notes number of on or
outbound owner participants pending phone recipient recording result ringcentral score second seconds
sent session shared sms subject summary text the time to transcript user via voicemail with am pm
accepted answered auto busy connected declined hang logging up voice mail new lead placeholder company
monday tuesday wednesday thursday friday saturday sunday january february march april may june july
august september october november december work home other mobile
"""
_OURS = frozenset(_OUR_WORDS.split())
"""Words of the log bodies that we write, which must be read back as what they are."""

_TAGS = "a|b|br|p|i|u|em|strong|ul|ol|li|div|span|h[1-6]|table|thead|tbody|tr|td|th|blockquote|pre|hr"
_PLACEHOLDERS = "[a-z]+_[a-z_]+|code|state|jwt|opaque|userinfo|authorization|password|username|secret|token"
_SERVICES = "oauth|api|app|www"
"""Subdomains that are nobody's name."""
_SYLLABLES = [consonant + vowel for consonant in "bdfgklmnprstvz" for vowel in "aeiou"]


class Pseudonymizer:
    """Pseudonyms of one project for one platform: pure functions of what goes in."""

    def __init__(self, rules: RedactionRules | None = None, key: bytes = PROJECT_KEY) -> None:
        rules = RedactionRules() if rules is None else rules
        self._fields = rules.people
        self._key = key
        self._parts = _parts_of_text(_placeholder_names(rules))
        self._company = _company(self._fields.company_domains)

    # -- one value --

    def word(self, word: str) -> str:
        """Return an invented word in the same case; words of our log bodies and pseudonyms stay."""
        plain = word.casefold()
        if len(word) < 2 or plain in _OURS or self._is_pseudonym(plain):
            return word
        number = self._number("word", plain)
        count = len(_SYLLABLES)
        stem = "".join(_SYLLABLES[number // count**place % count] for place in range(3))
        invented = stem + self._seal(stem)
        return invented.upper() if word.isupper() else invented.title() if word[0].isupper() else invented

    def phone(self, text: str) -> str:
        """Return the same punctuation around the same first digits, and 555-01xx at the end."""
        main, extension = _split_extension(text)
        digits = "".join(str(int(digit)) for digit in re.findall(r"\d", main))
        if len(digits) < 7 or re.fullmatch("55501[0-9]{2}", digits[-7:]):
            return text
        fresh = iter(f"{digits[:-7]}55501{self._number('phone', digits[-7:]) % 100:02}")
        return re.sub(r"\d", lambda _: next(fresh), main) + extension

    def email(self, address: str) -> str:
        """Return an address at example.com."""
        if address.lower().endswith("@example.com"):
            return address
        return f"{self.word('x' + hashlib.sha256(address.lower().encode()).hexdigest())}@example.com"

    def text(self, text: str) -> str:
        """Return names, prose or one bare number with pseudonyms."""
        if re.fullmatch(r"\+?[\d\s().-]{7,25}", text) and not re.match(r"\d{4}-\d\d-\d\d", text):
            return self.phone(text)
        return self._parts.sub(self._token, text)

    def contacts(self, text: str) -> str:
        """Return a text with pseudonyms for its phone numbers and e-mail addresses only."""
        return self._parts.sub(
            lambda found: found[0] if found.lastgroup == "word" else self._token(found), text
        )

    def query(self, text: str) -> str:
        """Return a query with pseudonyms for what is quoted, names behind a colon, and long numbers."""
        text = re.sub(r"\"[^\"]*\"|'[^']*'", lambda quoted: self._parts.sub(self._token, quoted[0]), text)
        text = re.sub(
            r"((?:name|first[Nn]ame|last[Nn]ame):)([^\s\"'()]+)", lambda f: f[1] + self.text(f[2]), text
        )
        return re.sub(r"(?<![\d\w])\d{7,11}(?!\d)", lambda digits: self.phone(digits[0]), text)

    # -- a whole message --

    def request(self, request: Request) -> Request:
        """Return the request with pseudonyms."""
        texts = self._has_people(request.url)
        return request.model_copy(
            update={
                "url": self._address(request.url),
                "query": self._pairs(request.query, texts=texts),
                "body": self._body(request.body, texts=texts),
            }
        )

    def response(self, response: Response, url: str) -> Response:
        """Return the answer to a request of ``url``, with pseudonyms."""
        headers = {
            name: self._address(value) if name == "location" else value
            for name, value in response.headers.items()
        }
        body = self._body(response.body, texts=self._has_people(url))
        return response.model_copy(update={"headers": headers, "body": body})

    # -- how --

    def _number(self, kind: str, text: str) -> int:
        return int.from_bytes(
            hmac.digest(self._key, f"{kind}:{text}".encode("utf-8", "surrogatepass"), "sha256")
        )

    def _seal(self, stem: str) -> str:
        return _SYLLABLES[self._number("seal", stem) % len(_SYLLABLES)]

    def _is_pseudonym(self, plain: str) -> bool:
        """Return whether the word is a pseudonym: its last syllable seals the first three."""
        return len(plain) == 8 and self._seal(plain[:6]) == plain[6:]

    def _token(self, found: re.Match[str]) -> str:
        makers = {"address": self._address, "email": self.email, "phone": self.phone, "word": self.word}
        maker = makers.get(found.lastgroup or "")
        return maker(found[0]) if maker else found[0]

    def _address(self, url: str) -> str:
        """Return an address with pseudonyms in its host, the steps of its path, and its query."""
        path, mark, query = self._company.sub(lambda host: self.word(host[0]), url).partition("?")
        query = re.sub(
            r"(?<![^?&;])([\w.%-]{1,64})=([^&#]+)",
            lambda pair: f"{pair[1]}={self._quoted(pair[2], lambda text: self._parameter(pair[1], text))}",
            query,
        )
        return "/".join(self._quoted(step, self.contacts) for step in path.split("/")) + mark + query

    def _quoted(self, text: str, make: Callable[[str], str]) -> str:
        """Return a part of an address made anew, quoted again if that changed anything."""
        plain = unquote(text)
        made = make(plain)
        return text if made == plain else quote(made, safe="")

    def _parameter(self, name: str, text: str) -> str:
        return str(self._value(unquote(name), text, texts=True))

    def _has_people(self, url: str) -> bool:
        return re.search(self._fields.settings_paths, url) is None

    def _pairs(self, named: Pairs, *, texts: bool) -> Pairs:
        return cast(Pairs, {name: self._value(name, value, texts=texts) for name, value in named.items()})

    def _body(self, body: Body | None, *, texts: bool) -> Body | None:
        if body is None or body.kind is BodyKind.BASE64:
            return body
        if body.kind is BodyKind.TEXT:
            return Body(kind=body.kind, value=self.contacts(str(body.value)))
        return Body(kind=body.kind, value=self._json(body.value, texts=texts))

    def _json(self, value: JsonValue, *, texts: bool) -> JsonValue:
        if isinstance(value, dict):
            return {name: self._value(name, each, texts=texts) for name, each in value.items()}
        if isinstance(value, list):
            return [self._json(each, texts=texts) for each in value]
        return self.contacts(value) if isinstance(value, str) else value

    def _value(self, name: str, value: object, *, texts: bool) -> JsonValue:
        """Return the value of one field; what is below a field of people's data is theirs too."""
        plain, fields = name.lower(), self._fields
        for patterns, make in (
            (fields.phones, self._phone_field),
            (fields.queries, self.query),
            (fields.birthdays, lambda text: text and "1970-01-01"),
            (fields.texts if texts else (), self.text),
        ):
            if _fits(plain, patterns):
                return _each_text(cast(JsonValue, value), make)
        return self._json(cast(JsonValue, value), texts=texts)

    def _phone_field(self, text: str) -> str:
        return self.contacts(text) if "@" in text else self.phone(text)


def _parts_of_text(names: Iterable[str]) -> re.Pattern[str]:
    """Return the pattern of what stays in a text and what is replaced; ``names`` are of placeholders."""
    placeholders = "|".join([_PLACEHOLDERS, *(re.escape(placeholder(name)[1:-1]) for name in names)])
    return re.compile(
        rf"(?P<kept></?(?:{_TAGS})(?:\s[^<>]*)?/?>|<(?:{placeholders})>|&\#?\w{{1,31}};)"
        rf"|(?P<address>https?://(?:[^\s<>\"']|<(?!(?:{_TAGS})>)[\w-]{{1,64}}>(?=[/?&\#]))+)"
        r"|(?P<email>[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8})"
        r"|(?P<phone>(?<![\w+])\+\d(?:[ ().-]{0,2}\d){6,14}(?!\w)"
        r"|(?<![\w+])(?:1[ .-]?)?\(?\d{3}\)?[ .-]{0,2}\d{3}[ .-]\d{4}(?!\w))"
        r"|(?P<word>[^\W\d_]+(?:['’-][^\W\d_]+)*)",
        re.IGNORECASE,
    )


def _placeholder_names(rules: RedactionRules) -> list[str]:
    paths = [name for path in rules.secret_paths for name in re.findall(r"\{(\w+)\}", path)]
    return [*rules.secret_headers, *rules.secret_names, *paths]


def _company(domains: Iterable[str]) -> re.Pattern[str]:
    """Return the pattern of a customer's name before one of the domains."""
    names = "|".join(re.escape(domain) for domain in domains)
    return re.compile(rf"(?<=://)(?!(?:{_SERVICES})\.)[\w-]+(?=\.(?:{names}))" if names else "(?!)")


def _fits(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def _split_extension(text: str) -> tuple[str, str]:
    found = re.search(r"(?i)\s{0,3}(?:ext\.?|x|#)\s{0,3}\d{1,6}\s{0,3}$", text)
    return (text[: found.start()], found[0]) if found else (text, "")


def _each_text(value: JsonValue, make: Callable[[str], str]) -> JsonValue:
    """Return the value with every text in it made anew."""
    if isinstance(value, dict):
        return {name: _each_text(each, make) for name, each in value.items()}
    if isinstance(value, list):
        return [_each_text(each, make) for each in value]
    return make(value) if isinstance(value, str) else value
