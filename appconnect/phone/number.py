"""The phone number that is looked for."""

from __future__ import annotations

from dataclasses import dataclass, replace

import phonenumbers
from phonenumbers import PhoneNumberFormat

from appconnect.phone.numbering import FORMER_TRUNKS, from_abroad, of_old
from appconnect.phone.written import digits


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
            e164=phonenumbers.format_number(number, PhoneNumberFormat.E164),
            national=phonenumbers.national_significant_number(number),
            country_code=str(number.country_code),
            region="" if region == phonenumbers.REGION_CODE_FOR_NON_GEO_ENTITY else region,
            formatted=phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL),
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
        """The same line as many still write it, such as Mexico's ``+52 1 …``; for most countries none.

        Argentina's mobile numbers are written with and without 9, and each is the other's habit.
        """
        older = (self._older(national) for national in of_old(self.country_code, self.national))
        return [each for each in older if each is not None]

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
        parsed = from_abroad(self.e164[1:])
        at_home = phonenumbers.format_number(parsed, PhoneNumberFormat.NATIONAL) if parsed else ""
        prefixes = ("", self.country_code, *self.trunks)
        older = [form for each in self.habits for form in (each.national, each.e164[1:])]
        forms = [*(prefix + self.national for prefix in prefixes), digits(at_home), *older]
        return list(dict.fromkeys(filter(None, forms)))

    def _older(self, national: str) -> PhoneNumber | None:
        number = from_abroad(f"{self.country_code}{national}")
        if number is None:
            return None
        older = PhoneNumber.of(number)
        before = national.removesuffix(self.national)
        if before in {"", national} or before in older.formatted.split():
            return older
        code = f"+{self.country_code} "
        return replace(older, formatted=f"{code}{before} {self.formatted.removeprefix(code)}")
