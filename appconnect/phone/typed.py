"""Understanding what a person types, or a phone system hands over, as the number to search for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import unquote

from appconnect import lazily
from appconnect.errors import InternalExtension, UnusableNumber
from appconnect.phone import numbering
from appconnect.phone.number import PhoneNumber
from appconnect.phone.written import MAX_DIGITS, Written, numbers_in, plain, without_numbers

if TYPE_CHECKING:
    import phonenumbers
else:
    phonenumbers = lazily.module("phonenumbers")

MAX_TEXT: Final = 250  # what phonenumbers itself is willing to look at
WITHHELD: Final = frozenset(
    {"anonymous", "blocked", "private", "restricted", "unavailable", "unknown", "withheld"}
)
LABELS: Final = frozenset({"call", "caller", "id", "no", "number"})
URI: Final = re.compile(r"^\s*(?:tel|callto|sms|fax)(?::|%3a)(?://)?", re.IGNORECASE)
SIP: Final = re.compile(r"^.*?\bsips?:", re.IGNORECASE | re.DOTALL)
NO_REGION: Final = "ZZ"


class Reading(NamedTuple):
    """What a text was understood as: a number, or else what is wrong with it."""

    number: PhoneNumber | None = None
    refusal: str = ""
    is_words: bool = False


def parse(text: str, *, is_extension: bool = False, region: str = "US") -> PhoneNumber:
    """Return the number that ``text`` means; ``region`` is the country of numbers without "+".

    A space where a "+" was (a query-string accident) is mended; words and an extension beside the number are
    passed over. Raises `InternalExtension` when the phone system says so, `UnusableNumber` for everything
    that no CRM could be searched for.
    """
    if is_extension:
        raise InternalExtension(f"{_shown(text)} is an internal extension, which no CRM knows.")
    number, refusal, _ = _read(text, region)
    if number is None:
        raise UnusableNumber(refusal)
    return number


def is_name(text: str, *, region: str = "US") -> bool:
    """Return whether ``text`` is words, for a search by name, and no number in any spelling."""
    return _read(text, region).is_words


def assumes_region(text: str, *, region: str = "US") -> bool:
    """Return whether the number is what it is only because numbers without "+" are of that region."""
    number = _read(text, region).number
    return number is not None and number != _read(text, NO_REGION).number


def extension_in(text: str) -> str:
    """Return what is dialled after the number in a text, "" for nothing; a search leaves it out."""
    return next((each.extension for each in numbers_in(plain(text[:MAX_TEXT])) if each.extension), "")


def lacks_country_code(text: str) -> bool:
    """Return whether these are digits alone, with no "+" or international prefix before them.

    A leading space counts as the "+" that a query string made a space of.
    """
    words = plain(text)
    found = list(numbers_in(words))
    if not found or re.search("[+a-z@]", words) or text.startswith(" "):
        return False
    return not any(
        phonenumbers.is_valid_number(number)
        for dialled in numbering.after_international_prefix(found[0].digits)
        if (number := numbering.from_abroad(dialled))
    )


def _read(text: str, region: str) -> Reading:
    address = _address(text[: MAX_TEXT + 1])
    if refusal := _unusable(text, address):
        return Reading(refusal=refusal)
    words = plain(address)
    found = list(numbers_in(words))
    has_words = any(each.isalpha() for each in without_numbers(words))
    numbers = {
        number
        for each in found
        for number in _numbers(each, region, text[0].isspace(), must_be_valid=has_words and not each.plus)
    }
    if len(numbers) > 1:
        return Reading(refusal=f"{_shown(text)} holds several phone numbers; search for one at a time.")
    if numbers:
        return Reading(numbers.pop())
    if has_words:
        return Reading(refusal=f"{_shown(text)} has letters in it; {_advice(words)}", is_words=True)
    fault = _fault(max(found, key=lambda each: len(each.digits), default=Written("")), region)
    return Reading(
        refusal=f"{_shown(text)} {fault}. Use the full number with country code, like +14155550142."
    )


# -- what is no number --


def _address(text: str) -> str:
    """Return the text without the scheme of a ``tel:`` URI; of a SIP address only a number with "+" in it."""
    if URI.match(text):
        return URI.sub("", unquote(text))
    user = re.split("[@;>]", SIP.sub("", unquote(text)))[0].strip()
    is_number = SIP.match(text) and re.fullmatch(r"\+[\d().-]+", user)
    return user if is_number or _is_withheld(user) else text


def _unusable(text: str, address: str) -> str:
    """Return the sentence that says why the text cannot be a number to search for, or ""."""
    if not text.strip():
        return "There is no phone number to search for."
    if len(text) > MAX_TEXT:
        return f"{_shown(text)} is too long for a phone number."
    if _is_withheld(address):
        return f"The caller's number is withheld ({_shown(text)}); no contact can be searched for."
    if SIP.match(address) or "@" in address:
        return f"{_shown(text)} is an internet (SIP) address, not a phone number."
    return ""


def _is_withheld(text: str) -> bool:
    words = set(re.findall(r"[^\W_]+", plain(text)))
    return words == {"no", "caller", "id"} or bool(words & WITHHELD and words <= WITHHELD | LABELS)


def _advice(words: str) -> str:
    if not phonenumbers.is_alpha_number(words):
        return "type the phone number in digits."
    return f"type the phone number in digits: {phonenumbers.convert_alpha_characters_in_number(words)}."


def _fault(written: Written, region: str) -> str:
    if len(written.digits) > MAX_DIGITS:
        return _faults()[phonenumbers.ValidationResult.TOO_LONG]
    likeliest = next(_meanings(written, region), None)
    if likeliest is None:
        return "is not a phone number"
    verdict = phonenumbers.is_possible_number_with_reason(likeliest)
    return _faults().get(verdict, "is not a phone number")


def _shown(text: str) -> str:
    printable = "".join(character for character in text.strip() if character.isprintable())
    return f'"{printable[:40]}…"' if len(printable) > 40 else f'"{printable}"'


# -- what is a number --


@cache
def _faults() -> dict[int, str]:
    return {
        phonenumbers.ValidationResult.TOO_SHORT: "is too short for a phone number",
        phonenumbers.ValidationResult.IS_POSSIBLE_LOCAL_ONLY: "lacks the area code",
        phonenumbers.ValidationResult.TOO_LONG: "is too long for a phone number",
        phonenumbers.ValidationResult.INVALID_LENGTH: "has too few or too many digits",
    }


def _numbers(written: Written, region: str, lost_plus: bool, *, must_be_valid: bool) -> list[PhoneNumber]:
    """Return the number that the digits mean, or the several that they are made of."""
    whole = _number(written, region, lost_plus=lost_plus, must_be_valid=must_be_valid)
    parts = [_number(part, region) for part in written.parts("")] if whole is None else []
    return [number for number in (whole, *parts) if number]


def _number(
    written: Written, region: str, *, lost_plus: bool = False, must_be_valid: bool = True
) -> PhoneNumber | None:
    """Return the likeliest meaning: a valid number rather than one that is only possible."""
    home = [*_meanings(written, region)]
    mended = [] if written.plus else [*_meanings(replace(written, plus=True), region)]
    dialled = [] if written.plus else [*numbering.after_international_prefix(written.digits)]
    abroad = [number for each in dialled for number in _meanings(Written(each, plus=True), region)]
    valid, possible = phonenumbers.is_valid_number, _is_possible
    tries = [(valid, [*(mended if lost_plus else []), *home, *abroad]), (possible, home)]
    tries += [(valid, mended), (possible, mended)]
    choices = (
        number
        for test, numbers in tries
        for number in numbers
        if test(number) and (test is valid or not must_be_valid)
    )
    return next(map(PhoneNumber.of, choices), None)


def _is_possible(number: phonenumbers.PhoneNumber) -> bool:
    """Return whether the number is as long as one with its area code."""
    return phonenumbers.is_possible_number_with_reason(number) == phonenumbers.ValidationResult.IS_POSSIBLE


def _meanings(written: Written, region: str) -> Iterator[phonenumbers.PhoneNumber]:
    """Yield the numbers that the digits may mean, likeliest first."""
    try:
        number = phonenumbers.parse(written.text, region)
    except phonenumbers.NumberParseException:
        return
    yield number
    yield from numbering.meanings(
        str(number.country_code),
        phonenumbers.national_significant_number(number),
        at_home=not written.plus,
    )
