"""The quick look at what passed never overlooks a secret that the thorough one finds by name."""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.parse import urlencode

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appconnect.http.exchange import SIGNED, Snapshot
from appconnect.redaction import RedactionRules
from appconnect.redaction.detectors import detectors
from appconnect.redaction.hints import SecretHints
from appconnect.redaction.named_secrets import NamedSecrets

RULES = RedactionRules(
    secret_names=("Pin-4",), secret_headers=("X-Acme-Pass",), secret_paths=("/t/{token}/",)
)
NAMED = NamedSecrets(detectors(RULES))
NOTHING_SIGNED = frozenset[str]()

N = 300

words = st.sampled_from(
    [
        *(
            "access_token",
            "Api-Key",
            "session_private_key",
            "passwd",
            "Cookie",
            "grant_type",
            "client_id",
            "code",
            *("jwt", "X-XSRF", "session", "sid=", "pin", "otp", "user[otp]"),
            *('="', "': '", ": a1b2c3", "<password>", "</password>", '<meta name="', '" content="'),
        ),
        *(
            "state",
            "pin4",
            "to\nken",
            "to\u212aen",
            "cred\u0130ential",
            "écode",
            "\\token",
            "secret",
            "next_cursor",
        ),
        *(
            "name",
            "id",
            "https://rae:hunter2@crm.example/",
            "https://crm.example/x?code=1&",
            "/t/4711/",
            "a?b#state",
        ),
        *("=", "?", "&", "://", "@", "é", "\u0001", '"', "\\", "😀", "Nia Holt", "token"),
    ]
)
texts = st.lists(words | st.text(max_size=4), min_size=1, max_size=4).map("".join)
documents = st.recursive(
    texts | st.integers() | st.none() | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=8,
)


def passed(
    content: bytes = b"", media: str = "application/json", url: str = "https://crm.example/x", **more
) -> Snapshot:
    request = httpx.Request(
        "GET", url, headers=more.get("headers"), extensions={SIGNED: more.get("signed", NOTHING_SIGNED)}
    )
    return Snapshot(
        request, httpx.Response(200, headers={"content-type": media, **more.get("came", {})}, content=content)
    )


def named(snapshot: Snapshot) -> list[tuple[str, str]]:
    request, response = snapshot()
    assert response is not None
    return [*NAMED.in_request(request), *NAMED.in_response(response, request)]


def may_name(snapshot: Snapshot) -> bool:
    return SecretHints(detectors(RULES)).may_name(snapshot)


@settings(max_examples=N)
@given(documents, st.booleans(), st.booleans())
def test_no_secret_in_json_is_overlooked(document: object, in_ascii: bool, slashes: bool) -> None:
    text = json.dumps(document, ensure_ascii=in_ascii)
    content = (text.replace("/", "\\/") if slashes else text).encode("utf-8", "surrogatepass")
    snapshot = passed(content)
    assert may_name(snapshot) or not named(snapshot)


@settings(max_examples=N)
@given(
    texts,
    st.sampled_from(
        ["text/plain", "text/html; charset=utf-8", "text/html; charset=utf-16", "", "multipart/form-data"]
    ),
)
def test_no_secret_in_text_is_overlooked(text: str, media: str) -> None:
    snapshot = passed(text.encode("utf-16" if "16" in media else "utf-8", "surrogatepass"), media)
    assert may_name(snapshot) or not named(snapshot)


@settings(max_examples=N)
@given(texts, texts)
def test_no_secret_in_a_part_of_a_form_is_overlooked(name: str, value: str) -> None:
    part = f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n--b--'
    snapshot = passed(part.encode("utf-8", "surrogatepass"), "multipart/form-data; boundary=b")
    assert may_name(snapshot) or not named(snapshot)


@settings(max_examples=N)
@given(st.dictionaries(texts, texts, max_size=3))
def test_no_secret_in_a_form_or_query_is_overlooked(pairs: dict[str, str]) -> None:
    form = urlencode(pairs, errors="replace")
    for snapshot in (
        passed(form.encode(), "application/x-www-form-urlencoded"),
        passed(url=f"https://crm.example/x?{form}"),
    ):
        assert may_name(snapshot) or not named(snapshot)


@pytest.mark.parametrize("written", [str.lower, str.upper, str.title, str.swapcase])
@pytest.mark.parametrize(
    "name",
    ["access_token", "client_secret", "Password", "pwd", "credential", "authorization", "cookie", "Api-Key"],
)
def test_a_name_is_seen_in_whatever_case_it_is_written(name: str, written: Callable[[str], str]) -> None:
    snapshot = passed(json.dumps({written(name): "hunter2-0123hunter2"}).encode())
    assert named(snapshot)
    assert may_name(snapshot)


@pytest.mark.parametrize(
    "more",
    [
        {"headers": {"Authorization": "Bearer hunter2-0123"}},
        {"headers": {"X-New": "hunter2-0123hunter2"}, "signed": frozenset({"x-new"})},
        {"headers": {"X-Acme-Pass": "hunter2-0123"}},
        {"came": {"set-cookie": "crm=0123456789abcdef; Path=/"}},
        {"came": {"location": "https://crm.example/?code=hunter2-0123"}},
        {"came": {"x-session": "hunter2-0123hunter2"}},
        {"url": "https://crm.example/t/4711/x"},
        {"url": "https://crm.example/x?page=2&code=hunter2-0123"},
        {"url": "https://crm.example/x?to%6ben=hunter2-0123"},
        {"url": "https://crm.example/x?key=hunter2-0123hunter2", "signed": frozenset({"key"})},
    ],
    ids=str,
)
def test_a_header_or_address_with_a_secret_is_read_once_and_again_when_it_changes(more: dict) -> None:
    hints, snapshot = SecretHints(detectors(RULES)), passed(**more)
    assert named(snapshot)
    assert [True, False, False] == [hints.may_name(snapshot) for _ in range(3)]
    other = json.loads(
        json.dumps({**more, "signed": []})
        .replace("hunter2", "hunter3")
        .replace("4711", "4712")
        .replace("0123456789", "1123456789")
    )
    assert hints.may_name(passed(**{**other, "signed": more.get("signed", NOTHING_SIGNED)}))
    hints.forget()
    assert hints.may_name(snapshot)


def test_of_headers_without_end_the_latest_256_are_known() -> None:
    hints = SecretHints(detectors(RULES))
    seen = [passed(headers={"Authorization": f"Bearer hunter2-{number}"}) for number in range(257)]
    assert all(hints.may_name(each) for each in seen[:256])
    assert not hints.may_name(seen[0])
    assert hints.may_name(seen[256])
    assert hints.may_name(seen[0])


def test_the_answer_to_a_sign_in_is_always_read() -> None:
    assert may_name(passed(b'{"id": 1}', signed=None))


@pytest.mark.parametrize(
    "document",
    [
        {
            "data": [{"id": 1, "name": "Nia Holt", "note": "price = 100 & more; state=open, why?"}],
            "next_cursor": None,
        },
        {
            "picture": "https://crm.example/p/1.png?v=3&size=2",
            "keyword": "monkey",
            "about": "e-mail rae@crm.example",
        },
        {"name": "Zoë", "body": '<p class="x">line\n"quoted"</p>', "emoji": "😀"},
    ],
    ids=str,
)
@pytest.mark.parametrize("in_ascii", [True, False])
def test_a_usual_record_is_not_read(document: object, in_ascii: bool) -> None:
    assert not may_name(passed(json.dumps(document, ensure_ascii=in_ascii).encode()))
