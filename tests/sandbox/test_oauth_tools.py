"""Codes and tokens, as far as the OAuth CRMs share them."""

import pytest

from appconnect.sandbox.clock import SandboxClock
from appconnect.sandbox.oauth import (
    Client,
    ExpiredTokenError,
    Grant,
    Tokens,
    UnknownTokenError,
    consent_page,
    redirect_back,
)

GRANT = Grant(user=1, client="app", redirect_uri="http://127.0.0.1:5000/cb", scopes=("base",))


@pytest.fixture
def clock():
    return SandboxClock()


@pytest.fixture
def tokens(clock):
    return Tokens(clock)


def test_a_code_is_good_once(tokens):
    code = tokens.code(GRANT)
    assert GRANT == tokens.redeem(code)
    with pytest.raises(UnknownTokenError):
        tokens.redeem(code)


def test_a_code_is_over_after_five_minutes(tokens, clock):
    code, late = tokens.code(GRANT), tokens.code(GRANT)
    clock.advance(299)
    assert GRANT == tokens.redeem(code)
    clock.advance(1)
    with pytest.raises(ExpiredTokenError):
        tokens.redeem(late)


def test_access_is_for_an_hour_and_a_refresh_token_is_over_after_sixty_days_without_use(tokens, clock):
    pair = tokens.issue(GRANT)
    assert 3599 == pair.expires_in
    clock.advance(60 * 24 * 3600 - 1)
    tokens.refresh(pair.refresh)
    clock.advance(60 * 24 * 3600)
    with pytest.raises(ExpiredTokenError):
        tokens.refresh(pair.refresh)


@pytest.mark.parametrize("seconds", [{"code_seconds": 5}, {"access_seconds": 5}, {"refresh_seconds": 5}])
def test_a_crm_has_times_of_its_own(clock, seconds):
    tokens = Tokens(clock, **seconds)
    code, pair = tokens.code(GRANT), tokens.issue(GRANT)
    clock.advance(5)
    over = []
    for kind, use in {
        "code_seconds": lambda: tokens.redeem(code),
        "access_seconds": lambda: tokens.grant_of(pair.access),
        "refresh_seconds": lambda: tokens.refresh(pair.refresh),
    }.items():
        try:
            use()
        except ExpiredTokenError:
            over.append(kind)
    assert list(seconds) == over


def test_an_access_token_is_over_after_its_time(tokens, clock):
    pair = tokens.issue(GRANT)
    clock.advance(pair.expires_in - 1)
    assert GRANT == tokens.grant_of(pair.access)
    clock.advance(1)
    with pytest.raises(ExpiredTokenError):
        tokens.grant_of(pair.access)


def test_all_access_can_be_ended_at_once(tokens):
    pair = tokens.issue(GRANT)
    tokens.expire_access()
    with pytest.raises(ExpiredTokenError):
        tokens.grant_of(pair.access)


def test_a_stable_refresh_token_stays_and_slides(tokens, clock):
    pair = tokens.issue(GRANT)
    for _ in range(3):
        clock.advance(59 * 24 * 3600)
        again = tokens.refresh(pair.refresh)
        assert pair.refresh == again.refresh
        assert GRANT == tokens.grant_of(again.access)


def test_a_rotated_refresh_token_dies_on_first_use(tokens):
    pair = tokens.issue(GRANT)
    assert pair.refresh != tokens.refresh(pair.refresh, rotate=True).refresh
    with pytest.raises(UnknownTokenError):
        tokens.refresh(pair.refresh, rotate=True)


def test_revoking_the_refresh_token_ends_the_whole_consent_but_no_other(tokens):
    mine, other = tokens.issue(GRANT), tokens.issue(GRANT)
    later = tokens.refresh(mine.refresh)
    tokens.revoke(mine.refresh)
    for access in (mine.access, later.access):
        with pytest.raises(UnknownTokenError):
            tokens.grant_of(access)
    assert GRANT == tokens.grant_of(other.access)


def test_revoking_an_access_token_leaves_the_refresh_token(tokens):
    pair = tokens.issue(GRANT)
    tokens.revoke(pair.access)
    with pytest.raises(UnknownTokenError):
        tokens.grant_of(pair.access)
    assert GRANT == tokens.refresh(pair.refresh).grant


def test_an_access_token_can_be_good_once_only(tokens):
    pair = tokens.issue(GRANT)
    assert GRANT == tokens.use_up(pair.access)
    with pytest.raises(UnknownTokenError):
        tokens.use_up(pair.access)


def test_tokens_do_not_show(tokens):
    pair = tokens.issue(GRANT)
    assert pair.access not in repr(pair)
    assert pair.refresh not in repr(pair)
    assert "hush" not in repr(Client("app", "hush"))


@pytest.mark.parametrize(
    ("uri", "fine"),
    [
        ("http://127.0.0.1:5000/cb", True),
        ("http://localhost/cb", True),
        ("http://[::1]:5000/cb", True),
        ("https://localhost/cb", False),
        ("https://app.example/cb", True),
        ("https://app.example/cb?x=1", False),
        ("http://127.0.0.1.evil.example/cb", False),
        ("javascript:alert(1)", False),
    ],
)
def test_people_are_sent_back_to_loopback_or_registered_addresses_only(uri, fine):
    assert fine == Client("app", "s", redirect_uris=("https://app.example/cb",)).may_return_to(uri)


def test_the_way_back_keeps_the_apps_own_query():
    answer = redirect_back("http://127.0.0.1/cb?keep=1", code="a:b", state="")
    assert (302, "http://127.0.0.1/cb?keep=1&code=a%3Ab") == (answer.status_code, answer.headers["location"])


def test_the_consent_page_escapes_what_it_shows():
    body = consent_page("A & B", Client("app", "s", title="<script>"), "O'Neil <x>", ["a<b"]).body.decode()
    assert "<script>" not in body
    assert "&lt;script&gt;" in body
    assert "O&#x27;Neil &lt;x&gt;" in body
    assert "a&lt;b" in body
