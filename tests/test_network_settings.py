"""How this computer reaches the network, by the variables that other programs read too."""

from __future__ import annotations

import pytest

from appconnect import settings as appconnect_settings
from appconnect.errors import ConfigurationError
from appconnect.settings import NetworkSettings

VARIABLES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR")


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def test_nothing_has_to_be_set() -> None:
    found = NetworkSettings.load()
    assert ({}, "", "", "") == (found.proxies, found.no_proxy, found.ssl_cert_file, found.ssl_cert_dir)


@pytest.mark.parametrize("spelled", [str.upper, str.lower])
def test_proxies_are_named_in_either_case(monkeypatch: pytest.MonkeyPatch, spelled: object) -> None:
    for number, name in enumerate(("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY")):
        monkeypatch.setenv(spelled(name), f"http://me:pw@proxy{number}.example:3128")  # type: ignore[operator]
    monkeypatch.setenv(spelled("NO_PROXY"), "a.example,.b.example")  # type: ignore[operator]
    found = NetworkSettings.load()
    assert {
        scheme: f"http://me:pw@proxy{number}.example:3128" for number, scheme in enumerate(("https", "http", "all"))
    } == found.proxies  # fmt: skip
    assert "a.example,.b.example" == found.no_proxy


def test_where_both_cases_are_set_the_lower_one_counts_as_with_curl(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, upper, lower in (
        ("HTTPS_PROXY", "http://upper.example", "http://lower.example"),
        ("NO_PROXY", "upper.example", "lower.example"),
    ):
        monkeypatch.setenv(name.lower(), lower)
        monkeypatch.setenv(name, upper)
    found = NetworkSettings.load()
    assert ({"https": "http://lower.example"}, "lower.example") == (found.proxies, found.no_proxy)


def test_certificates_are_named_as_other_programs_name_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/ca.pem")
    monkeypatch.setenv("SSL_CERT_DIR", "/certs")
    assert ("/ca.pem", "/certs") == (
        NetworkSettings.load().ssl_cert_file,
        NetworkSettings.load().ssl_cert_dir,
    )


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ("http://proxy.example:3128", "http://proxy.example:3128"), ("proxy.example:3128", "http://proxy.example:3128"),
        (" HTTPS://proxy.example ", "HTTPS://proxy.example"), ("http://[::1]:3128", "http://[::1]:3128"),
        ("socks5://proxy.example", "socks5://proxy.example"), ("socks5h://proxy.example", "socks5h://proxy.example"),
        (" ", None),
    ],
)  # fmt: skip
def test_an_address_of_a_proxy_has_a_scheme(
    monkeypatch: pytest.MonkeyPatch, given: str, address: str | None
) -> None:
    monkeypatch.setattr(appconnect_settings, "find_spec", lambda name: name == "socksio")
    monkeypatch.setenv("ALL_PROXY", given)
    assert ({"all": address} if address else {}) == NetworkSettings.load().proxies


@pytest.mark.parametrize(
    "given",
    ["ftp://proxy.example", "http://", "http://proxy.example:0", "http://proxy.example:x", "http://[::1", "http://:3128"],
)  # fmt: skip
@pytest.mark.parametrize("name", ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"])
def test_what_is_no_address_is_told_with_how_one_looks(
    monkeypatch: pytest.MonkeyPatch, name: str, given: str
) -> None:
    monkeypatch.setenv(name, given)
    with pytest.raises(ConfigurationError) as caught:
        NetworkSettings.load()
    assert caught.value.message.casefold() == (
        f"{name} is not valid: it must look like http://proxy.example:3128.".casefold()
    )


def test_a_socks_proxy_needs_a_package_that_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(appconnect_settings, "find_spec", lambda name: None)
    monkeypatch.setenv("ALL_PROXY", "SOCKS5://proxy.example")
    with pytest.raises(ConfigurationError) as caught:
        NetworkSettings.load()
    assert caught.value.message.endswith(
        " is not valid: for a SOCKS proxy, first run: pip install 'httpx[socks]'."
    )
