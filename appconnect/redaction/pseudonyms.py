"""The pseudonyms themselves: for a word, a number, an address, a date. What they are made of is in the key.

A pseudonym can be told from what it replaces, by anybody and without the key: a phone number ends with
555-0100 to 555-0199, an e-mail address is at example.com, an IP address in a range for documentation
(RFC 5737, RFC 3849), any other number begins with 999 and ends with a check number, an IBAN has the check
digits 00, a word's last syllable seals the three before it. So a pseudonym stays what it is when it is
replaced again, under whatever key.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import re
from html import unescape
from itertools import count
from typing import Final

from appconnect.redaction.numbers import digits_of, with_digits
from appconnect.redaction.words import comparable

_SYLLABLES = [consonant + vowel for consonant in "bdfgklmnprstvz" for vowel in "aeiou"]
_DOCUMENTATION_V4 = [
    ipaddress.IPv4Network(net) for net in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")
]
_DOCUMENTATION_V6 = ipaddress.IPv6Network("2001:db8::/32")
MONTH: Final = (
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mär|mai|maj|okt|dez|fév|fev|avr|jui|aoû|déc|ene|abr|ago|dic|"
    r"gen|mag|giu|lug|set|ott|out|mei|mrt|maa)[^\W\d_]{0,7}"
)
"""A month, by the first letters of its name in English and the larger languages of western Europe."""
_MONTH = re.compile(rf"(?i)(?<![^\W\d_]){MONTH}")
MAX_NUMBER: Final = 64
"""Digits of a number that make a difference; no account and no id has more."""
_ID_SHAPES: Final = r"\d{3}-\d{2}-\d{4}|\d{6}[-+]\d{4}"
"""US social security numbers, and the civil numbers of the Nordic countries."""


class Pseudonyms:
    """Makes pseudonyms with a key: keyed hashes, many inputs to one."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def word(self, word: str) -> str:
        """Return an invented word in the same case."""
        compared, shown = comparable(word), unescape(word)
        if is_invented(compared):
            return word
        number, count = self._number("word", compared), len(_SYLLABLES)
        stem = "".join(_SYLLABLES[number // count**place % count] for place in range(3))
        invented = stem + _seal(stem)
        return invented.upper() if shown.isupper() else invented.title() if shown[:1].isupper() else invented

    def phone(self, text: str) -> str:
        """Return the same punctuation around the same first digits, and 555-01xx at the end."""
        main, extension = _split_extension(text)
        return with_digits(main, self._phone(digits_of(main))) + extension

    def number(self, text: str) -> str:
        """Return a number of unknown kind in its own punctuation: a phone number as one, any other as 999….

        Phone numbers keep in step however they are written, so that a search still finds them.
        """
        main, extension = _split_extension(text)
        digits = digits_of(main)
        is_id = _is_opaque(digits) or re.fullmatch(_ID_SHAPES, main.strip())
        is_phone = not is_id and _may_be_phone(digits, main)
        return with_digits(main, self._phone(digits) if is_phone else self._opaque(digits)) + extension

    def identifier(self, text: str) -> str:
        """Return an id of a person, such as a tax number, in its own punctuation: letters are X."""
        return with_digits(re.sub(r"[^\W\d_]", "X", text), self._opaque(digits_of(text)))

    def email(self, address: str) -> str:
        """Return an address at example.com."""
        if address.lower().endswith("@example.com"):
            return address
        return f"{self.word('x' + hashlib.sha256(address.lower().encode()).hexdigest())}@example.com"

    def iban(self, text: str) -> str:
        """Return an account number of the same country and length, with check digits that are never right."""
        plain = re.sub(r"[\W_]", "", text).upper()
        if plain[2:4] == "00":
            return text
        number = self._number("iban", plain)
        fresh = iter(f"00{number % 10 ** (len(plain) - 4):0{len(plain) - 4}}")
        return text[:2] + re.sub(r"[^\W_]", lambda _: next(fresh), text[2:])

    def ip(self, text: str) -> str:
        """Return an address of a range for documentation; this computer's own stays, and what is none."""
        try:
            address = ipaddress.ip_address(text)
        except ValueError:
            return text
        if address.is_loopback or address.is_unspecified or is_documentation(text):
            return text
        number = self._number("ip", address.exploded)
        if address.version == 6:
            return str(_DOCUMENTATION_V6[number % 2**64])
        return str(_DOCUMENTATION_V4[number % 3][1 + number // 3 % 254])

    def birth(self, text: str) -> str:
        """Return the first of January 1970, written like the date."""
        if re.fullmatch(r"\D*\d{8}\D*", text):
            return re.sub(r"\d{8}", "19700101", text)
        date, clock = re.split(r"(?=[T ]\d\d:)|\Z", text, maxsplit=1)
        return _date_1970(date) + re.sub(r"\d", "0", clock)

    def place(self, text: str) -> str:
        """Return a code of two or three letters as XX or XXX, any other place as an invented one."""
        if re.fullmatch("[A-Za-z]{2,3}", text):
            return "X" * len(text) if text.isupper() else "x" * len(text)
        return text

    # -- how --

    def _number(self, kind: str, text: str) -> int:
        seed = f"{kind}:{text}".encode("utf-8", "surrogatepass")
        return int.from_bytes(hmac.digest(self._key, seed, "sha256"))

    def _phone(self, digits: str) -> str:
        if len(digits) < 7 or is_fictional_phone(digits):
            return digits
        return f"{digits[:-7]}55501{self._number('phone', digits[-7:]) % 100:02}"

    def _opaque(self, digits: str) -> str:
        if len(digits) > MAX_NUMBER:
            return self._opaque(digits[:MAX_NUMBER]) + "9" * (len(digits) - MAX_NUMBER)
        if len(digits) < 7:
            return "9" * len(digits)
        if _is_opaque(digits) or (len(digits) <= 15 and is_fictional_phone(digits)):
            return digits
        free = len(digits) - 5
        numbers = (self._number("number", f"{digits}/{attempt}") % 10**free for attempt in count())
        bodies = (f"999{number:0{free}}" for number in numbers)
        made = (f"{body}{int(body) % 97:02}" for body in bodies)
        return next(each for each in made if not is_card(each))


# -- what pseudonyms look like --


def is_invented(word: str) -> bool:
    """Return whether a word, in lower case, is a pseudonym."""
    return len(word) == 8 and word[6:] == _seal(word[:6])


def is_fictional_phone(digits: str) -> bool:
    """Return whether digits end with a number that is nobody's: 555-0100 to 555-0199."""
    return re.fullmatch("55501[0-9]{2}", digits[-7:]) is not None


def is_card(digits: str) -> bool:
    """Return whether digits are as many as a payment card's, with the right check digit (ISO/IEC 7812)."""
    if not 13 <= len(digits) <= 19:
        return False
    odd, even = digits[-1::-2], digits[-2::-2]
    return (sum(map(int, odd)) + sum(sum(divmod(2 * int(each), 10)) for each in even)) % 10 == 0


def is_pseudonym(kind: str, text: str) -> bool:
    """Return whether a text of this kind, which need not be replaced any more, is a pseudonym."""
    main, digits = digits_of(_split_extension(text)[0]), digits_of(text)
    looks_like_one = {
        "word": is_invented(text.casefold()),
        "email": text.lower().endswith("@example.com"),
        "number": is_fictional_phone(main) or _is_opaque(digits),
        "iban": re.sub(r"[\W_]", "", text)[2:4] == "00",
        "identifier": _is_opaque(digits) or set(digits) == {"9"},
        "date": "70" in digits and _is_first_of_1970(digits),
        "birth": _is_first_of_1970(digits),
        "ip": is_documentation(text),
    }
    return looks_like_one.get(kind, False)


def is_documentation(ip: str) -> bool:
    """Return whether a text is an IP address of a range for documentation."""
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return False
    return address in _DOCUMENTATION_V6 or any(address in network for network in _DOCUMENTATION_V4)


def _seal(stem: str) -> str:
    digest = hashlib.sha256(stem.encode("utf-8", "surrogatepass")).digest()
    return _SYLLABLES[int.from_bytes(digest) % len(_SYLLABLES)]


def _is_opaque(digits: str) -> bool:
    digits = digits[:MAX_NUMBER]
    return len(digits) >= 7 and digits.startswith("999") and int(digits[-2:]) == int(digits[:-2]) % 97


def _may_be_phone(digits: str, written: str) -> bool:
    """Return whether this may be a phone number, national or not, with "+" or without."""
    if len(digits) <= 10 or (written.lstrip().startswith("+") and len(digits) <= 15):
        return True
    if len(digits) > 15:
        return False
    if len(digits) == 11 and digits[0] in "01":
        return True
    begins_with_birth = re.match(r"\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])", digits)  # a national id
    return not begins_with_birth and _is_international(digits.removeprefix("00"))


def _is_international(digits: str) -> bool:
    import phonenumbers  # heavy: loaded when a recording is made

    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(f"+{digits}"))
    except phonenumbers.NumberParseException:
        return False


def _split_extension(text: str) -> tuple[str, str]:
    found = re.search(r"(?i)\s{0,3}(?:ext\.?|x|#)\s{0,3}\d{1,6}\s{0,3}$", text)
    return (text[: found.start()], found[0]) if found else (text, "")


def _date_1970(date: str) -> str:
    named, months = _MONTH.subn(lambda month: "Jan" if len(month[0]) <= 4 else "January", date)
    numbers = list(re.finditer(r"\d{1,4}", named))
    years = [each for each in numbers if len(each[0]) == 4 or (len(each[0]) == 2 and int(each[0]) > 31)]
    if not years and len(numbers) + months == 3:
        years = numbers[-1:]
    starts = {each.start() for each in years}

    def part(found: re.Match[str]) -> str:
        year = "1970"[-max(len(found[0]), 2) :]
        return year if found.start() in starts else "1".zfill(len(found[0]))

    return re.sub(r"(?<=\d)(?:nd|rd|th)\b", "st", re.sub(r"\d{1,4}", part, named))


def _is_first_of_1970(digits: str) -> bool:
    return set(re.sub("(?:19)?70", "", digits)) <= {"0", "1"}
