"""A request as curl and as a Python script: really run, in sh and in Python, against the sandbox on a port."""

from __future__ import annotations

import ast
import asyncio
import base64
import json
import os
import random
import re
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from acme import NAME, NUMBER, PASS_PHRASE, REDACTION, SEAL, TENANT, acme
from answers import NASTY, call, sms
from workbench_steps import CRMS, nia, secrets_of, signed_in

from appconnect.auth.header_scheme import HeaderScheme
from appconnect.errors import InputError
from appconnect.http.bodies import Body, BodyKind, write_body
from appconnect.http.exchange import Exchange, Request
from appconnect.http.exports.curl import quoted
from appconnect.http.exports.har import HarFile
from appconnect.http.exports.origin import Origin, Piece, Variable
from appconnect.sandbox.base import SeenRequest
from appconnect.sandbox.server import Sandbox, serve
from appconnect.workbench import Workbench, connect
from appconnect.workbench.sandboxes import make_sandbox

HOSTILE = "it's $HOME `id` \"x\" \\ !! $(id)\n\t%41 & | ; <b>*</b> ü 🌟 '; exit 3 #"
SH = "/bin/sh"


async def run(program: str, script: str, **environment: str) -> str:
    """What a script prints that a program reads from a file, for some are too long for an argument."""
    clean = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    with tempfile.NamedTemporaryFile("w", encoding="utf-8") as file:
        file.write(script)
        file.flush()
        process = await asyncio.create_subprocess_exec(
            program, file.name, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**clean, **environment}
        )
        out, problems = await process.communicate()
    assert (0, "") == (process.returncode, problems.decode()), script[:2000]
    return out.decode()


async def in_python(script: str, **environment: str) -> str:
    """What a script prints: the answer's status first."""
    return await run(sys.executable, script, **environment)


ONE_AFTER_ANOTHER = """import contextlib, io, json, sys
for line in sys.stdin:
    told = io.StringIO()
    with contextlib.redirect_stdout(told), contextlib.redirect_stderr(told):
        try:
            exec(compile(json.loads(line), "script", "exec"), {"__name__": "__main__"})
        except BaseException as error:
            print(type(error), error)
    print(json.dumps(told.getvalue()), flush=True)
"""


@pytest.fixture(scope="module")
def python() -> Iterator[Callable[[str], Awaitable[str]]]:
    """Returns what a script prints in a process that runs many, each by itself: to start one takes far longer."""
    clean = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    with subprocess.Popen(
        [sys.executable, "-c", ONE_AFTER_ANOTHER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=clean
    ) as process:  # fmt: skip

        def answer(script: str) -> str:
            assert process.stdin is not None and process.stdout is not None
            print(json.dumps(script), file=process.stdin, flush=True)
            return str(json.loads(process.stdout.readline()))

        yield lambda script: asyncio.to_thread(answer, script)
        process.kill()


async def in_sh(command: str, **environment: str) -> str:
    """What a curl command prints: the answer's status last."""
    place = re.compile("(?m)^(printf .* [|] )?curl (?=-)")  # the command; before it, credentials are fetched
    told = place.sub(lambda found: f"{found[0]}-sS -w '\\n%{{http_code}}' ", command)
    return await run(SH, told, **environment)


async def worked(crm: str) -> Workbench:
    """A workbench after requests of several methods, with hostile texts in them."""
    workbench = await signed_in(crm)
    contact = await nia(workbench)
    logged = await workbench.log_call(call(), contact, note=f"{NASTY}\n{HOSTILE}")
    assert logged.log_id
    await workbench.update_call_log(logged.log_id, note=HOSTILE)
    await workbench.log_message(sms("m1", HOSTILE), contact)
    await workbench.find_contact_with_name("O'Neil $HOME")
    return workbench


def distinct(workbench: Workbench) -> list[Exchange]:
    """Every write in order, and one read of each path."""
    found = {
        (each.method, each.request.url, each.method != "GET" and each.number): each
        for each in workbench.trace
    }
    return sorted(found.values(), key=lambda each: each.number)


def told(seen: SeenRequest) -> tuple[object, ...]:
    """What a request means."""
    return seen.method, seen.path, seen.query, seen.json or seen.form or seen.body


@asynccontextmanager
async def on_a_port(crm: str) -> AsyncIterator[tuple[Sandbox, str]]:
    sandbox = make_sandbox(crm)
    async with serve(sandbox) as url:
        yield sandbox, url


@pytest.mark.parametrize("crm", CRMS)
async def test_every_request_runs_as_curl_in_sh_against_the_sandbox_on_a_port(crm: str) -> None:
    workbench = await worked(crm)
    async with on_a_port(crm) as (sandbox, url):
        for each in distinct(workbench):
            await sandbox.clock.sleep(5)  # or the limits refuse some
            answer = await in_sh(each.as_curl(sandbox=url))
            seen = sandbox[crm].requests[-1]
            assert answer.endswith(f"\n{each.status}"), (each, answer, each.as_curl(url))
            assert same(seen, workbench, each)


@pytest.mark.parametrize("crm", CRMS)
async def test_every_request_runs_as_a_python_script_against_the_sandbox_on_a_port(
    crm: str, python: Callable[[str], Awaitable[str]]
) -> None:
    workbench = await worked(crm)
    writes = [each for each in distinct(workbench) if each.method != "GET"]
    async with on_a_port(crm) as (sandbox, url):
        for each in [*writes, *distinct(workbench)[:3]]:
            await sandbox.clock.sleep(5)
            answer = await python(each.as_httpx(sandbox=url))
            assert answer.startswith(f"{each.status} "), (each, answer)
            assert same(sandbox[crm].requests[-1], workbench, each)


def same(seen: SeenRequest, workbench: Workbench, exchange: Exchange) -> bool:
    """Whether a request that arrived at the port is the one that the workbench sent, but for secrets."""
    assert workbench.sandbox is not None
    traced = [each for each in workbench.sandbox.requests if not each.path.endswith("/authorize")]
    sent = traced[exchange.number - 1]
    if exchange.purpose == "operation":
        assert told(sent) == told(seen)
    return (sent.method, sent.path) == (seen.method, seen.path)


@pytest.mark.parametrize("crm", CRMS)
async def test_an_address_of_the_sandbox_that_cannot_be_written_is_refused(crm: str) -> None:
    workbench = await signed_in(crm)
    for export in (workbench.trace.as_curl, workbench.trace.as_httpx):
        for bad in ("\ud800", "http://127.0.0.1:8700/\udcff", "http://127.0.0.1\0"):
            with pytest.raises(InputError, match="The sandbox's address has a character in it that cannot"):
                export(1, bad)


# -- what the shell makes of it --

ECHO = """import http.server, sys
class Echo(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        self.send_response(200); self.end_headers()
        self.wfile.write(repr((self.command, self.path, list(self.headers.items()), body)).encode())
    do_GET = do_PUT = do_DELETE = do_PATCH = do_POST
    def log_message(self, *_): pass
server = http.server.HTTPServer(("127.0.0.1", 0), Echo)
print(server.server_port, flush=True)
server.serve_forever()
"""
BINARY = bytes(range(256))
BODIES = {
    "json": Body(
        kind=BodyKind.JSON, value={"note": HOSTILE, "half": "\ud800", "none": None, "list": [1, 2.5]}
    ),
    "text": Body(kind=BodyKind.TEXT, value=HOSTILE),
    "at": Body(kind=BodyKind.TEXT, value="@/etc/passwd"),
    "nul": Body(kind=BodyKind.TEXT, value="a\0b"),
    "form": Body(kind=BodyKind.FORM, value={"a": HOSTILE, "b": ["1", "@2"], "c=d@e": "", "": "x"}),
    "binary": Body(kind=BodyKind.BASE64, value=base64.b64encode(BINARY).decode()),
    "long": Body(kind=BodyKind.JSON, value=["x" * 300_000]),
    "long text": Body(kind=BodyKind.TEXT, value="ü" * 200_000),
}
TYPES = {"json": "application/json", "form": "application/x-www-form-urlencoded", "long": "application/json"}


@pytest.fixture(scope="module")
def echo() -> Iterator[str]:
    with subprocess.Popen([sys.executable, "-c", ECHO], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        yield f"http://127.0.0.1:{server.stdout.readline().strip()}"
        server.kill()


def exchange(request: Request, origin: Origin | None = None) -> Exchange:
    shown = Exchange(number=1, at=datetime(2026, 1, 2, tzinfo=UTC), request=request)
    return shown.of(origin or Origin("acme", "Acme"))


def meant(kind: str, arrived: bytes) -> object:
    """What a body means: as JSON, as a form, or byte by byte."""
    if TYPES.get(kind) == "application/json":
        return json.loads(arrived)
    if kind == "form":
        return sorted(parse_qsl(arrived.decode(), keep_blank_values=True))
    return arrived


@pytest.mark.parametrize("way", ["curl", "python"])
@pytest.mark.parametrize("kind", BODIES)
async def test_whatever_a_body_holds_arrives_as_it_was(
    kind: str, way: str, echo: str, python: Callable[[str], Awaitable[str]]
) -> None:
    body, headers = BODIES[kind], {"content-type": TYPES.get(kind, "text/plain; charset=utf-8")}
    request = Request(
        method="PUT", url=f"{echo}/x", query={"q": HOSTILE, "r": ["1", "2"]}, headers=headers, body=body
    )
    told = exchange(request)
    out = await (in_sh(told.as_curl()) if way == "curl" else python(told.as_httpx()))
    method, path, sent_headers, arrived = ast.literal_eval(
        out.strip().removeprefix("200 ").removesuffix("\n200")
    )
    assert ("PUT", headers["content-type"]) == (
        method,
        {n.lower(): v for n, v in sent_headers}["content-type"],
    )
    assert [("q", HOSTILE), ("r", "1"), ("r", "2")] == parse_qsl(urlsplit(path).query)
    assert meant(kind, write_body(body, headers["content-type"])) == meant(kind, arrived)


SECRET = "s'e\"c$r`e\\t &+%41"
ODD = Origin(
    "acme", "Acme", "ask Acme", frozenset({"ACME_WORDS"}), (HeaderScheme.basic("a", "b", prefix="Odd"),)
)


@pytest.mark.parametrize("way", ["curl", "python"])
async def test_secrets_come_from_the_environment_wherever_they_belong(way: str, echo: str) -> None:
    request = Request(
        method="POST",
        url=f"{echo}/t/<tenant>/x",
        query={"api_key": "<api_key>", "plain": "<b>"},
        headers={"authorization": "Odd <authorization>", "x-acme-key": "<x-acme-key>", "content-type": "application/json"},
        body=Body(kind=BodyKind.JSON, value={"words": "<words>", "deep": {"token": [{"x": "<token>"}]}, "note": "<b>"}),
    )  # fmt: skip
    told = exchange(request, ODD)
    names = "ACME_TENANT ACME_API_KEY ACME_A ACME_B ACME_X_ACME_KEY ACME_WORDS ACME_TOKEN"
    values = {name: f"{name}-{SECRET}" for name in names.split()} | {"ACME_TENANT": "holt-4711"}
    text = told.as_curl() if way == "curl" else told.as_httpx()
    out = await (in_sh(text, **values) if way == "curl" else in_python(text, **values))
    _, path, headers, body = ast.literal_eval(out.strip().removeprefix("200 ").removesuffix("\n200"))
    sent = {name.lower(): value for name, value in headers}
    assert "/t/holt-4711/x" == urlsplit(path).path
    assert {"api_key": values["ACME_API_KEY"], "plain": "<b>"} == dict(parse_qsl(urlsplit(path).query))
    assert values["ACME_X_ACME_KEY"] == sent["x-acme-key"]
    assert f"{values['ACME_A']}:{values['ACME_B']}" == base64.b64decode(sent["authorization"][4:]).decode()
    deep = {"token": [{"x": values["ACME_TOKEN"]}]}
    assert {"words": values["ACME_WORDS"], "deep": deep, "note": "<b>"} == json.loads(body)
    assert [] == [name for name in names.split() if name not in text.partition("\n\n")[0]]
    assert "ACME_WORDS: as in .env (ask Acme)" in text


async def test_a_command_without_secrets_asks_for_none() -> None:
    told = exchange(Request(method="GET", url="https://api.acme.test/x"))
    assert "curl -X GET https://api.acme.test/x" == told.as_curl()
    assert "environ" not in told.as_httpx()


def read(file: HarFile) -> str:
    return file.path.read_text("utf-8")


@pytest.mark.parametrize("crm", CRMS)
async def test_no_export_shows_a_secret(crm: str, tmp_path: Path) -> None:
    workbench = await worked(crm)
    planted = secrets_of(workbench)
    trace, seen = workbench.trace, []
    for each in trace:
        seen += [each.as_curl(), each.as_curl("http://127.0.0.1:8700"), each.as_httpx()]
    for people in (True, False):
        seen.append(read(trace.to_har(tmp_path / "x.har", people=people)))
    seen.append(trace.to_dataframe().to_csv())
    assert planted
    assert [] == [secret for secret in planted if any(secret in text for text in seen)]


async def test_a_request_that_there_is_not_is_told_in_a_sentence() -> None:
    workbench = await signed_in(CRMS[0])
    with pytest.raises(InputError, match="There is no request number 999"):
        workbench.trace.as_curl(999)
    assert workbench.trace.as_curl(1) == workbench.trace[0].as_curl()
    assert workbench.trace.as_httpx(1) == workbench.trace[0].as_httpx()


async def test_a_platform_that_nobody_knows_is_exported_like_ours(tmp_path: Path) -> None:
    """Its key is in a header of its own, its tenant in the path, its pass phrase in JSON."""
    workbench = connect(acme(REDACTION), mode="sandbox")
    await workbench.sign_in({"passPhrase": PASS_PHRASE})
    await workbench.find_contact(NUMBER)
    login, search = workbench.trace[0], workbench.trace[-1]
    assert workbench.sandbox is not None
    sandbox = Sandbox(workbench.sandbox.clock, [workbench.sandbox])
    known = {"ACME_WORDS": PASS_PHRASE, "ACME_TENANT": TENANT, "ACME_X_ACME_KEY": SEAL}
    async with serve(sandbox) as url:
        for each in (login, search):
            assert (await in_sh(each.as_curl(url), **known)).endswith("\n200"), each.as_curl(url)
            script = each.as_httpx(url).replace(".json()\n", ".json() | dict(__import__('os').environ)\n")
            assert (await in_python(script, **known)).startswith("200 ")
    seen = [each.as_curl() + each.as_httpx() for each in workbench.trace]
    seen += [read(workbench.trace.to_har(tmp_path / "x.har", people=people)) for people in (True, False)]
    planted = [PASS_PHRASE, TENANT, SEAL]
    assert [] == [secret for secret in planted if any(secret in text for text in seen)]
    assert [] == [part for part in (*NAME.split(), "8675309", "ferns") if part in seen[-1]]


async def test_a_shell_reads_any_word_as_it_was_written() -> None:
    """A thousand words of what shells obey, with variables between."""
    choose, signs = (
        random.Random(7),
        [*"aZ0 '\"$`\\!#&|;<>(){}[]*?~=%^,:@\n\t-ü🌟", "$(id)", "${X}", "!!", "\\n"],
    )
    values = {"V": "va'l\"u$e`\\ x", "W_1": "w"}
    words: list[list[Piece]] = [
        [
            Variable(choose.choice(list(values)))
            if choose.random() < 0.4
            else "".join(choose.choices(signs, k=choose.randint(0, 6)))
            for _ in range(choose.randint(1, 4))
        ]
        for _ in range(1000)
    ]
    read_back = await run(SH, "".join(f"printf '%s\\0' {quoted(each)}\n" for each in words), **values)
    meant = ["".join(values[p.name] if isinstance(p, Variable) else p for p in each) for each in words]
    assert meant == read_back.split("\0")[:-1]
