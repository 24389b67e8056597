"""The phone number that is looked for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from appconnect import lazily
from appconnect.phone.numbering import FORMER_TRUNKS, changes, with_code, with_other_form

if TYPE_CHECKING:
    import phonenumbers
else:
    phonenumbers = lazily.module("phonenumbers")


def digits(text: str) -> str:
    """Return the digits in ``text``, any script's, as ASCII."""
    return phonenumbers.normalize_digits_only(text)


@dataclass(frozen=True)
class PhoneNumber:
    """A number that can be searched for."""

    e164: str
    """``+14155550142``"""
    national: str
    """The national significant number, digits only: ``4155550142``."""
    country_code: str
    """The country's calling code: ``1``."""
    region: str
    """ISO 3166 country, ``""`` for numbers of no country (+800 …)."""
    formatted: str
    """For people: ``+1 415-555-0142``."""

    @classmethod
    def of(cls, number: phonenumbers.PhoneNumber) -> PhoneNumber:
        """Return the number that ``phonenumbers`` has read, without its extension."""
        region = phonenumbers.region_code_for_number(number)
        if region is None:  # possible, but not in use today, such as the numbers of films and examples
            region = phonenumbers.region_code_for_country_code(number.country_code or 0)
        number.extension = None
        return cls(
            e164=phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164),
            national=phonenumbers.national_significant_number(number),
            country_code=str(number.country_code),
            region="" if region == phonenumbers.REGION_CODE_FOR_NON_GEO_ENTITY else region,
            formatted=phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL),
        )

    @property
    def trunk(self) -> str:
        """What is dialled before the national number within the country, ``0`` in Britain; "" for nothing."""
        return phonenumbers.ndd_prefix_for_region(self.region, True) or ""

    @property
    def trunks(self) -> tuple[str, ...]:
        """The trunk prefix, and those that were in use before."""
        return (self.trunk, *FORMER_TRUNKS.get(self.country_code, ()))

    @property
    def habits(self) -> list[PhoneNumber]:
        """The same line as many still write it, such as Mexico's ``+52 1 …``; for most numbers none.

        Argentina's mobile numbers are written with and without 9, and each is the other's habit.
        """
        number = self.formatted
        older = [
            replace(
                self, e164=f"+{self.country_code}{aged}", national=aged, formatted=change.aged_format(number)
            )
            for change in changes(self.country_code)
            if (aged := change.aged(self.national))
        ]
        others = with_other_form(self.country_code, self.national)[1:]
        parsed = (with_code(self.country_code, other) for other in others)
        return [*older, *(PhoneNumber.of(other) for other in parsed if other)]

    @property
    def nationals(self) -> list[str]:
        """The national number, and those of the `habits` that a search for its digits would not find."""
        older = [each.national for each in self.habits]
        return [self.national, *(each for each in older if self.national not in each)]

    @property
    def written_digits(self) -> list[str]:
        """The digits that it is written with, each once.

        National, with country code, with each trunk prefix, as formatted within the country, and as the
        `habits` have it.
        """
        prefixes = ("", self.country_code, *self.trunks)
        forms = [*(prefix + self.national for prefix in prefixes), *self.nationals]
        forms += [each.e164[1:] for each in self.habits]
        with_this = [each for each in (self, *self.habits) if self.national in each.national]
        parsed = (with_code(each.country_code, each.national) for each in with_this)
        at_home = (
            _as_at_home(number) for number in parsed if number and phonenumbers.is_valid_number(number)
        )
        return list(dict.fromkeys(filter(None, (*forms, *at_home))))


def _as_at_home(number: phonenumbers.PhoneNumber) -> str:
    return digits(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL))
