"""A made-up CRM that no other file knows: connector, sign-in, settings, rules and sandbox of the platform Acme.

Its secrets are where those of our platforms are not: a header ``X-Acme-Key``, the tenant in every path, a
pass phrase under the key ``words``, a seal under the key ``seal``. So are its people (``client``, ``dial``,
``memo``) and its rate limits (``X-Acme-Left``, ``X-Acme-Tokens-Reset``).
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import ClassVar, NoReturn

import httpx
from pydantic import SecretStr
from pydantic_settings import SettingsConfigDict
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

from appconnect.auth.base import Credentials
from appconnect.auth.sign_in import AuthFlow, FormField, SignIn
from appconnect.connector import Connector
from appconnect.connectors.platform import Platform
from appconnect.errors import CredentialsRejected
from appconnect.http import ApiRules, LimitHeaders
from appconnect.models import AuthType, Contact, LogFormat, User
from appconnect.redaction import PeopleFields, RedactionRules
from appconnect.sandbox.base import CrmSandbox, Guide
from appconnect.settings import CrmSettings

HOST = "https://api.acme.test"
PASS_PHRASE, SEAL, TENANT = "quiet as 7 mice", "k9f8e7d6c5b4a39281706f5e4", "tenant-of-holt-4711"
NUMBER, DIGITS, NAME = "+1 415-867-5309", "4158675309", "Nia Holt"


class AcmeKey(Credentials):
    """Signs with the seal, in a header of its own; the tenant is in the address."""

    def __init__(self, seal: str, tenant: str, user: str) -> None:
        self._seal, self._tenant, self._user = seal, tenant, user

    @property
    def base_url(self) -> str:
        return f"{HOST}/t/{self._tenant}"

    def secrets(self) -> Mapping[str, str]:
        return {"seal": self._seal, "tenant": self._tenant, "user": self._user}

    def public(self) -> Mapping[str, str]:
        return {"user": self._user}

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["X-Acme-Key"] = self._seal
        yield request


class AcmeSignIn(SignIn):
    fields = (FormField("passPhrase", "Pass phrase", secret=True, verbatim=True),)

    def auth_flow(self, typed: Mapping[str, SecretStr], info: object, code: object) -> AuthFlow:
        answer = yield httpx.Request(
            "POST", f"{HOST}/login", json={"words": typed["passPhrase"].get_secret_value()}
        )
        if answer.status_code != 200:
            raise CredentialsRejected("Acme does not accept this pass phrase.")
        return AcmeKey(**answer.json())

    def restore(self, kept: Mapping[str, str], info: object) -> AcmeKey:
        return AcmeKey(**kept)


class AcmeSettings(CrmSettings):
    model_config = SettingsConfigDict(env_prefix="ACME_")
    needed = ("pass_phrase",)
    where = "nowhere, it is made up"
    pass_phrase: SecretStr = SecretStr("")


class Acme(Connector):
    platform, title = "acme", "Acme"
    rules = ApiRules(
        hosts=("api.acme.test",),
        limit_headers=LimitHeaders("X-Acme-Limit", "X-Acme-Left", "X-Acme-Tokens-Reset"),
    )

    def get_auth_type(self) -> AuthType:
        return AuthType.API_KEY

    async def get_user_info(self) -> User:
        return User(id="7-acme", name="Rae Quill", timezone_name="Europe/Lisbon")

    async def find_contact(self, number: object, **_: object) -> list[Contact]:
        found = await self.crm.get("/people", dial=DIGITS)
        return [Contact(id=str(row["id"]), name=row["client"], phone=row["dial"]) for row in found["rows"]]

    def get_log_format_type(self) -> LogFormat:
        return LogFormat.PLAIN

    async def unauthorize(self) -> None:
        await self.crm.post("/leave", {"seal": "mine"})

    async def _not_needed_here(self, *_: object, **__: object) -> NoReturn:
        raise NotImplementedError

    get_oauth_info = find_contact_with_name = create_contact = create_call_log = _not_needed_here
    update_call_log = get_call_log = upsert_call_disposition = get_user_list = find_log = _not_needed_here


class AcmeSandbox(CrmSandbox):
    name, title, hosts = "acme", "Acme", ("api.acme.test",)
    credentials: ClassVar[Mapping[str, str]] = {"pass_phrase": PASS_PHRASE}

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/login", self.login, methods=["POST"]),
            Route(f"/t/{TENANT}/people", self.people),
            Route(f"/t/{TENANT}/leave", self.leave, methods=["POST"]),
        ]

    def seed(self) -> None:
        self.left = 100

    def guide(self) -> Guide:
        return Guide("Acme", "https://acme.test", "With the pass phrase.", self.credentials)

    async def login(self, request: Request) -> JSONResponse:
        words = (await request.json())["words"]
        if words != PASS_PHRASE:
            return JSONResponse({"message": f"{words!r} is not it"}, 403)
        return JSONResponse({"seal": SEAL, "tenant": TENANT, "user": "7"})

    async def people(self, request: Request) -> JSONResponse:
        if request.headers.get("x-acme-key") != SEAL:
            return self._limited({"message": "no such seal"}, 401)
        asked = request.query_params["dial"]
        rows = [
            {"id": 501, "client": NAME, "dial": NUMBER, "memo": f"{NAME} likes ferns", "kind": "prospect"}
        ]
        return self._limited(
            {"rows": rows if asked == DIGITS else [], "page": f"{HOST}/t/{TENANT}/people?dial={asked}"}
        )

    async def leave(self, request: Request) -> JSONResponse:
        return self._limited({"message": f"{request.headers['x-acme-key']} of {TENANT} is over"}, 400)

    def _limited(self, body: object, status: int = 200) -> JSONResponse:
        self.left -= 1
        limits = {"X-Acme-Limit": "100", "X-Acme-Left": str(self.left), "X-Acme-Tokens-Reset": "30"}
        return JSONResponse(body, status, headers={**limits, "X-Served-By": "acme-7"})


REDACTION = RedactionRules(
    secret_headers=("X-Acme-Key",),
    secret_names=("seal", "words"),
    secret_paths=("/t/{tenant}/",),
    people=PeopleFields(texts=("client", "memo"), phones=("dial",)),
)


def acme(redaction: RedactionRules | None = None) -> Platform:
    """The platform; without rules it states nothing of its secrets and people."""
    rules = {"redaction": redaction} if redaction else {}
    return Platform(Acme, AcmeSignIn, AcmeSettings, sandbox=lambda: AcmeSandbox, **rules)
