"""Zones are known by IANA name, whichever way a CRM names them."""

from zoneinfo import ZoneInfo

import pytest
from babel.core import get_global
from hypothesis import given
from hypothesis import strategies as st

from appconnect.timezones import iana_name


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("Pacific Standard Time", "America/Los_Angeles"),
        ("W. Europe Standard Time", "Europe/Berlin"),
        ("US Mountain Standard Time", "America/Phoenix"),
        ("Singapore Standard Time", "Asia/Singapore"),
        ("Arabian Standard Time", "Asia/Dubai"),
        ("Alaskan Standard Time", "America/Anchorage"),
        ("Alaskan Daylight Time", "America/Anchorage"),
        ("Kamchatka Standard Time", "Asia/Kamchatka"),
        ("  pacific  standard time ", "America/Los_Angeles"),
        ("UTC", "Etc/UTC"),
        ("Europe/Lisbon", "Europe/Lisbon"),
        ("Middle-earth Standard Time", ""),
        ("../../etc/passwd", ""),
        ("", ""),
    ],
)
def test_a_zone_by_either_name(name, zone):
    assert zone == iana_name(name)


def test_every_windows_name_is_a_zone_that_python_knows():
    zones = [ZoneInfo(iana_name(name)).key for name in get_global("windows_zone_mapping")]
    assert len(zones) > 130


@given(st.text())
def test_any_text_gives_a_zone_or_nothing(text):
    zone = iana_name(text)
    assert zone == "" or ZoneInfo(zone).key == zone
