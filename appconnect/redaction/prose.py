"""The parts of a free text: what stays, such as markup, and what may tell who somebody is."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from appconnect.redaction.detectors import placeholder
from appconnect.redaction.numbers import LATIN, NUMBER
from appconnect.redaction.pseudonyms import MONTH
from appconnect.redaction.rules import RedactionRules
from appconnect.redaction.time_zones import NEUTRAL_PATTERN, ZONE_PATTERN
from appconnect.redaction.words import LETTER_ENTITY, word_pattern

_TAGS = "a|b|br|p|i|u|em|strong|ul|ol|li|div|span|h[1-6]|table|thead|tbody|tr|td|th|blockquote|pre|hr"
_PLACEHOLDERS = "[a-z]+_[a-z_]+|code|state|jwt|opaque|userinfo|authorization|password|username|secret|token"
_UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_HASH = "(?![a-f]{2}[0-9]{12,30}(?!\\w))(?=[0-9]{0,99}[a-f])(?=[a-f]{0,99}[0-9])[0-9a-f]{16,128}"
_TIMESTAMP = r"20\d\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])(?:[01]\d|2[0-3])[0-5]\d[0-5]\d"

_MONTHS = rf"{MONTH}\.?"
_CLOCK = r"(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?"
DATE: Final = (
    rf"\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}(?!\d){_CLOCK}|\d{{1,2}}[-/.]\d{{1,2}}[-/.](?:\d{{4}}|\d{{2}})(?![\d.-]\d|\d)"
    rf"|\d{{1,2}}(?:st|nd|rd|th|er)?\.?[\s-](?:of\s|de\s)?{_MONTHS}(?:,?\s|-|\sde\s)\d{{4}}(?!\d)"
    rf"|{_MONTHS}[\s-]\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s|-)\d{{4}}(?!\d)|\d{{4}}年\d{{1,2}}月\d{{1,2}}日"
    rf"|\d{{4}}(?:,?\s|-){_MONTHS}[\s-]\d{{1,2}}(?:st|nd|rd|th)?(?!\d)"
    r"|(?<!\d,)(?:0?[1-9]|[12]\d|3[01]),(?:0?[1-9]|[12]\d|3[01]),(?:19\d\d|200[0-7])(?![,.]?\d)"
)
_BIRTH = (
    r"(?:born|birth(?:day|date)?|dob|d\.o\.b\.?|geb(?:oren)?\.?|geburtstag|née?|naissance|nacid[oa]|nacimiento|"
    r"nascid[oa]|nascimento|nat[oa]|nascita|geboorte(?:datum)?)"
    r"[\s:=(,-]{0,4}(?:(?:on|in|is|was|am|im|ist|le|en|el|em|il|nel|op)[\s:]{1,2}){0,2}(?:the\s)?"
)
_ORDINAL = r"\d{1,2}(?:st|nd|rd|th|er)?"
_DAY_OF_MONTH = rf"{_ORDINAL}\.?[\s-](?:of\s|de\s)?{_MONTHS}"
_SHORT_YEAR = r"['’]?\d\d(?![\w:])"
_ONLY_OF_BIRTH = (
    rf"{_DAY_OF_MONTH}(?:,?\s|-|\sde\s){_SHORT_YEAR}|{_MONTHS}[\s-]{_ORDINAL},?\s{_SHORT_YEAR}"
    r"|\d{1,2}[ ,]{1,2}\d{1,2}[ ,]{1,2}(?:\d{4}|\d\d)(?!\d)|\d{4}[ ,]{1,2}\d{1,2}[ ,]{1,2}\d{1,2}(?!\d)"
    rf"|{_MONTHS}(?:,?\s|-|\sde\s|\sof\s)(?:\d{{4}}(?!\d)|['’]\d\d(?!\d))|\d{{4}},?\s{_MONTHS}(?!\w)"
    r"|\d{1,2}[-/.]\d{4}(?!\d)"
    rf"|{_DAY_OF_MONTH}(?!\w)"
    rf"|{_MONTHS}[\s-]{_ORDINAL}(?!\w)|\d{{1,2}}[-/.]\d{{1,2}}(?![-/\w]|\.\d)|(?:19|20)\d\d(?!\w)"
)
"""What is no date by itself, and tells somebody's birth behind a word for it."""
BIRTH_DATE: Final = rf"(?:{DATE}|\d{{8}}|\d{{6}}|{_ONLY_OF_BIRTH})"
_BORN_IN = r"b\.\s{0,2}(?:19\d\d|200[0-7])"
OLDEST_RECORD: Final = 2008
"""A date in prose before this year is taken for somebody's birth."""
_SHORT_DATE = re.compile(r"\d{1,2}([/-])\d{1,2}\1\d\d|\d\d\.\d\d\.\d\d")
_LAST_SHORT_YEAR: Final = 40
"""A year of two digits above this is of the century before."""

_DURATION = r"P(?:T|\d{1,9}[YMWDHMS]T?)+"
_IDENTIFIER = (
    r"[a-z]{1,3}\d{6,9}[a-z]?|\d{7,9}[a-z]|[a-z]{2}(?:\s\d\d){3}\s[a-dx]|\d{6}[-+a](?=\d)\d{2,3}[a-z0-9]"
    r"|[a-z]{6}\d\d[a-z]\d\d[a-z]\d{3}[a-z]"
    rf"|(?-i:(?=[A-Z\d]{{8,17}}(?!\w))(?!\d{{8}}T\d|[HQ][1-4](?:FY)?\d|{_DURATION}(?!\w))"
    r"(?![A-Z\d]*(?<![A-Z])[A-Z]{8}(?![A-Z]))[A-Z\d]*\d[A-Z]+\d[A-Z\d]*)"
)
"""Of tax offices, papers, cars: capitals between digits, but for times, durations (ISO 8601), quarters,
and invented words."""
IPV4: Final = rf"(?<![{LATIN}\d_.])(?:\d{{1,3}}\.){{3}}\d{{1,3}}(?![\w]|\.\d)"
_HOST_NAME = (
    r"(?<!\d)(?:(?:\d{1,3}-){3}|(?:\d{1,3}\.){3})\d{1,3}(?!\d|[.-]\d)"
    r"(?=[\w-]{0,63}(?:\.[\w-]{1,63}){0,8}\.[a-z]{2,63})"
)
"""An IP address that a host is named by: ec2-54-12-33-4.example.com, 54.12.33.4.example.com."""


def parts_of_text(rules: RedactionRules) -> re.Pattern[str]:
    """Return the pattern whose groups are the parts of a text, by kind; "kept" stays."""
    names = [re.escape(placeholder(name)[1:-1]) for name in _placeholder_names(rules)]
    placeholders = "|".join([_PLACEHOLDERS, *names])
    return re.compile(
        rf"(?P<tag></?(?:{_TAGS})(?:\s[^<>]*)?/?>)"
        rf"|(?P<kept><(?:{placeholders})>|(?!{LETTER_ENTITY})&\#?\w{{1,31}};"
        rf"|(?<!\w)(?:{_UUID}|{_HASH}|{_TIMESTAMP})(?!\w))"
        rf"|(?P<address>https?://(?:[^\s<>\"']|<(?!(?:{_TAGS})>)[\w-]{{1,64}}>(?=[/?&\#]))+)"
        r"|(?P<email>\w[\w.+%'’-]{0,63}(?:@|%40)[\w-]{1,63}(?:\.[\w-]{1,63}){1,8})"
        r"|(?P<iban>(?<!\w)[a-z]{2}\d\d(?:[ ._-]?[a-z0-9]{4}){2,7}(?:[ ._-]?[a-z0-9]{1,3})?(?!\w))"
        rf"|(?P<ip>{_HOST_NAME}|{IPV4}"
        r"|(?<!\w)(?=[0-9a-f:]{0,39}::|(?:[0-9a-f]{1,4}:){7}|(?:[0-9a-f]{1,4}:){6}\d{1,3}\.)"
        r"[0-9a-f:]{2,39}(?:\d{1,3}(?:\.\d{1,3}){3})?(?![\w:]|\.\d))"
        rf"|(?P<identifier>(?<!\w)(?:{_IDENTIFIER})(?!\w))"
        rf"|(?P<zone>(?<![\w/])(?-i:{ZONE_PATTERN}|{NEUTRAL_PATTERN})(?![\w/]))"
        rf"|(?P<birth>(?<!\w)(?:{_BIRTH}{BIRTH_DATE}|{_BORN_IN}|\*\s{{0,4}}(?:{DATE}|\d{{8}}|\d{{6}}))(?!\d))"
        rf"|(?P<date>(?<![{LATIN}\d_./-])(?:{DATE}))"
        rf"|(?P<number>(?=[\d(（+＋])(?![(（](?:{DATE}))(?:{NUMBER}))"
        rf"|(?P<word>{word_pattern()})",
        re.IGNORECASE,
    )


def is_old(date: str) -> bool:
    """Return whether a date is too old to be one of a record."""
    if _SHORT_DATE.fullmatch(date):
        first, second, third = (int(each) for each in re.findall(r"\d+", date))
        return max(first, third) > _LAST_SHORT_YEAR and second <= 31 and min(first, third) <= 31
    years = [int(year) for year in re.findall(r"(?<!\d)\d{4}(?!\d)", date)]
    return any(year < OLDEST_RECORD for year in years)


def _placeholder_names(rules: RedactionRules) -> Iterable[str]:
    paths = [name for path in rules.secret_paths for name in re.findall(r"\{(\w+)\}", path)]
    return [*rules.secret_headers, *rules.secret_names, *paths]
