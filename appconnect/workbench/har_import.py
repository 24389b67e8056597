"""Make a recording of somebody's HAR file: of a browser, a proxy or a support ticket."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import SecretStr

from appconnect.auth.pseudonym_key import pseudonym_key
from appconnect.connectors import registry
from appconnect.connectors.platform import Platform
from appconnect.errors import RecordingError
from appconnect.paths import looked_up
from appconnect.redaction import ConnectionSecrets
from appconnect.replay.paths import cassette_path
from appconnect.settings import Settings

if TYPE_CHECKING:
    from appconnect.replay.har_import import ImportedHar


def import_har(file: str | Path, crm: str | Platform, *, scenario: str, replace: bool = False) -> ImportedHar:
    """Make a recording of the requests to one CRM in a HAR file; its repr says what came of it.

    Secrets are masked by the platform's rules, people are replaced by pseudonyms, and requests to other hosts
    are left out and counted. The recording waits in your data folder, for you only, until you have looked
    through it: ``appconnect review CRM/SCENARIO``; then ``connect(crm, mode="replay", scenario=…)`` plays it.
    ``replace`` allows to write over one of this name.

    RecordingError for what is no HAR file, has nothing of this CRM, or would write over another recording.
    """
    from appconnect.replay.har_import import Target, import_har

    platform = crm if isinstance(crm, Platform) else registry.platform(crm)
    settings = Settings.load()
    path = cassette_path(settings.unreviewed, platform.name, scenario)
    known = [path, cassette_path(settings.fixtures, platform.name, scenario)]
    if not replace and (there := next((each for each in known if each.exists()), None)):
        raise RecordingError(
            f"There is a recording {platform.name}/{scenario} already ({there}); choose another name, "
            "or say that it is to be replaced."
        )
    target = Target(
        crm=platform.name,
        scenario=scenario,
        trusts=platform.connector.rules.trusts,
        rules=platform.redaction,
        secrets=_secrets_of(platform),
        people_key=pseudonym_key(settings.home, settings.pseudonym_key),
    )
    return import_har(looked_up(file), target, path)


def _secrets_of(platform: Platform) -> ConnectionSecrets:
    """Return the secrets that are set for the platform: they may be in the file too."""
    values = platform.settings.load().model_dump().values()
    return ConnectionSecrets([value for value in values if isinstance(value, SecretStr)])
