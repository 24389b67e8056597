"""Names fall into first names and surname, and no word of them is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appconnect.text.person_names import split_name


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("Ivy Marsh", "Ivy", "Marsh"),
        ("Anna Maria van Dyke", "Anna Maria", "van Dyke"),
        ("Ludwig Mies van der Rohe", "Ludwig Mies", "van der Rohe"),
        ("Maria De La Cruz", "Maria", "De La Cruz"),
        ("Sinéad O'Neil", "Sinéad", "O'Neil"),
        ("Mary-Jane Holt-Marsh", "Mary-Jane", "Holt-Marsh"),
        ("van Dyke, Anna Maria", "Anna Maria", "van Dyke"),
        ("Sammy Davis Jr.", "Sammy", "Davis Jr."),
        ("Sammy Davis, Jr.", "Sammy", "Davis, Jr."),
        ("Madonna", "", "Madonna"),
        ("Van Morrison", "Van", "Morrison"),
        ("Junior Jr", "Junior", "Jr"),
        ("  Ivy \t Marsh\n", "Ivy", "Marsh"),
        ("Marsh,", "", "Marsh,"),
        ("", "", ""),
    ],
)
def test_a_name_in_two_parts(name, first, last):
    assert (first, last) == split_name(name)


@given(st.text())
def test_no_word_is_lost_or_made_up(name):
    first, last = split_name(name)
    assert sorted(name.replace(",", " ").split()) == sorted(f"{first} {last}".replace(",", " ").split())


@given(st.text())
def test_whoever_has_a_name_has_a_surname(name):
    assert bool(name.strip()) == bool(split_name(name).last)
