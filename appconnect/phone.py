"""Phone numbers: parsed from what people type, written for a CRM's search, compared with what it stores.

All parsing is done by ``phonenumbers`` (https://github.com/daviddrysdale/python-phonenumbers).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import phonenumbers
from phonenumbers import PhoneNumberFormat, ValidationResult

from appconnect.errors import InternalExtension, UnusableNumber

MAX_TEXT = 250  # what phonenumbers itself is willing to look at
WITHHELD = frozenset({"anonymous", "blocked", "private", "restricted", "unavailable", "unknown", "withheld"})
LABELS = frozenset({"caller", "id", "no", "number"})
INTERNATIONAL_PREFIXES = ("00", "011")
EXTENSION = re.compile(r"[\s,;]{0,3}(?:ext(?:ensio)?n?|x|#)[\s.:=]{0,3}\d{1,7}\s{0,3}$", re.IGNORECASE)
SEVERAL = re.compile(r"[,;|\n]")
TEMPLATE = re.compile(r"[0-9*#+()\-./ ]+")
SLOT = re.compile(r"[*#]")


@dataclass(frozen=True)
class PhoneNumber:
    """A phone number to search for."""

    e164: str
    """``+14155550142``"""
    national: str
    """The national significant number in digits: ``4155550142``."""
    country_code: str
    """The country's calling code: ``1``."""
    region: str
    """The ISO 3166 country; ``""`` for numbers without one (+800 …)."""
    formatted: str
    """For people: ``+1 415-555-0142``."""

    @property
    def trunk(self) -> str:
        """The prefix for calls within the country, ``0`` in Britain; "" when there is none."""
        return phonenumbers.ndd_prefix_for_region(self.region, True) or ""

    @property
    def written_digits(self) -> list[str]:
        """The digits it may be written with: national, with country code, with trunk prefix; each once."""
        prefixes = ("", self.country_code, self.trunk)
        return list(dict.fromkeys(prefix + self.national for prefix in prefixes))


def parse(text: str, *, is_extension: bool = False, region: str = "US") -> PhoneNumber:
    """Parse a phone number; ``region`` is the country of numbers without "+".

    A space in place of a "+" (lost in a query string) is corrected. Raises `InternalExtension` for what the
    phone system calls one, `UnusableNumber` for anything else that is not a number to search for.
    """
    if is_extension:
        raise InternalExtension(f"{_shown(text)} is an internal extension, which no CRM knows.")
    _refuse_what_is_no_number(text)
    fault = "is not a phone number"
    for candidate, strict in _readings(text):
        try:
            number = phonenumbers.parse(candidate, region)
        except phonenumbers.NumberParseException:
            continue
        verdict = phonenumbers.is_possible_number_with_reason(number)
        if verdict == ValidationResult.IS_POSSIBLE and not (
            strict and not phonenumbers.is_valid_number(number)
        ):
            return _finished(number)
        fault = _FAULTS.get(verdict, fault)
    raise UnusableNumber(f"{_shown(text)} {fault}. Use the full number with country code, like +14155550142.")


def search_forms(number: PhoneNumber, overriding_format: str = "") -> list[str]:
    """Return the texts to search a CRM for: one per template, else the national number.

    ``overriding_format`` is a comma list like ``"(***) ***-****,***-***-****"``; each ``*`` or ``#``
    takes one digit of the national number. A template with more or fewer places than the number has digits,
    or with anything but phone punctuation in it, would search for something else and is left out.
    """
    filled = [_fill(each.strip(), number.national) for each in overriding_format.split(",")]
    return list(dict.fromkeys(form for form in filled if form)) or [number.national]


def digits(text: str) -> str:
    """Return the digits of ``text``, of any script, as ASCII."""
    return phonenumbers.normalize_digits_only(text)


def carries(stored: str, number: PhoneNumber) -> bool:
    """Return True when a phone field of a CRM, which is free text, holds this number.

    Digits count, punctuation does not: with or without country code, trunk prefix ("0"), international
    prefix ("00", "011") and extension ("x204"). A longer number that contains this one is another number.
    """
    whole = stored[:MAX_TEXT]
    return any(_is_written(piece, number) for piece in [whole, *SEVERAL.split(whole)])


def best_carrier(phones: Iterable[str], number: PhoneNumber) -> str | None:
    """Return the stored text that holds the number, preferably one with "+"; None when none does."""
    carriers = [stored for stored in phones if carries(stored, number)]
    return min(carriers, key=lambda stored: "+" not in stored, default=None)


# -- reading --

_FAULTS = {
    ValidationResult.TOO_SHORT: "is too short for a phone number",
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: "lacks the area code",
    ValidationResult.TOO_LONG: "is too long for a phone number",
    ValidationResult.INVALID_LENGTH: "has too few or too many digits",
}


def _refuse_what_is_no_number(text: str) -> None:
    bare = text.strip().casefold()
    if not bare:
        raise UnusableNumber("There is no phone number to search for.")
    if len(text) > MAX_TEXT:
        raise UnusableNumber(f"{_shown(text)} is too long for a phone number.")
    words = set(re.split(r"[\s_-]+", bare))
    if words == {"no", "caller", "id"} or (words & WITHHELD and words <= WITHHELD | LABELS):
        raise UnusableNumber(
            f"The caller's number is withheld ({_shown(text)}); no contact can be searched for."
        )
    if bare.startswith(("sip:", "sips:")) or "@" in bare:
        raise UnusableNumber(f"{_shown(text)} is an internet (SIP) address, not a phone number.")
    if any(letter.isalpha() for letter in EXTENSION.sub("", bare.removeprefix("tel:"))):
        raise UnusableNumber(f"{_shown(text)} has letters in it; type the phone number in digits.")


def _readings(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the readings of ``text``, likeliest first, each with True when it must be a valid number."""
    bare = text.strip()
    if not bare[0].isdigit():
        yield bare, False
        return
    if text[0].isspace():
        yield f"+{bare}", True
    yield bare, False
    yield f"+{bare}", False


def _finished(number: phonenumbers.PhoneNumber) -> PhoneNumber:
    region = phonenumbers.region_code_for_number(number)
    if region is None:  # possible, but not in use today, such as the numbers of films and examples
        region = phonenumbers.region_code_for_country_code(number.country_code or 0)
    number.extension = None
    return PhoneNumber(
        e164=phonenumbers.format_number(number, PhoneNumberFormat.E164),
        national=phonenumbers.national_significant_number(number),
        country_code=str(number.country_code),
        region="" if region == phonenumbers.REGION_CODE_FOR_NON_GEO_ENTITY else region,
        formatted=phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL),
    )


def _shown(text: str) -> str:
    printable = "".join(character for character in text.strip() if character.isprintable())
    return f'"{printable[:40]}…"' if len(printable) > 40 else f'"{printable}"'


# -- writing and checking --


def _fill(template: str, figures: str) -> str:
    if not TEMPLATE.fullmatch(template) or len(SLOT.findall(template)) != len(figures):
        return ""
    remaining = iter(figures)
    return SLOT.sub(lambda _: next(remaining), template)


def _is_written(stored: str, number: PhoneNumber) -> bool:
    text = EXTENSION.sub("", stored)
    trunk = number.trunk
    abroad = {number.country_code + number.national, number.country_code + trunk + number.national}
    if "+" in text:
        return digits(text) in abroad
    home = {number.national, trunk + number.national}
    prefixed = {prefix + form for prefix in INTERNATIONAL_PREFIXES for form in abroad}
    return digits(text) in home | abroad | prefixed
