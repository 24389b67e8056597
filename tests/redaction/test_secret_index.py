"""Many secrets: each is found as one pattern of all of them would find it, and none makes the others slower."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from linear import calls

from appconnect.redaction import ConnectionSecrets, Redactor, spellings
from appconnect.redaction.secret_index import Secret, SecretIndex
from appconnect.redaction.secret_values import MAX_HELD, MAX_LEARNED, SecretValues

NAMES = ("token", "username", "secret", "ab")
values = st.text("xy<>-@", min_size=1, max_size=10)
secrets = st.builds(Secret, values, st.sampled_from(NAMES), st.booleans())
pieces = st.sampled_from(["<token>", "<secret>", "<ab>", "ab", " "])


def mask(index: SecretIndex, text: str) -> str:
    return spellings.mask(text, index.find)


def one_pattern(known: dict[str, Secret], names: set[str]) -> Callable[[str], str]:
    """Mask as the index should, in the way that is easy to understand."""
    stay = {"<secret>", *(f"<{name}>" for name in names)} - set(known)
    choices = [re.escape(each) for each in sorted(stay, key=len, reverse=True)]
    for value in sorted(known, key=len, reverse=True):
        behind = "[0-9A-Za-z@]" if known[value].name == "username" else "[0-9A-Za-z]"
        word = rf"(?<![0-9A-Za-z]){re.escape(value)}(?!{behind})"
        choices.append(re.escape(value) if known[value].inside else word)
    pattern = re.compile("|".join(choices))
    return lambda text: pattern.sub(
        lambda found: f"<{known[found[0]].name}>" if found[0] in known else found[0], text
    )


@settings(max_examples=500)
@given(
    st.lists(secrets, max_size=6, unique_by=lambda each: each.value),
    st.sets(st.integers(0, 5)),
    st.lists(values | pieces, max_size=12).map("".join),
)
def test_what_is_masked_is_what_one_pattern_of_all_secrets_would_mask(
    added: list[Secret], gone: set[int], text: str
) -> None:
    index = SecretIndex()
    for secret in added:
        index.add(secret, [secret.value])
    known = {each.value: each for each in added}
    for secret in (each for place, each in enumerate(added) if place in gone):
        index.discard(secret.value, [secret.value])
        del known[secret.value]
    assert one_pattern(known, {each.name for each in added})(text) == mask(index, text)


@pytest.mark.parametrize("name_first", [True, False])
def test_a_name_in_which_a_secret_stands_is_not_shown(name_first: bool) -> None:
    index = SecretIndex()
    added = [Secret("0123456789", "key-of-hunter2", True), Secret("hunter2", "password", False)]
    for secret in added if name_first else reversed(added):
        index.add(secret, [secret.value])
    assert "<secret> <password> <key-of-<password>>" == mask(index, "0123456789 hunter2 <key-of-hunter2>")


def test_a_spelling_that_two_secrets_share_is_masked_until_both_are_gone() -> None:
    index = SecretIndex()
    for value in ("abc/defgh", "abc%2Fdefgh"):
        index.add(Secret(value, "token", True), [value, "abc%2Fdefgh"])
    index.discard("abc/defgh", ["abc/defgh", "abc%2Fdefgh"])
    assert "x<token>x abc/defgh" == mask(index, "xabc%2Fdefghx abc/defgh")
    index.discard("abc%2Fdefgh", ["abc%2Fdefgh"])
    assert "xabc%2Fdefghx" == mask(index, "xabc%2Fdefghx")


def many(number: int) -> list[tuple[str, str]]:
    return [("session_token", f"Xq{each:06d}-zR7") for each in range(number)]


def test_another_secret_costs_as_much_as_the_first() -> None:
    assert calls(lambda: _learned(800)) < 9 * calls(lambda: _learned(100))


def test_a_text_costs_no_more_for_thousands_of_secrets_than_for_few() -> None:
    text = "Nothing to be found in here. " * 200 + "But for Xq000003-zR7."
    few, hundreds, thousands = (_learned(number) for number in (10, 200, 4000))
    assert few.mask(text) == hundreds.mask(text) == thousands.mask(text)
    costs = [calls(lambda each=each: each.mask(text)) for each in (few, hundreds, thousands)]
    assert max(costs) < min(costs) + 400


def _learned(number: int) -> SecretValues:
    learned = SecretValues()
    for each in many(number):
        learned.learn([each])
        learned.mask("as after every request")
    return learned


def test_of_secrets_without_end_the_latest_are_remembered() -> None:
    learned = SecretValues(ConnectionSecrets(["set-once-and-for-all"]))
    again = ("api_key", "seen-again-and-again")
    forgot = [learned.learn([each, again]) for each in many(2 * MAX_LEARNED)]
    assert 0.9 * MAX_LEARNED <= len(learned) <= MAX_LEARNED + 1
    assert sum(forgot) <= 12
    latest = many(2 * MAX_LEARNED)[-1][1]
    assert "<session_token> <api_key> <secret>" == learned.mask(f"{latest} {again[1]} set-once-and-for-all")
    assert many(1)[0][1] == learned.mask(many(1)[0][1])


def test_of_renewed_credentials_the_latest_are_remembered_and_those_in_use_stay() -> None:
    held = ConnectionSecrets()
    for number in range(2 * MAX_HELD):
        held.hold({"access_token": f"access-{number:05d}-x", "refresh_token": "refresh-for-ever"})
    assert MAX_HELD == len(held)
    redactor = Redactor(secrets=held)
    assert "<refresh_token> <access_token>" == redactor.text(
        f"refresh-for-ever access-{2 * MAX_HELD - 1:05d}-x"
    )


@pytest.mark.parametrize("again", [1, 3])
def test_what_is_known_already_changes_nothing(again: int) -> None:
    held = ConnectionSecrets(["typed-in-once"])
    redactor = Redactor(secrets=held)
    before = redactor.version
    for _ in range(again):
        held.hold({"access_token": "access-0123456789"})
        held.add(["typed-in-once"])
    assert before + 1 == redactor.version
