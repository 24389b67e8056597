"""Phone numbers: reading what was typed, writing what a CRM is searched for, comparing what it found.

What a number is, and how each country writes it, is known by ``phonenumbers``
(https://github.com/daviddrysdale/python-phonenumbers).
"""

from appconnect.phone.comparison import ENDING, Comparison, best_carrier, carries, compare, nearest
from appconnect.phone.endings import ending, endings
from appconnect.phone.number import PhoneNumber
from appconnect.phone.search_forms import search_forms, template_of
from appconnect.phone.typed import assumes_region, extension_in, is_name, lacks_country_code, parse
from appconnect.phone.written import digits

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
