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
        ("van Dyke, Anna, Maria", "Anna, Maria", "van Dyke"),
        ("Sammy Davis Jr.", "Sammy", "Davis Jr."),
        ("Martin Luther King Jr.", "Martin Luther", "King Jr."),
        ("Carlos Juan de la Cruz III", "Carlos Juan", "de la Cruz III"),
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


PARTICLES = (
    "af al ap aus av bin bint da dal das de degli dei del della den der des di do dos du el ibn la las le los"
    " ten ter til van vom von y zu zum zur"
)


@pytest.mark.parametrize("particle", PARTICLES.split())
def test_every_particle_begins_the_surname(particle):
    assert ("Anna Maria", f"{particle} Marsh") == split_name(f"Anna Maria {particle} Marsh")
    assert ("Anna", f"{particle.title()} Marsh") == split_name(f"Anna {particle.title()} Marsh")


@pytest.mark.parametrize("suffix", ["Jr", "Jr.", "Sr", "Sr.", "II", "III", "IV"])
def test_every_suffix_ends_the_surname(suffix):
    assert ("Sammy", f"Davis {suffix}") == split_name(f"Sammy Davis {suffix}")
    assert ("Sammy", f"Davis, {suffix}") == split_name(f"Sammy Davis, {suffix}")


def test_other_words_are_neither():
    assert ("Sammy Davis", "Jun") == split_name("Sammy Davis Jun")
    assert ("Anna Maria Upon", "Marsh") == split_name("Anna Maria Upon Marsh")
