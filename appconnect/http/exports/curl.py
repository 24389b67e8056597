"""A request as a curl command for sh that runs as it is, once the secrets are in their variables.

Whatever a text holds, the shell takes it as text: quotes, ``$``, backticks and line breaks too.
"""

from __future__ import annotations

import base64
import re
import shlex
from collections.abc import Iterator, Sequence
from typing import Final
from urllib.parse import quote

from appconnect.http.exchange import Request
from appconnect.http.exports.message import Header, JsonBody, Message
from appconnect.http.exports.origin import Origin, Piece, Signature, Variable

MAX_ARGUMENT: Final = 100_000
"""Bytes that an argument may have; Linux takes 131,071."""
_PLAIN: Final = re.compile(r"[^\"$`\\!\n\r]*")
"""What may stand between double quotes, in any shell, as it is."""
_QUERY: Final = ",:/@"
_ESCAPED: Final = r"""sed 's/[\\"]/\\&/g'"""


def curl(request: Request, origin: Origin, sandbox: str = "") -> str:
    """Return the command, below comments that name the variables and say where their values come from.

    ``sandbox`` is the address of a port where ``appconnect sandbox`` plays the CRM; its credentials are
    fetched from there.
    """
    message = Message(request, origin, sandbox)
    body = list(_body(message))
    before = f"printf %s {shlex.quote(_coded(message))} | base64 --decode | " if _is_piped(message) else ""
    words = ["curl", *_method(message), *_address(message), *_headers(message), *body]
    return "\n".join([*_comments(message), before + " ".join(words)])


def credentials_address(sandbox: str, crm: str) -> str:
    """Return where the sandbox on a port gives credentials that are good there."""
    return f"{sandbox.rstrip('/')}/_sandbox/credentials/{quote(crm)}"


# -- parts --


def _comments(message: Message) -> Iterator[str]:
    if not message.variables:
        return
    if message.sandbox:
        address = credentials_address(message.sandbox, message.origin.crm)
        yield f'eval "$(curl --silent --fail {shlex.quote(address)})"  # the sandbox\'s own credentials'
        return
    names = " ".join(each.name for each in message.variables)
    yield f"# Set these first, with: export {names}"
    yield from (f"#   {line}" for line in message.origin.how_to_set(message.variables))


def _method(message: Message) -> list[str]:
    method = message.request.method
    return ["--head"] if method == "HEAD" else ["-X", shlex.quote(method)]


def _address(message: Message) -> list[str]:
    """Return the address; curl itself writes secrets of the query as an address needs them."""
    secret = [(name, value) for name, value in message.query if _has_secret(value)]
    plain = [(name, value) for name, value in message.query if not _has_secret(value)]
    query = "&".join(f"{_coded_query(name)}={_coded_query(_text(value))}" for name, value in plain)
    words = [quoted([*message.url, f"?{query}"] if query else message.url)]
    if not secret:
        return words
    pairs = [quoted([f"{quote(name, safe='')}=", *value]) for name, value in secret]
    if message.request.body is not None:
        return [*words, *(word for pair in pairs for word in ("--url-query", pair))]
    return [*words, "--get", *(word for pair in pairs for word in ("--data-urlencode", pair))]


def _coded_query(text: str) -> str:
    return quote(text, safe=_QUERY)


def _headers(message: Message) -> Iterator[str]:
    for each in message.headers:
        yield from _header(each)
    if message.request.body is not None and "content-type" not in message.request.headers:
        yield from ("-H", "content-type:")  # or curl would call it a form


def _header(header: Header) -> tuple[str, str]:
    signature = header.signature
    if signature is None:
        return "-H", quoted([f"{header.name}: ", *header.value] if header.value else [f"{header.name};"])
    parts = _joined(signature)
    if signature.is_basic:
        return "-u", quoted(parts)
    prefix = f"{header.name}: {signature.prefix} ".replace(":  ", ": ")
    if signature.base64:
        return "-H", f"\"{prefix}$(printf %s {quoted(parts)} | base64 | tr -d '\\n')\""
    return "-H", quoted([prefix, *parts])


def _joined(signature: Signature) -> list[Piece]:
    first, *others = signature.parts
    return [first, *(piece for part in others for piece in (":", part))]


def _body(message: Message) -> Iterator[str]:
    if message.request.body is None:
        return
    if _is_piped(message):
        yield from ("--data-binary", "@-")
    elif message.form:
        for name, value in message.form:
            yield from _form_field(name, value)
    elif message.json is not None:
        yield from ("--data-raw", _json(message.json))
    else:
        yield from ("--data-raw", shlex.quote(message.content.decode("utf-8")))


def _form_field(name: str, value: Sequence[Piece]) -> tuple[str, str]:
    if not name:  # of "=x", --data-urlencode makes "x"
        return "--data-raw", quoted(
            ["=", *(quote(each) if isinstance(each, str) else each for each in value)]
        )
    return "--data-urlencode", quoted([f"{quote(name, safe='')}=", *value])


def _json(body: JsonBody) -> str:
    """Return JSON as a word; quotes and backslashes of a secret are escaped when the shell fills it in."""
    words = [
        f'"$(printf %s "${each.name}" | {_ESCAPED})"' if isinstance(each, Variable) else shlex.quote(each)
        for each in body.pieces()
    ]
    return "".join(words)


def _is_piped(message: Message) -> bool:
    """Return whether the body comes through a pipe: because it is no text, or longer than an argument."""
    if message.json is not None and not message.json.secrets:
        return len(_coded(message)) > MAX_ARGUMENT
    try:
        text = message.content.decode("utf-8")
    except ValueError:
        return True
    return "\0" in text or len(message.content) > MAX_ARGUMENT


def _coded(message: Message) -> str:
    text = "".join(map(str, message.json.pieces())) if message.json is not None else ""
    return base64.b64encode(text.encode() or message.content).decode()


# -- the shell's quoting --


def quoted(pieces: Sequence[Piece]) -> str:
    """Return one word of sh: texts as they are, variables as what is in them."""
    pieces = [each for each in pieces if each]
    if not any(isinstance(each, Variable) for each in pieces):
        return shlex.quote(_text(pieces))
    if all(isinstance(each, Variable) or _PLAIN.fullmatch(each) for each in pieces):
        return f'"{"".join(_between_double_quotes(pieces))}"'
    return "".join(f'"${each.name}"' if isinstance(each, Variable) else shlex.quote(each) for each in pieces)


def _between_double_quotes(pieces: Sequence[Piece]) -> Iterator[str]:
    """Yield the pieces; braces keep a variable's name from going on in the text behind it."""
    for piece, following in zip(pieces, [*pieces[1:], ""], strict=True):
        if not isinstance(piece, Variable):
            yield piece
        elif isinstance(following, str) and re.match(r":?[\w\[]", following):
            yield f"${{{piece.name}}}"
        else:
            yield f"${piece.name}"


def _has_secret(pieces: Sequence[Piece]) -> bool:
    return any(isinstance(each, Variable) for each in pieces)


def _text(pieces: Sequence[Piece]) -> str:
    return "".join(each for each in pieces if isinstance(each, str))
