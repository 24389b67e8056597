"""What each CRM still needs to be used live, and whether its hosts can be reached from here."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from pydantic import SecretStr
from pydantic.alias_generators import to_snake

from appconnect.auth.loopback import LOOPBACK_HOSTS, is_loopback
from appconnect.auth.sign_in import RenewalContext, SignIn
from appconnect.clock import SystemClock
from appconnect.connectors import registry
from appconnect.connectors.platform import Platform
from appconnect.errors import AppConnectError, ConfigurationError
from appconnect.http import CrmClient, Trace
from appconnect.http.reachability import time_at
from appconnect.redaction import Redactor
from appconnect.settings import CrmSettings
from appconnect.workbench import environment
from appconnect.workbench.findings import Finding, failed, note, ok

IS_LEFT_OVER = re.compile(
    r"""\s*(["'].*["']|<.*>|\{.*\}|\.\.\.|x{3,}|change[-_ ]?me|todo|your[-_ ].*)\s*""",
    re.IGNORECASE | re.DOTALL,
)
"""What was to be replaced, or came along when a value was copied."""
MAX_APART = timedelta(minutes=1)
"""How far clocks may differ: sign-ins and waits go by them."""


def needs(platform: Platform) -> Iterator[Finding]:
    """What is set for a CRM, by name only, what is missing, and what cannot be right; only live needs any."""
    kind = platform.settings
    try:
        found = kind.load()
    except ConfigurationError as error:
        yield failed(f"{platform.title}: {error.message}")
        return
    values = {name: plain for name in kind.model_fields if (plain := _plain(getattr(found, name)))}
    try:
        found.require(platform.title)
        yield ok(f"{platform.title}: {', '.join(map(kind.variable, values))} set")
    except ConfigurationError as error:
        yield note(f"{platform.title}: not set up for live use. {error.message}")
    sign_in = _sign_in(platform)
    problems = list(_problems(sign_in, kind, values))
    for problem in problems:
        yield failed(f"{platform.title}: {problem}")
    address = values.get("redirect_uri", "") if sign_in.app_fields else ""
    if address and not problems and not is_loopback(address):
        yield note(
            f"{platform.title}: {kind.variable('redirect_uri')} is not a page on this computer, so the "
            "address that the browser ends at is pasted when signing in"
        )


def is_set_up(platform: Platform) -> bool:
    """Return whether all is set that live use needs."""
    try:
        platform.settings.load().require(platform.title)
    except ConfigurationError:
        return False
    return True


def callbacks() -> dict[int, list[Platform]]:
    """Return the ports of this computer that browsers are sent back to, and for which CRMs."""
    found: dict[int, list[Platform]] = {}
    for platform in registry.platforms():
        if port := _callback_port(platform):
            found.setdefault(port, []).append(platform)
    return found


async def reach(platform: Platform) -> list[Finding]:
    """Try a CRM's hosts, without credentials: name, network, proxy, certificate, and the clock."""
    hosts = _hosts(platform)
    if not hosts:
        return [note(f"{platform.title}: no host to try; its Platform states none in reachable_at")]
    try:
        crm = _client(platform)
    except AppConnectError as error:
        return [failed(f"{platform.title}: {error.message}")]
    try:
        return list(await asyncio.gather(*(_reached(platform.title, crm, host) for host in hosts)))
    finally:
        await crm.aclose()


# -- what is set --


def _sign_in(platform: Platform) -> SignIn:
    return platform.sign_in(RenewalContext(SystemClock()))


def _problems(sign_in: SignIn, kind: type[CrmSettings], values: Mapping[str, str]) -> Iterator[str]:
    """What is wrong with what is set, by variable; no value is in it."""
    fields = [each for each in (*sign_in.app_fields, *sign_in.fields) if to_snake(each.name) in values]
    left_over = [
        each for each in fields if not each.verbatim and IS_LEFT_OVER.fullmatch(values[to_snake(each.name)])
    ]
    if left_over:
        names = (kind.variable(to_snake(each.name)) for each in left_over)
        yield from (f"{name} is a placeholder, or in quotation marks; set the value alone." for name in names)
        return
    meant = {each.name: each.meant(values[to_snake(each.name)]) for each in fields}
    odd = [(each, problem) for each in fields if (problem := each.problem(meant[each.name]))]
    yield from (f"{problem} Correct {kind.variable(to_snake(each.name))}." for each, problem in odd)
    if odd:
        return
    try:
        sign_in.validate({name: SecretStr(value) for name, value in meant.items()})
    except AppConnectError as error:
        yield error.message


def _callback_port(platform: Platform) -> int | None:
    if not _sign_in(platform).app_fields:
        return None
    try:
        url = urlsplit(_plain(getattr(platform.settings.load(), "redirect_uri", "")))
        return url.port if url.hostname in LOOPBACK_HOSTS else None
    except (ConfigurationError, ValueError):  # is said where the CRM's settings are looked at
        return None


def _plain(value: object) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value or "")


# -- what can be reached --


class _NoWait(SystemClock):
    """The computer's time; nobody waits between attempts."""

    async def sleep(self, seconds: float) -> None:
        """Go on at once."""


def _client(platform: Platform) -> CrmClient:
    """Return a client on the network that live requests go through too."""
    return CrmClient(
        environment.network(),  # type: ignore[attr-defined, unused-ignore]
        rules=platform.connector.rules, clock=_NoWait(),
        trace=Trace(Redactor(platform.redaction)),
    )  # fmt: skip


def _hosts(platform: Platform) -> list[str]:
    """Return the hosts that the platform names, and those of the CRM's that are set."""
    try:
        values = list(platform.settings.load().model_dump().values())
    except ConfigurationError:
        values = []
    hosts = [_host(value) for value in values if isinstance(value, str)]
    rules = platform.connector.rules
    return list(dict.fromkeys([*platform.hosts_to_try, *(each for each in hosts if rules.trusts(each))]))


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


async def _reached(title: str, crm: CrmClient, host: str) -> Finding:
    try:
        began = crm.clock.now()
        there = await time_at(crm, host)
    except AppConnectError as error:
        where = "" if host in error.message else f"{host}: "
        return failed(f"{title}: {where}{error.message}")
    if there is None:
        return ok(f"{title}: {host} answers and can be trusted; it tells no time")
    here = began + (crm.clock.now() - began) / 2
    if abs(here - there) > MAX_APART:
        return failed(
            f"{title}: this computer's clock is {_apart(here, there)} that of {host}; set it right."
        )
    return ok(f"{title}: {host} answers and can be trusted; this computer's clock is right")


def _apart(here: datetime, there: datetime) -> str:
    minutes = round(abs(here - there).total_seconds() / 60)
    return f"{minutes} {'minute' if minutes == 1 else 'minutes'} {'ahead of' if here > there else 'behind'}"
