"""What an answer of the CRM means: of an exchange in the trace, or of the one that an error came of."""

from __future__ import annotations

from urllib.parse import urlsplit

from appconnect import error_book, user_messages
from appconnect.error_book import Answered, Explanation
from appconnect.errors import AppConnectError, CredentialsRejected, CrmError, InputError
from appconnect.http import Exchange
from appconnect.http.replies import sentence_of
from appconnect.models import Result
from appconnect.workbench.context import Context

Explainable = Exchange | int | AppConnectError | Result
"""An exchange, its number in the trace, an error, or a result that failed."""


def explain(context: Context, what: Explainable) -> Explanation:
    """Return what an answer means; InputError for what is none."""
    if isinstance(what, Exchange):
        return of_exchange(context, what)
    if isinstance(what, AppConnectError):
        return what.explanation or _of_error(context, what)
    if isinstance(what, Result):
        if what.error is None:
            raise InputError("This result is no failure; there is nothing to explain.")
        return explain(context, what.error)
    if isinstance(what, bool) or not isinstance(what, int):
        raise InputError("What can be explained is an exchange, its number, an error or a failed result.")
    exchange = context.trace.get(what)
    if exchange is None:
        raise InputError(f"There is no exchange {what} in the trace (any more).")
    return of_exchange(context, exchange)


def of_exchange(context: Context, exchange: Exchange) -> Explanation:
    """Return what an exchange's answer means."""
    body = exchange.response_body
    answered = Answered(
        exchange.status,
        body,
        exchange.response_headers,
        method=exchange.method,
        path=urlsplit(exchange.request.url).path,
        error=exchange.error,
    )
    said = sentence_of(body, context.connector.rules) if body is not None else ""
    return error_book.explain(
        answered, context.definition.error_book, crm=context.title, said=said, number=exchange.number
    )


def note_explanation(context: Context, error: AppConnectError | None) -> None:
    """Let an error that came of a CRM's answer know what that means."""
    if isinstance(error, CrmError | CredentialsRejected) and error.explanation is None:
        error.explanation = _of_error(context, error)


def _of_error(context: Context, error: AppConnectError) -> Explanation:
    """Return what the answer means that an error came of; else as much as the error itself tells."""
    running = context.trace.running_operation
    if error.exchange:
        exchange = context.trace.get(error.exchange)
    else:
        exchange = context.trace.newest_of(running) if running else None
    if exchange is not None:
        return of_exchange(context, exchange)
    if not isinstance(error, CrmError):
        remedy = user_messages.what_to_do(error, crm=context.title)
        return Explanation("No answer of the CRM stands behind this.", error.message, remedy=remedy)
    method, _, path = error.request.partition(" ")
    answered = Answered(error.status, error.crm_message, method=method, path=path, error=type(error).__name__)
    book = context.definition.error_book
    return error_book.explain(answered, book, crm=context.title, said=error.crm_message)
