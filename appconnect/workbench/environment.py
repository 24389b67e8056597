"""What answers, chosen in one place: the live CRM, the sandbox or a recording, and whether to record.

Connectors always speak to the CRM's real addresses; only the transport below them changes, and with it the
clock, the credentials and where things are remembered.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from itertools import count

from pydantic import SecretStr

from appconnect.auth.consent import Consent, LoopbackPage, approve_in, replayed
from appconnect.auth.vault import Vault
from appconnect.clock import Clock, SystemClock
from appconnect.errors import ConfigurationError
from appconnect.http.network import Transport, network
from appconnect.replay.cassette import Cassette, cassette_path
from appconnect.replay.transport import RecordingTransport, ReplayTransport
from appconnect.sandbox.base import CrmSandbox
from appconnect.sandbox.clock import SandboxClock
from appconnect.sandbox.server import Sandbox
from appconnect.settings import (
    BullhornSettings,
    CrmSettings,
    InsightlySettings,
    Mode,
    PipedriveSettings,
    RedtailSettings,
    Settings,
)
from appconnect.store import Store

CRM_SETTINGS: Mapping[str, type[CrmSettings]] = {
    "pipedrive": PipedriveSettings,
    "bullhorn": BullhornSettings,
    "insightly": InsightlySettings,
    "redtail": RedtailSettings,
}
MADE_UP_SERVER_KEY = SecretStr("sandbox-app-server-secret-key-that-signs-nothing-real")
HOW_TO_RECORD = "Record it with APPCONNECT_RECORD=1, or all of them with: appconnect record --all"


def recorded(scenario: str) -> tuple[str, ...]:
    """The CRMs that have a recording of the scenario."""
    fixtures = Settings.load().fixtures
    return tuple(crm for crm in CRM_SETTINGS if cassette_path(fixtures, crm, scenario).is_file())


@dataclass
class Environment:
    """Everything around a connector that differs between sandbox, replay and live.

    ``new_state`` makes the OAuth state, ``jitter`` the random part of retry waits: fixed in the sandbox and
    in replay, so that outputs repeat. ``finish`` runs when the workbench is closed.
    """

    mode: Mode
    transport: Transport
    clock: Clock
    store: Store
    vault: Vault
    credentials: CrmSettings
    settings: Settings
    new_state: Callable[[], str]
    jitter: Callable[[], float]
    sandbox: Sandbox | None = None
    replay: ReplayTransport | None = None
    recording: RecordingTransport | None = None
    finish: Callable[[], None] = field(default=lambda: None)

    @property
    def secrets(self) -> list[SecretStr]:
        """The secrets that were set, which no trace and no recording may show."""
        values = self.credentials.model_dump().values()
        return [value for value in values if isinstance(value, SecretStr) and value.get_secret_value()]

    def consent(self, redirect_uri: str, state: str) -> Consent:
        """Who answers the consent page here: nobody needs to in the sandbox, a person in live mode."""
        if self.mode is Mode.SANDBOX and self.sandbox is not None:
            return approve_in(self.sandbox.transport())
        if self.mode is Mode.REPLAY:
            return replayed(redirect_uri, state)
        return _in_browser(redirect_uri, state)


def environment(
    crm: str,
    mode: Mode | str | None = None,
    *,
    scenario: str,
    record: bool | None,
    sandbox: Sandbox | None,
    plan: str = "",
) -> Environment:
    """The surroundings for one CRM. Raises ConfigurationError, CassetteMissing or CassetteCorrupt."""
    settings = Settings.load()
    chosen = _mode(mode, settings)
    wants_recording = settings.record if record is None else record
    if chosen is Mode.REPLAY:
        if record:
            raise ConfigurationError("A replay cannot be recorded; record in the sandbox or live.")
        return _replay(crm, scenario, settings)
    sandboxed = chosen is Mode.SANDBOX
    surroundings = _sandbox(crm, settings, sandbox, plan) if sandboxed else _live(crm, settings)
    return _recording(surroundings, crm, scenario) if wants_recording else surroundings


def _mode(mode: Mode | str | None, settings: Settings) -> Mode:
    if mode is None:
        return settings.mode
    try:
        return Mode(mode)
    except ValueError:
        raise ConfigurationError(f"There is no mode {mode!r}; choose one of {', '.join(Mode)}.") from None


def _sandbox(crm: str, settings: Settings, sandbox: Sandbox | None, plan: str = "") -> Environment:
    sandbox = sandbox or Sandbox()
    if plan:
        _put_on(sandbox[crm], plan)
    states = count(1)
    return Environment(
        mode=Mode.SANDBOX,
        transport=sandbox.transport(),
        clock=sandbox.clock,
        store=Store.in_memory(),
        vault=Vault.in_memory(),
        credentials=_made_up(crm, sandbox),
        settings=_with_server_key(settings),
        new_state=lambda: f"sign-in-{next(states)}",
        jitter=lambda: 0.5,
        sandbox=sandbox,
    )


def _replay(crm: str, scenario: str, settings: Settings) -> Environment:
    path = cassette_path(settings.fixtures, crm, scenario)
    cassette = Cassette.load(path, how_to_record=HOW_TO_RECORD)
    clock = SandboxClock(cassette.header.recorded_at)
    around = _sandbox(crm, settings, Sandbox(clock))
    replay = ReplayTransport(cassette, secrets=around.secrets, how_to_record=HOW_TO_RECORD)
    return replace(
        around, mode=Mode.REPLAY, transport=replay, replay=replay, sandbox=None, finish=replay.assert_all_used
    )


def _live(crm: str, settings: Settings) -> Environment:
    return Environment(
        mode=Mode.LIVE,
        transport=network(),
        clock=SystemClock(),
        store=Store.at(settings.home, settings.database_url),
        vault=Vault.at(settings.home, settings.vault_key),
        credentials=CRM_SETTINGS[crm].load(),
        settings=settings,
        new_state=lambda: secrets.token_urlsafe(24),
        jitter=lambda: secrets.randbelow(1000) / 1000,
    )


def _recording(around: Environment, crm: str, scenario: str) -> Environment:
    live = around.mode is Mode.LIVE
    recorded_at = around.clock.now()
    recording = RecordingTransport(
        around.transport,
        cassette_path(around.settings.fixtures, crm, scenario),
        crm=crm,
        scenario=scenario,
        recorded_from="live" if live else "sandbox",
        clock=lambda: recorded_at,
        people=live,
        secrets=around.secrets,
    )
    return replace(around, transport=recording, recording=recording)


def _put_on(crm: CrmSandbox, plan: str) -> None:
    try:
        crm.plan = plan
    except ValueError as error:
        raise ConfigurationError(f"{error}.") from None


def _with_server_key(settings: Settings) -> Settings:
    """The settings, with a made-up key for assignment tokens where none is set."""
    key = settings.app_server_secret_key or MADE_UP_SERVER_KEY
    return settings.model_copy(update={"app_server_secret_key": key})


def _made_up(crm: str, sandbox: Sandbox) -> CrmSettings:
    """The sandbox's own credentials and nothing of this person's, as if they had been set."""
    kind = CRM_SETTINGS[crm]
    defaults = {name: field.default for name, field in kind.model_fields.items()}
    return kind.model_validate({**defaults, **sandbox[crm].credentials})


def _in_browser(redirect_uri: str, state: str) -> Consent:
    async def consent(authorize_url: str) -> str:
        import webbrowser

        async with LoopbackPage(redirect_uri, state=state).listening() as page:
            webbrowser.open(authorize_url)
            return await page.answer()

    return consent
