"""Phone numbers: reading what was typed, writing what a CRM is searched for, comparing what it found.

What a number is, and how each country writes it, is known by ``phonenumbers``
(https://github.com/daviddrysdale/python-phonenumbers).
"""

from typing import TYPE_CHECKING

from appconnect import lazily

if TYPE_CHECKING:
    from appconnect.phone.comparison import ENDING, Comparison, best_carrier, carries, compare, nearest
    from appconnect.phone.forms import search_forms, template_of
    from appconnect.phone.last_digits import ending, endings
    from appconnect.phone.number import PhoneNumber, digits
    from appconnect.phone.typed import assumes_region, extension_in, is_name, lacks_country_code, parse
else:
    __getattr__ = lazily.exported(
        __name__,
        {
            ".comparison": "ENDING Comparison best_carrier carries compare nearest",
            ".last_digits": "ending endings",
            ".number": "PhoneNumber digits",
            ".forms": "search_forms template_of",
            ".typed": "assumes_region extension_in is_name lacks_country_code parse",
        },
    )

__all__ = [
    "ENDING",
    "Comparison",
    "PhoneNumber",
    "assumes_region",
    "best_carrier",
    "carries",
    "compare",
    "digits",
    "ending",
    "endings",
    "extension_in",
    "is_name",
    "lacks_country_code",
    "nearest",
    "parse",
    "search_forms",
    "template_of",
]
