"""Pseudonyms for people's data in recordings of live accounts.

Every word of a name, company, address or note becomes an invented word; phone numbers, card and account
numbers, ids of people, e-mail and IP addresses, dates of birth and time zones are replaced in any text. The
same input always gives the same pseudonym, so a search still finds its recording, and a pseudonym is its own
pseudonym, so what is read from a recording can be sent back to it. The CRM's ids, markup, dates and the words
of our own log bodies stay.

Pseudonyms are keyed hashes, many inputs to one pseudonym: they cannot be turned back, but whoever has the key
can check a guess (:mod:`appconnect.auth.key_file`). Only a hundred phone numbers exist per area code, so two
may share one.
"""

from __future__ import annotations

import base64
import json
import re
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import cast
from urllib.parse import quote, unquote

from pydantic import JsonValue

from appconnect.http.bodies import Body, BodyKind, Pairs
from appconnect.http.exchange import Request, Response
from appconnect.redaction.known_people import KnownPeople, fits, is_id_name, is_time
from appconnect.redaction.numbers import digits_of
from appconnect.redaction.prose import BIRTH_DATE, DATE, IPV4, is_old, parts_of_text
from appconnect.redaction.pseudonyms import Pseudonyms, is_card
from appconnect.redaction.rules import RedactionRules
from appconnect.redaction.time_zones import ZONE_PATTERN, neutral_zone
from appconnect.redaction.words import comparable, is_initial

_OUR_WORDS = """
ace agent ai app began begin bulleted by call caller calls connect contact conversation created date
details direction document duration end ended extension fax from hour hours id in inbound incoming
journey left link log message messages minute minutes missed no none not note notes number of on or
outbound owner participants pending phone recipient recording result ringcentral score second seconds
sent session shared sms subject summary text the time to transcript user via voicemail with am pm
accepted answered auto busy connected declined hang logging up voice mail new lead placeholder company
work home other mobile
"""
_DAYS = """
monday tuesday wednesday thursday friday saturday sunday january february march april may june july
august september october november december
"""
OUR_WORDS = frozenset((_OUR_WORDS + _DAYS).split())
"""Words of the log bodies that we write, which must be read back as what they are."""
_ALSO_NAMES = frozenset(_DAYS.split())
_DAY_AS_NAME = re.compile(rf"(?i)(?<!\w)(?<!\d\s)(?:{'|'.join(_DAYS.split())})(?!\w|,?\s\d)")

_SERVICES = "oauth|api|app|www"
"""Subdomains that are nobody's name."""
_WHOLE_DATE = re.compile(rf"(?i)\s*(?:{DATE})\s*")
_ATTRIBUTE = re.compile(r"=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"'<>]+)")
_IPV4 = re.compile(IPV4)
_OUR_HOSTS = ("ringcentral.com",)


class Pseudonymizer:
    """Pseudonyms for one platform: functions of what goes in, of the key, and of what was learned."""

    def __init__(self, rules: RedactionRules | None = None, key: bytes = b"") -> None:
        """Take a platform's rules, and a key that nobody can guess; without one, one is made."""
        rules = RedactionRules() if rules is None else rules
        self._fields = rules.people
        self._pseudonyms = Pseudonyms(key or secrets.token_bytes(32))
        self._known = KnownPeople(rules.people)
        self._parts = parts_of_text(rules)
        self._company = _company(self._fields.company_domains)
        self._ours = _hosts_of((*_OUR_HOSTS, *self._fields.company_domains, *rules.hosts))
        self.replaced: dict[str, str] = {}
        """What was replaced, by pseudonym."""
        self._makers: dict[str, Callable[[str], str]] = {
            **{"tag": self._tag, "address": self._address_in_prose},
            **{"email": self.email, "iban": self._iban, "ip": self._ip},
            **{"zone": neutral_zone, "birth": self._birth_in_prose, "date": self._date_in_prose},
            **{"number": self.number, "identifier": self.identifier, "word": self.word},
        }

    def learn(self, request: Request, response: Response | None = None) -> None:
        """Remember the ids and people that these show by name, so that they are known in any text."""
        has_people = self._has_people(request.url)
        for name, value in request.query.items():
            self._known.learn(name, cast(JsonValue, value), has_people=has_people)
        for body in (request.body, response.body if response else None):
            if body is not None and body.kind is not BodyKind.BASE64:
                self._known.learn("", body.data, has_people=has_people)

    # -- one value --

    def word(self, word: str) -> str:
        """Return an invented word in the same case; initials, words of our log bodies and pseudonyms stay."""
        compared = comparable(word)
        is_ours = compared in OUR_WORDS and not (compared in _ALSO_NAMES and self._known.is_name(word))
        return word if is_ours or is_initial(word) else self._noted(word, self._pseudonyms.word(word))

    def name(self, text: str) -> str:
        """Return a text of a field of names, where April and May are names, unless a day is beside them."""
        return self.text(
            _DAY_AS_NAME.sub(lambda day: self._noted(day[0], self._pseudonyms.word(day[0])), text)
        )

    def phone(self, text: str) -> str:
        """Return the same punctuation around the same first digits, and 555-01xx at the end."""
        return self._noted(text, self._pseudonyms.phone(text))

    def number(self, text: str) -> str:
        """Return a number in prose with a pseudonym; the CRM's ids, and less than seven digits, stay."""
        digits = digits_of(text)
        if len(digits) < 7 or digits in self._known.ids or self._is_list(text):
            return text
        if digits in self._known.identifiers:
            return self.identifier(text)
        return self._noted(text, self._pseudonyms.number(text))

    def identifier(self, text: str) -> str:
        """Return an id of a person with other digits, and X for letters."""
        return self._noted(text, self._pseudonyms.identifier(text))

    def email(self, address: str) -> str:
        """Return an address at example.com."""
        return self._noted(address, self._pseudonyms.email(address))

    def birth(self, text: str) -> str:
        """Return the first of January 1970 in the format of a date of birth."""
        if not re.search(r"\d", text) or re.search(r"[@:](?!\d\d)|/[^\d/]", text):
            return self.text(text)
        return self._noted(text, self._pseudonyms.birth(text))

    def place(self, text: str) -> str:
        """Return an invented place; a code of two or three letters is XX or XXX."""
        coded = self._pseudonyms.place(text)
        return coded if coded != text or re.fullmatch("(?i)x{2,3}", text) else self.text(text)

    def text(self, text: str) -> str:
        """Return names, prose or one bare number with pseudonyms."""
        is_number = re.fullmatch(r"\+?[\d\s().-]{7,25}", text) and not _IPV4.search(text)
        if is_number and not _WHOLE_DATE.fullmatch(text):
            return self.number(text)
        return self._parts.sub(self._token, text)

    def contacts(self, text: str) -> str:
        """Return a text with pseudonyms for everything but its words; known names are replaced in prose."""
        if _WHOLE_DATE.fullmatch(text):
            return self._date_in_prose(text)
        is_prose = re.search(r"\S\s+\S", text) is not None

        def token(found: re.Match[str]) -> str:
            if found.lastgroup == "word" and not (is_prose and self._known.is_name(found[0])):
                return found[0]
            return self._address(found[0]) if found.lastgroup == "address" else self._token(found)

        return self._parts.sub(token, text)

    def query(self, text: str) -> str:
        """Return a query with pseudonyms for what is quoted, names behind a colon, and what is no word."""
        text = re.sub(r"\"[^\"]*\"|'[^']*'", lambda quoted: self._parts.sub(self._token, quoted[0]), text)
        text = re.sub(
            r"((?:name|first[Nn]ame|last[Nn]ame):)([^\s\"'()]+)", lambda f: f[1] + self.text(f[2]), text
        )
        return self._parts.sub(
            lambda found: found[0] if found.lastgroup == "word" else self._token(found), text
        )

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
        makers: dict[str, Callable[[str], str]] = {"location": self._address, "link": self.contacts}
        headers = {
            name: makers[name](value) if name in makers else value for name, value in response.headers.items()
        }
        body = self._body(response.body, texts=self._has_people(url))
        return response.model_copy(update={"headers": headers, "body": body})

    def json(self, value: JsonValue) -> JsonValue:
        """Return arguments of an operation with pseudonyms."""
        return self._json("", value, texts=True)

    def parts(self, text: str) -> Iterator[re.Match[str]]:
        """Iterate over the parts of a text that may be pseudonyms; the kind is the match's last group."""
        return self._found(text, 0, len(text))

    # -- how --

    def _found(self, text: str, start: int, end: int) -> Iterator[re.Match[str]]:
        for found in self._parts.finditer(text, start, end):
            if found.lastgroup in ("tag", "address"):
                mark = "=" if found.lastgroup == "tag" else "://"
                if (inside := text.find(mark, found.start(), found.end())) >= 0:
                    yield from self._found(text, inside + len(mark), found.end())
            elif found.lastgroup != "kept":
                yield found

    def _noted(self, text: str, pseudonym: str) -> str:
        if text != pseudonym:
            self.replaced[pseudonym] = text
        return pseudonym

    def _token(self, found: re.Match[str]) -> str:
        maker = self._makers.get(found.lastgroup or "")
        return maker(found[0]) if maker else found[0]

    def _is_list(self, text: str) -> bool:
        """Return whether these are numbers beside each other, such as ids, and not one with commas in it."""
        numbers = re.fullmatch(r"(\d+)(?:[,*|:~]\d+)+", text) and re.findall(r"\d+", text)
        if not numbers:
            return False
        is_one = len(numbers) == 3 or is_card(digits_of(text))
        return not is_one or self._known.ids.issuperset(numbers)

    def _tag(self, tag: str) -> str:
        """Return markup with pseudonyms in what its attributes hold; their words stay but for known names."""
        return _ATTRIBUTE.sub(lambda value: self._known_words(value[0]), tag)

    def _known_words(self, text: str) -> str:
        def token(found: re.Match[str]) -> str:
            is_word = found.lastgroup == "word" and not self._known.is_name(found[0].title())
            return found[0] if is_word else self._token(found)

        return self._parts.sub(token, text)

    def _iban(self, text: str) -> str:
        """Return an account number with a pseudonym, or the words and numbers that only look like one."""
        if len(digits_of(text)) >= 10:
            return self._noted(text, self._pseudonyms.iban(text))
        pieces = r"\S+" if re.search(r"\s", text) else r"[^\W\d_]+(?:-[^\W\d_]+)*|\d+"
        return re.sub(pieces, lambda piece: self._parts.sub(self._token, piece[0]), text)

    def _ip(self, text: str) -> str:
        """Return an address with a pseudonym, also where a host name has it with dashes."""
        dots = text.replace("-", ".")
        if re.search(r"(?<!\d)0\d|25[6-9]|2[6-9]\d|[3-9]\d\d", dots) and ":" not in dots:
            return self.number(text)  # too large, or begins with 0
        made = self._pseudonyms.ip(dots)
        return self._noted(text, made.replace(".", "-") if "-" in text else made)

    def _birth_in_prose(self, text: str) -> str:
        """``born on 6 May 1961``, of which the date is replaced."""
        start = re.search(rf"(?i){BIRTH_DATE}$", text)
        return text[: start.start()] + self.birth(text[start.start() :]) if start else text

    def _date_in_prose(self, text: str) -> str:
        return self.birth(text) if is_old(text) or self._known.is_birth(text) else text

    def _address_in_prose(self, url: str) -> str:
        return self._address(url, foreign=self.text)

    def _address(self, url: str, *, foreign: Callable[[str], str] | None = None) -> str:
        """Return an address with pseudonyms in its host, its path, query and fragment.

        ``foreign`` makes what is behind a host that is not the CRM's, in which a site may name somebody.
        """
        make = self.contacts if self._ours.match(url) else foreign or self._known_words
        whole, sharp, fragment = self._company.sub(lambda host: self.word(host[0]), url).partition("#")
        path, mark, query = whole.partition("?")
        path = re.sub(rf"(?<!\w){ZONE_PATTERN}(?!\w)", lambda zone: neutral_zone(zone[0]), path)
        steps = path.split("/")
        made = [self._quoted(step, self.contacts, safe=":") for step in steps[:3]]  # host:port
        made += [self._quoted(step, make, safe=":") for step in steps[3:]]
        end = self._parameters(fragment, make) if "=" in fragment else self._quoted(fragment, make, safe=":/")
        return "/".join(made) + mark + self._parameters(query, make) + sharp + end

    def _parameters(self, query: str, make: Callable[[str], str]) -> str:
        def value(name: str, text: str) -> str:
            return make(str(self._value(unquote(name), text, texts=True)))

        return re.sub(
            r"(?<![^?&;])([\w.%-]{1,64})=([^&#]+)",
            lambda pair: f"{pair[1]}={self._quoted(pair[2], lambda text: value(pair[1], text))}",
            query,
        )

    def _quoted(self, text: str, make: Callable[[str], str], *, safe: str = "") -> str:
        """Return a part of an address made anew, quoted again if that changed anything."""
        plain = unquote(text)
        made = make(plain)
        return text if made == plain else quote(made, safe=safe)

    def _has_people(self, url: str) -> bool:
        return re.search(self._fields.settings_paths, url) is None

    def _pairs(self, named: Pairs, *, texts: bool) -> Pairs:
        return cast(Pairs, {name: self._value(name, value, texts=texts) for name, value in named.items()})

    def _body(self, body: Body | None, *, texts: bool) -> Body | None:
        if body is None:
            return None
        if body.kind is BodyKind.BASE64:
            raw = base64.b64decode(str(body.value)).decode("latin-1")
            made = self.contacts(raw).encode("latin-1", "replace")
            return Body(kind=body.kind, value=base64.b64encode(made).decode())
        if body.kind is BodyKind.TEXT:
            return Body(kind=body.kind, value=self._text_body(str(body.value), body.data, texts=texts))
        return Body(kind=body.kind, value=self._json("", body.value, texts=texts))

    def _text_body(self, text: str, data: JsonValue, *, texts: bool) -> str:
        """Return a text, read as JSON if it is an object or list that is labelled as something else."""
        if not isinstance(data, dict | list):
            return self.contacts(text)
        made = self._json("", data, texts=texts)
        return text if made == data else json.dumps(made, ensure_ascii=False)

    def _json(self, name: str, value: JsonValue, *, texts: bool) -> JsonValue:
        if isinstance(value, dict):
            return {
                self.contacts(key): self._value(key, each, texts=texts, within=name)
                for key, each in value.items()
            }
        if isinstance(value, list):
            return [self._json(name, each, texts=texts) for each in value]
        if isinstance(value, str):
            return value if value.isdigit() and self._is_id(name, value) else self.contacts(value)
        return self._bare(name, value)

    def _value(self, name: str, value: object, *, texts: bool, within: str = "") -> JsonValue:
        """Return the value of one field; what is below a field of people's data is theirs too."""
        plain, fields = name.lower(), self._fields
        for patterns, make in (
            (fields.birthdays, self.birth),
            (fields.identifiers, self.identifier),
            (fields.phones, self._phone_field),
            (fields.queries, self.query),
            (fields.places if texts else (), self.place),
            (("*name*",) if texts and fits(plain, fields.texts) else (), self.name),
            (fields.texts if texts else (), self.text),
        ):
            if fits(plain, patterns):
                return self._each(cast(JsonValue, value), make, name)
        below = within if is_id_name(within) and plain == "value" else name
        return self._json(below, cast(JsonValue, value), texts=texts)

    def _each(self, value: JsonValue, make: Callable[[str], str], name: str) -> JsonValue:
        """Return the value with every text and bare number in it made anew, but for the CRM's ids."""
        if isinstance(value, dict):
            return {self.contacts(key): self._each(each, make, key) for key, each in value.items()}
        if isinstance(value, list):
            return [self._each(each, make, name) for each in value]
        if isinstance(value, str):
            return make(value)
        return self._each_number(value, make, name) if type(value) is int else value

    def _each_number(self, value: int, make: Callable[[str], str], name: str) -> int:
        if abs(value) < 1_000_000:
            return value
        if make == self.birth:
            return 19700101 if len(str(value)) == 8 else 0
        if make != self.identifier and self._is_id(name, str(value)):
            return value
        return int(digits_of(make(str(value))))

    def _bare(self, name: str, value: JsonValue) -> JsonValue:
        """Return a number that stands in a field which nobody has said anything of."""
        if not isinstance(value, int) or isinstance(value, bool) or not 10 <= len(str(abs(value))) <= 19:
            return value
        if self._is_id(name, str(value)) or is_time(name, value):
            return value
        return int(digits_of(self.number(str(value))))

    def _is_id(self, name: str, digits: str) -> bool:
        return digits in self._known.ids or (is_id_name(name) and digits not in self._known.phones)

    def _phone_field(self, text: str) -> str:
        """Return a phone number with a pseudonym; a field of numbers may hold anything else too."""
        has_words = re.search(r"(?i)(?<![^\W\d_])(?!ext(?![^\W\d_]))[^\W\d_]{2,}", text) is not None
        if not (has_words or "@" in text or ":" in text):
            return self.phone(text)
        made = self.text(text)
        is_seen = has_words and digits_of(made) == digits_of(text) and not re.search("[@:]", text)
        return self.phone(made) if is_seen else made


def _company(domains: Iterable[str]) -> re.Pattern[str]:
    """Return the pattern of a customer's name before one of the domains."""
    names = "|".join(re.escape(domain) for domain in domains)
    return re.compile(rf"(?<=://)(?!(?:{_SERVICES})\.)[\w-]+(?=\.(?:{names}))" if names else "(?!)")


def _hosts_of(hosts: Iterable[str]) -> re.Pattern[str]:
    """Return the pattern of addresses at these hosts' domains: insightly.com for ``api.*.insightly.com``."""
    domains = {_domain_of(host.split(".")) for host in hosts}
    names = "|".join(re.escape(domain) for domain in sorted(domains))
    return re.compile(rf"(?i)https?://(?:[^/?#]*[.@])?(?:{names})(?=[:/?#]|$)")


def _domain_of(labels: Sequence[str]) -> str:
    """Return what of a host belongs to one owner; in ``crm.co.uk`` that is more than the last two labels."""
    is_of_country = len(labels) > 2 and len(labels[-1]) == 2 and len(labels[-2]) <= 3
    return ".".join(labels[-3:] if is_of_country else labels[-2:])
