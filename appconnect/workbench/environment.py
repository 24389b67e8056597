"""The one place that chooses what answers: the live CRM, the sandbox or a recording; and records it.

Connectors always speak to the CRM's real addresses; only the transport below them changes, and with it the
clock, the credentials and where things are remembered.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import TYPE_CHECKING

from pydantic import SecretStr

from appconnect.auth.pseudonym_key import known_pseudonym_key, pseudonym_key
from appconnect.clock import Clock, SystemClock
from appconnect.connectors import registry
from appconnect.connectors.platform import Platform
from appconnect.errors import ConfigurationError
from appconnect.replay.paths import cassette_path
from appconnect.sandbox.clock import START, SandboxClock
from appconnect.settings import CrmSettings, Mode, NetworkSettings, Settings
from appconnect.workbench.lazy_store import LazyStore, store_at_home, store_in_memory
from appconnect.workbench.made_later import MadeLater, later
from appconnect.workbench.sandboxes import has_sandbox, make_sandbox, sandbox_kinds

if TYPE_CHECKING:
    from appconnect.auth.loopback import Consent
    from appconnect.auth.vault import Vault
    from appconnect.history import HistoryWriter
    from appconnect.http.network import Transport
    from appconnect.redaction import ConnectionSecrets
    from appconnect.replay.cassette import Cassette
    from appconnect.replay.transport import RecordingTransport, ReplayTransport
    from appconnect.sandbox.base import CrmSandbox
    from appconnect.sandbox.server import Sandbox
    from appconnect.store import Store

MADE_UP_SERVER_KEY = SecretStr("sandbox-app-server-secret-key-that-signs-nothing-real")
HOW_TO_RECORD = "Record it with APPCONNECT_RECORD=1, or all of them with: appconnect record --all"


def recorded(scenario: str) -> tuple[str, ...]:
    """Return the names of the platforms that have a recording of the scenario."""
    fixtures = Settings.load().fixtures
    return tuple(name for name in registry.names() if cassette_path(fixtures, name, scenario).is_file())


@dataclass
class Environment(MadeLater):
    """Everything around a connector that differs between sandbox, replay and live.

    ``new_state`` makes the OAuth state, ``jitter`` the random part of retry waits: fixed in the sandbox and
    in replay, so that outputs repeat. ``finish`` runs when the workbench is closed.
    """

    mode: Mode
    transport: Transport
    clock: Clock
    began: datetime
    lazy_store: LazyStore
    vault: Vault
    credentials: CrmSettings
    connection_secrets: ConnectionSecrets
    """What no trace and no recording may show: the secrets that were set, and those of who signs in."""
    settings: Settings
    new_state: Callable[[], str]
    jitter: Callable[[], float]
    sandbox: Sandbox | None = None
    replay: ReplayTransport | None = None
    recording: RecordingTransport | None = None
    history: HistoryWriter | None = None
    finish: Callable[[], None] = field(default=lambda: None)

    @property
    def store(self) -> Store:
        """What is remembered from one run to the next."""
        return self.lazy_store.get()

    @property
    def secrets(self) -> list[SecretStr]:
        """The secrets that were set."""
        return _secrets_in(self.credentials)

    @property
    def replaces_people(self) -> bool:
        """Whether a recording that is made, or that answers, has pseudonyms for people who are asked for.

        A saved scenario does not: whom its operations ask for goes by a pseudonym already.
        """
        if self.replay is not None:
            recording = self.replay.cassette
            return recording.header.people and not recording.operations
        return self.recording is not None and self.mode is Mode.LIVE

    def consent(self, redirect_uri: str, state: str) -> Consent | None:
        """Return what answers the consent page here by itself; None in live mode, where a person does."""
        from appconnect.auth.loopback import approve_in, replayed

        if self.mode is Mode.SANDBOX and self.sandbox is not None:
            return approve_in(self.sandbox.transport())
        if self.mode is Mode.REPLAY:
            return replayed(redirect_uri, state)
        return None


def environment(
    platform: Platform,
    mode: Mode | str | None = None,
    *,
    scenario: str,
    record: bool | None,
    sandbox: Sandbox | None,
    plan: str = "",
    made_up: bool = False,
) -> Environment:
    """Return the environment for one CRM. Raises ConfigurationError, CassetteMissing or CassetteCorrupt."""
    settings = Settings.load()
    chosen = _mode(mode, settings)
    if made_up and chosen is Mode.LIVE:
        chosen = Mode.SANDBOX
    wants_recording = settings.record if record is None else record
    if chosen is Mode.REPLAY:
        if record:
            raise ConfigurationError("A replay cannot be recorded; record in the sandbox or live.")
        return _replay(platform, scenario, settings)
    if chosen is Mode.LIVE:
        _only_in_the_sandbox(plan=plan, sandbox=sandbox)
        environment = _live(platform, settings)
    else:
        environment = _sandbox(platform, settings, sandbox, plan)
    if settings.history:
        environment.history = later(lambda: _history(settings))
    return _recording(environment, platform, scenario) if wants_recording else environment


def _history(settings: Settings) -> HistoryWriter:
    from appconnect.history import FILE
    from appconnect.history.writer import writer_to

    return writer_to(settings.home / FILE)


def _mode(mode: Mode | str | None, settings: Settings) -> Mode:
    if mode is None:
        return settings.mode
    try:
        return Mode(mode)
    except ValueError:
        raise ConfigurationError(f"There is no mode {mode!r}; choose one of {', '.join(Mode)}.") from None


def _only_in_the_sandbox(**arguments: object) -> None:
    """Raise ConfigurationError for what the live CRM cannot be told; a recording was made with it."""
    for name, value in arguments.items():
        if value:
            raise ConfigurationError(
                f"The argument {name} is for the sandbox, and mode is live: "
                f"leave it out, or choose mode sandbox."
            )


def _sandbox(
    platform: Platform,
    settings: Settings,
    given: Sandbox | None,
    plan: str = "",
    began: datetime = START,
) -> Environment:
    """Return an environment with a sandbox in it: the one that is given, or one that is made when needed."""
    states = count(1)
    clock = given.clock if given else SandboxClock(began)
    sandbox = given or later(lambda: make_sandbox(platform, clock=clock))
    made = Environment(
        mode=Mode.SANDBOX,
        transport=later(lambda: _of(made.sandbox).transport()),
        clock=clock,
        began=clock.now(),
        lazy_store=store_in_memory(),
        vault=later(_vault_in_memory),
        credentials=later(lambda: _known_to(made.connection_secrets, _made_up(platform, given))),
        connection_secrets=later(lambda: _secrets_of([])),
        settings=_with_server_key(settings),
        new_state=lambda: f"sign-in-{next(states)}",
        jitter=lambda: 0.5,
        sandbox=sandbox,
    )
    if not given:
        has_sandbox(platform)
    if plan:
        _put_on(_of(made.sandbox)[platform.name], plan)
    return made


def _of(sandbox: Sandbox | None) -> Sandbox:
    assert sandbox is not None
    return sandbox


def _vault_in_memory() -> Vault:
    from appconnect.auth.vault import Vault

    return Vault.in_memory()


def _replay(platform: Platform, scenario: str, settings: Settings) -> Environment:
    from appconnect.replay.cassette import Cassette

    path = cassette_path(settings.fixtures, platform.name, scenario)
    waiting = cassette_path(settings.unreviewed, platform.name, scenario)
    advice = f"look through what was recorded first: appconnect review {platform.name}/{scenario}"
    cassette = Cassette.open(path, how_to_record=advice if waiting.exists() else HOW_TO_RECORD)
    return replay_of(cassette, platform, settings)


def replay_of(
    cassette: Cassette, platform: Platform, settings: Settings, kind: type[ReplayTransport] | None = None
) -> Environment:
    """Return the environment in which a recording answers, through another ``kind`` of transport if given."""
    from appconnect.replay.transport import ReplayTransport

    environment = _sandbox(platform, settings, None, began=cassette.header.recorded_at)
    replay = (kind or ReplayTransport)(
        cassette,
        rules=platform.redaction,
        secrets=environment.connection_secrets,
        people_key=known_pseudonym_key(settings.home, settings.pseudonym_key),
        how_to_record=HOW_TO_RECORD,
    )
    environment.mode, environment.sandbox = Mode.REPLAY, None
    environment.transport = environment.replay = replay
    environment.finish = replay.assert_all_used
    return environment


def sandbox_of(platform: Platform, settings: Settings, plan: str = "") -> Environment:
    """Return the environment in which a fresh sandbox answers."""
    return _sandbox(platform, settings, None, plan)


def network() -> Transport:
    """Return the real network, by the proxies and certificates that are set. Raises ConfigurationError."""
    from appconnect.http.network import Network, Route

    told = NetworkSettings.load()
    return Network(Route(told.proxies, told.no_proxy, told.ssl_cert_file, told.ssl_cert_dir))


def _live(platform: Platform, settings: Settings) -> Environment:
    from appconnect.auth.vault import Vault

    credentials, clock = platform.settings.load(), SystemClock()
    return Environment(
        mode=Mode.LIVE,
        transport=network(),
        clock=clock,
        began=clock.now(),
        lazy_store=store_at_home(settings),
        vault=Vault.at(settings.home, settings.vault_key),
        credentials=credentials,
        connection_secrets=_secrets_of(_secrets_in(credentials)),
        settings=settings,
        new_state=lambda: secrets.token_urlsafe(24),
        jitter=lambda: secrets.randbelow(1000) / 1000,
    )


def _recording(environment: Environment, platform: Platform, scenario: str) -> Environment:
    """Record the sandbox for all to see; of people, into a folder where only its owner looks through it."""
    from appconnect.replay.transport import RecordingTransport

    settings, live = environment.settings, environment.mode is Mode.LIVE
    recording = RecordingTransport(
        environment.transport,
        cassette_path(settings.unreviewed if live else settings.fixtures, platform.name, scenario),
        crm=platform.name,
        scenario=scenario,
        recorded_from="live" if live else "sandbox",
        clock=lambda: environment.began,
        people=live,
        people_key=pseudonym_key(settings.home, settings.pseudonym_key) if live else b"",
        rules=platform.redaction,
        secrets=environment.connection_secrets,
    )
    environment.transport = environment.recording = recording
    if live:
        environment.finish = lambda: print(recording.how_to_review())
    return environment


def _secrets_of(values: Iterable[SecretStr]) -> ConnectionSecrets:
    from appconnect.redaction import ConnectionSecrets

    return ConnectionSecrets(values)


def _secrets_in(credentials: CrmSettings) -> list[SecretStr]:
    values = credentials.model_dump().values()
    return [value for value in values if isinstance(value, SecretStr) and value.get_secret_value()]


def _put_on(crm: CrmSandbox, plan: str) -> None:
    try:
        crm.plan = plan
    except ValueError as error:
        raise ConfigurationError(f"{error}.") from None


def _with_server_key(settings: Settings) -> Settings:
    """Return the settings, with a made-up key for assignment tokens where none is set."""
    key = settings.app_server_secret_key or MADE_UP_SERVER_KEY
    return settings.model_copy(update={"app_server_secret_key": key})


def _made_up(platform: Platform, sandbox: Sandbox | None) -> CrmSettings:
    """Return the sandbox's own credentials and nothing of this person's, as if they had been set."""
    kind = platform.settings
    defaults = {name: field.default for name, field in kind.model_fields.items()}
    plays = sandbox[platform.name] if sandbox else sandbox_kinds(platform)[platform.name]
    return kind.model_validate({**defaults, **plays.credentials})


def _known_to(secrets: ConnectionSecrets, credentials: CrmSettings) -> CrmSettings:
    secrets.be_set(_secrets_in(credentials))
    return credentials
