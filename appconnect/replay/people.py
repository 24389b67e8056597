"""Stand-ins for people's data in recordings of live accounts.

Every word of a name, company, address or note becomes an invented word, every phone number one from
555-0100 to 555-0199 in its own punctuation, every e-mail address one at example.com. The same input always
gives the same stand-in, so a search still finds its recording, and a stand-in stands for itself, so what is
read from a recording can be sent back to it. Ids, markup, dates and the words of our own log bodies stay.

Stand-ins are keyed hashes, many inputs to one stand-in: they cannot be turned back, but whoever has the key
can check a guess. Only a hundred stand-ins exist per area code, so two numbers may share one.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import cast

from pydantic import JsonValue

from appconnect.replay.body import Body, Kind, Pairs
from appconnect.replay.cassette import RecordedRequest, RecordedResponse

PROJECT_KEY = b"appconnect recordings"


@dataclass(frozen=True)
class PeopleFields:
    """Where a CRM keeps people's data: patterns of lower-case JSON, form and query keys."""

    words: tuple[str, ...]
    numbers: tuple[str, ...]
    birthdays: tuple[str, ...] = ()
    queries: tuple[str, ...] = ()
    """Query languages: what is quoted in them, and digits, is somebody's."""
    no_people: str = r"(?!)"
    """Paths whose names are settings: activity types, categories, statuses."""
    company_host: str = r"(?!)"
    """The company's name in an address."""


PEOPLE = {
    "pipedrive": PeopleFields(
        words=(
            *("name", "first_name", "last_name", "org_name", "person_name", "owner_name", "company_name"),
            *("company_domain", "title", "subject", "note", "notes", "public_description", "description"),
            *("address", "location", "postal_address", "formatted_address", "term", "custom_fields"),
        ),
        numbers=("phone", "phones", "im", "ims"),
        birthdays=("birthday",),
        no_people=r"/(activityTypes|stages|pipelines|\w+Fields|currencies)\b",
        company_host=r"(?<=://)(?!(?:oauth|api|app|www)\.)[\w-]+(?=\.pipedrive\.com)",
    ),
    "bullhorn": PeopleFields(
        words=(
            *("name", "firstname", "lastname", "middlename", "nickname", "companyname", "comments"),
            *("description", "subject", "address", "address1", "address2", "city", "zip", "location"),
        ),
        numbers=("phone*", "mobile*", "workphone*", "fax*", "pager"),
        birthdays=("dateofbirth",),
        queries=("query", "where"),
        no_people=r"/(meta|settings|entitlements)/",
    ),
    "insightly": PeopleFields(
        words=(
            *("first_name", "last_name", "organisation_name", "opportunity_name", "project_name", "title"),
            *("details", "background", "lead_description", "address_*", "social_*", "contact_display"),
            *("contact_order", "assistant_name", "field_value", "instance_name", "instance_subdomain"),
            *("email_dropbox_identifier", "location", "website"),
        ),
        numbers=("phone*", "mobile", "fax"),
        birthdays=("date_of_birth",),
        no_people=r"(?i)/(CustomFields|Pipelines|PipelineStages|LeadStatuses|LeadSources)\b",
    ),
    "redtail": PeopleFields(
        words=(
            *("name", "first_name", "middle_name", "last_name", "full_name", "nickname", "company_name"),
            *("subject", "description", "body", "location", "street_address", "secondary_address", "city"),
            *("zip", "servicing_advisor", "writing_advisor", "added_by_name"),
        ),
        numbers=("number", "phone_number", "tax_id"),
        birthdays=("dob",),
        no_people=r"/lists/(?!database_users)",
    ),
}

_ANY = PeopleFields(words=("*name", "note*", "subject", "description"), numbers=("*phone*", "mobile", "fax"))

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
_MARKS = (
    "[a-z]+_[a-z_]+|code|state|jwt|opaque|userinfo|authorization|password|username|secret|token|bhresttoken"
)
_TEXT = re.compile(
    rf"(?P<kept></?(?:{_TAGS})(?:\s[^<>]*)?/?>|<(?:{_MARKS})>|&\#?\w{{1,31}};|https?://[^\s<>\"']+)"
    r"|(?P<email>[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8})"
    r"|(?P<phone>(?<![\w+])\+\d(?:[ ().-]{0,2}\d){6,14}(?!\w)"
    r"|(?<![\w+])(?:1[ .-]?)?\(?\d{3}\)?[ .-]{0,2}\d{3}[ .-]\d{4}(?!\w))"
    r"|(?P<word>[^\W\d_]+(?:['’-][^\W\d_]+)*)",
    re.IGNORECASE,
)
_SYLLABLES = [consonant + vowel for consonant in "bdfgklmnprstvz" for vowel in "aeiou"]


class Pseudonymizer:
    """Stand-ins of one project for one CRM: pure functions of what goes in."""

    def __init__(self, crm: str, key: bytes = PROJECT_KEY) -> None:
        self._fields = PEOPLE.get(crm, _ANY)
        self._key = key

    # -- one value --

    def word(self, word: str) -> str:
        """An invented word in the same case; words of our log bodies and stand-ins stay."""
        plain = word.casefold()
        if len(word) < 2 or plain in _OURS or self._is_ours(plain):
            return word
        number = self._number("word", plain)
        count = len(_SYLLABLES)
        stem = "".join(_SYLLABLES[number // count**place % count] for place in range(3))
        invented = stem + self._seal(stem)
        return invented.upper() if word.isupper() else invented.title() if word[0].isupper() else invented

    def phone(self, text: str) -> str:
        """The same punctuation around the same first digits, and 555-01xx at the end."""
        main, extension = _split_extension(text)
        digits = "".join(str(int(digit)) for digit in re.findall(r"\d", main))
        if len(digits) < 7 or re.fullmatch("55501[0-9]{2}", digits[-7:]):
            return text
        fresh = iter(f"{digits[:-7]}55501{self._number('phone', digits[-7:]) % 100:02}")
        return re.sub(r"\d", lambda _: next(fresh), main) + extension

    def email(self, address: str) -> str:
        """An address at example.com."""
        if address.lower().endswith("@example.com"):
            return address
        return f"{self.word('x' + hashlib.sha256(address.lower().encode()).hexdigest())}@example.com"

    def text(self, text: str) -> str:
        """Names, prose or one bare number."""
        if re.fullmatch(r"\+?[\d\s().-]{7,25}", text) and not re.match(r"\d{4}-\d\d-\d\d", text):
            return self.phone(text)
        return _TEXT.sub(self._token, self._hosts(text))

    def contacts(self, text: str) -> str:
        """Only the phone numbers and e-mail addresses in a text that is not known to be somebody's."""
        return _TEXT.sub(
            lambda found: found[0] if found.lastgroup in ("word", "kept") else self._token(found),
            self._hosts(text),
        )

    def query(self, text: str) -> str:
        """What is quoted in a query language, names behind a colon, and digits that may be a number."""
        text = re.sub(r"\"[^\"]*\"|'[^']*'", lambda quoted: _TEXT.sub(self._token, quoted[0]), text)
        text = re.sub(
            r"((?:name|first[Nn]ame|last[Nn]ame):)([^\s\"'()]+)", lambda f: f[1] + self.text(f[2]), text
        )
        return re.sub(r"(?<![\d\w])\d{7,11}(?!\d)", lambda digits: self.phone(digits[0]), text)

    # -- a whole message --

    def request(self, request: RecordedRequest) -> RecordedRequest:
        """The request with stand-ins."""
        words = self._has_people(request.url)
        return request.model_copy(
            update={
                "url": self.contacts(request.url),
                "query": self._pairs(request.query, words=words),
                "body": self._body(request.body, words=words),
            }
        )

    def response(self, response: RecordedResponse, url: str) -> RecordedResponse:
        """The response to a request of ``url``, with stand-ins."""
        headers = {
            name: self.contacts(value) if name == "location" else value
            for name, value in response.headers.items()
        }
        body = self._body(response.body, words=self._has_people(url))
        return response.model_copy(update={"headers": headers, "body": body})

    # -- how --

    def _number(self, kind: str, text: str) -> int:
        return int.from_bytes(
            hmac.digest(self._key, f"{kind}:{text}".encode("utf-8", "surrogatepass"), "sha256")
        )

    def _seal(self, stem: str) -> str:
        return _SYLLABLES[self._number("seal", stem) % len(_SYLLABLES)]

    def _is_ours(self, plain: str) -> bool:
        """Whether the word is a stand-in: its last syllable seals the first three."""
        return len(plain) == 8 and self._seal(plain[:6]) == plain[6:]

    def _hosts(self, text: str) -> str:
        return re.sub(self._fields.company_host, lambda host: self.word(host[0]), text)

    def _token(self, found: re.Match[str]) -> str:
        maker = {"email": self.email, "phone": self.phone, "word": self.word}.get(found.lastgroup or "")
        return maker(found[0]) if maker else found[0]

    def _has_people(self, url: str) -> bool:
        return re.search(self._fields.no_people, url) is None

    def _pairs(self, named: Pairs, *, words: bool) -> Pairs:
        return cast(Pairs, {name: self._value(name, value, words=words) for name, value in named.items()})

    def _body(self, body: Body | None, *, words: bool) -> Body | None:
        if body is None or body.kind is Kind.BASE64:
            return body
        if body.kind is Kind.TEXT:
            return Body(kind=body.kind, value=self.contacts(str(body.value)))
        return Body(kind=body.kind, value=self._json(body.value, words=words))

    def _json(self, value: JsonValue, *, words: bool) -> JsonValue:
        if isinstance(value, dict):
            return {name: self._value(name, each, words=words) for name, each in value.items()}
        if isinstance(value, list):
            return [self._json(each, words=words) for each in value]
        return self.contacts(value) if isinstance(value, str) else value

    def _value(self, name: str, value: object, *, words: bool) -> JsonValue:
        """The value of one field; what is below a field of people's data is theirs too."""
        plain, fields = name.lower(), self._fields
        for patterns, make in (
            (fields.numbers, self._number_field),
            (fields.queries, self.query),
            (fields.birthdays, lambda text: text and "1970-01-01"),
            (fields.words if words else (), self.text),
        ):
            if _fits(plain, patterns):
                return _each_text(cast(JsonValue, value), make)
        return self._json(cast(JsonValue, value), words=words)

    def _number_field(self, text: str) -> str:
        return self.contacts(text) if "@" in text else self.phone(text)


def _fits(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def _split_extension(text: str) -> tuple[str, str]:
    found = re.search(r"(?i)\s{0,3}(?:ext\.?|x|#)\s{0,3}\d{1,6}\s{0,3}$", text)
    return (text[: found.start()], found[0]) if found else (text, "")


def _each_text(value: JsonValue, make: Callable[[str], str]) -> JsonValue:
    """Every text in the value made anew."""
    if isinstance(value, dict):
        return {name: _each_text(each, make) for name, each in value.items()}
    if isinstance(value, list):
        return [_each_text(each, make) for each in value]
    return make(value) if isinstance(value, str) else value
