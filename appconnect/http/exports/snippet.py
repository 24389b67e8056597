"""A request as a script for Python and httpx that runs as it is; secrets come from the environment."""

from __future__ import annotations

import pprint
from collections.abc import Iterator, Sequence

from pydantic import JsonValue

from appconnect.http.bodies import pairs
from appconnect.http.exchange import Request
from appconnect.http.exports.curl import credentials_address
from appconnect.http.exports.message import Header, JsonBody, Message
from appconnect.http.exports.origin import Origin, Piece, Signature, Variable

WIDTH = 88


class Expression(str):
    """Code, which prints as it is among values that print as Python writes them."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def snippet(request: Request, origin: Origin, sandbox: str = "") -> str:
    """Return the script, below comments that name the variables and say where their values come from.

    ``sandbox`` is the address of a port where ``appconnect sandbox`` plays the CRM.
    """
    message = Message(request, origin, sandbox)
    call = list(_arguments(message))
    code = "".join(f"    {argument},\n" for argument in call)
    source = "\n".join([*_setting(message), f"response = httpx.request(\n{code})"])
    imports = [name for name in ("base64", "json", "os") if f"{name}." in source]
    lines = [*(f"import {name}" for name in imports), *([""] if imports else []), "import httpx", ""]
    return "\n".join([*_comments(message), *lines, source, "print(response.status_code, response.text)"])


# -- parts --


def _comments(message: Message) -> Iterator[str]:
    if message.variables and not message.sandbox:
        yield "# Set these in the environment first:"
        yield from (f"#   {line}" for line in message.origin.how_to_set(message.variables))


def _setting(message: Message) -> Iterator[str]:
    """Yield the line that makes ``secrets`` of the environment, or asks the sandbox for its own."""
    if not message.variables:
        return
    if message.sandbox:
        address = credentials_address(message.sandbox, message.origin.crm)
        yield f'secrets = httpx.get({address!r}, headers={{"accept": "application/json"}}).json()'
    else:
        yield "secrets = os.environ"


def _arguments(message: Message) -> Iterator[str]:
    yield repr(message.request.method)
    yield str(_value(message.url))
    if message.query:
        yield f"params={_pretty([(name, _value(value)) for name, value in message.query], 'params=')}"
    headers = {each.name: _of_header(each) for each in message.headers if not _is_basic(each)}
    if headers:
        yield f"headers={_pretty(headers, 'headers=')}"
    for each in message.headers:
        if each.signature is not None and each.signature.is_basic:
            yield f"auth={_basic(each.signature)}"
    yield from _body(message)


def _body(message: Message) -> Iterator[str]:
    if message.form:
        form = pairs((name, _value(value)) for name, value in message.form)
        yield f"data={_pretty(form, 'data=')}"
    elif message.json is not None:
        yield _json(message.json)
    elif message.content:
        yield f"content={_pretty(message.content, 'content=')}"


def _json(body: JsonBody) -> str:
    value = _filled(body)
    if body.has_half_characters:  # which httpx cannot write
        return f"content=json.dumps({_pretty(value, 'content=json.dumps(')})"
    return f"json={_pretty(value, 'json=')}"


def _is_basic(header: Header) -> bool:
    return header.signature is not None and header.signature.is_basic


def _of_header(header: Header) -> Expression:
    signature = header.signature
    if signature is None:
        return _value(header.value)
    parts = _joined(signature.parts)
    if not signature.base64:
        return _value([f"{signature.prefix} ".lstrip(), *parts])
    code = f"base64.b64encode(({_value(parts)}).encode()).decode()"
    return Expression(f"{f'{signature.prefix} '.lstrip()!r} + {code}")


def _basic(signature: Signature) -> str:
    name, *password = signature.parts
    return f"({_value([name])}, {_value(_joined(password))})"


def _joined(parts: Sequence[Piece]) -> list[Piece]:
    joined = [piece for part in parts for piece in (":", part)][1:]
    return [each for each in joined if each != ""]


def _value(pieces: Sequence[Piece]) -> Expression:
    """Return the code of a text with secrets in it."""
    code = [
        f"secrets[{each.name!r}]" if isinstance(each, Variable) else repr(each) for each in pieces if each
    ]
    return Expression(" + ".join(code) or "''")


def _filled(body: JsonBody) -> JsonValue:
    """Return JSON with code in the place of secrets."""
    secrets = {placeholder: _value([variable]) for placeholder, variable in body.secrets}

    def filled(value: JsonValue) -> JsonValue:
        if isinstance(value, dict):
            return {name: filled(each) for name, each in value.items()}
        if isinstance(value, list):
            return [filled(each) for each in value]
        return secrets.get(value, value) if isinstance(value, str) else value

    return filled(body.value)


def _pretty(value: object, before: str) -> str:
    """Return a value as Python writes it, over several lines where it is long."""
    text = pprint.pformat(value, width=WIDTH - len(before) - 4, sort_dicts=False)
    return text.replace("\n", "\n" + " " * (4 + len(before)))
