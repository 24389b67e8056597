"""Explain a log before it is written: draft it, trace its values, and say where and when each of them is."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo

from pydantic import JsonValue

from appconnect.errors import InputError
from appconnect.models import Call, Contact, Message
from appconnect.workbench import validation
from appconnect.workbench.call_texts import CallTexts
from appconnect.workbench.context import Context
from appconnect.workbench.log_drafts import Drafted, LogDrafts, moment_of
from appconnect.workbench.log_explanation import (
    LineOrigin,
    LogExplanation,
    ValueOrigin,
    in_both_zones,
    in_words,
)
from appconnect.workbench.log_inputs import Inputs
from appconnect.workbench.messages import Attached
from appconnect.workbench.owners import Submission
from appconnect.workbench.value_origins import Origin, Place, Traced, parts_of, readable, trace

OWN = "the connector itself: the same for every log"
THE_LOG = "the log that is updated"
BEFORE = "kept: the log says so already"
EPOCH_MILLISECONDS = range(10**11, 10**14)


async def inputs_of(
    context: Context,
    log: Call | Message,
    contact: Contact,
    texts: CallTexts | Attached,
    submission: Submission,
) -> Inputs:
    """Return all that this log would be made of. Raises InputError for what cannot be logged."""
    if not isinstance(log, Call | Message):
        raise InputError("What can be explained is a Call or a Message.")
    user = await context.signed_in_user()
    account = submission.hashed_account_id
    return Inputs(
        log=log,
        contact=validation.contact(contact),
        texts=texts,
        form=submission.chosen,
        user=user,
        settings=context.account.settings,
        options=context.account.options,
        admin=context.environment.store.admin(account) if account else None,
        clock=context.now(),
    )


async def explain_log(context: Context, inputs: Inputs, log_id: str) -> LogExplanation:
    """Return what logging these inputs would send. Raises the errors of :mod:`appconnect.errors`."""
    drafts, kind = LogDrafts(context, log_id), "call" if isinstance(inputs.log, Call) else "message"
    try:
        drafted = await drafts.draft(inputs)
        if drafted.error is not None and not drafted.writes:
            raise drafted.error
        traced = await trace(drafts, inputs, drafted, kind)
        values = [_value(traced, drafts, place) for place in traced.values]
        if drafts.log_id:
            values += await _kept(drafts, inputs, traced, kind)
    finally:
        await drafts.close()
    return _explanation(context, inputs, traced, [each for each in values if _is_told(each)], drafts.log_id)


def _explanation(
    context: Context, inputs: Inputs, traced: Traced, values: list[ValueOrigin], log_id: str
) -> LogExplanation:
    drafted = traced.drafted
    moment = moment_of(inputs) or inputs.clock or context.now()
    source = _zone_source(traced)
    both = in_both_zones(moment, drafted.zone)
    return LogExplanation(
        crm=context.title,
        requests=drafted.writes,
        values=tuple(values),
        zone=str(drafted.zone),
        zone_source=source,
        moment=f"{moment.astimezone(UTC):%Y-%m-%d}, {both}",
        at=moment,
        tz=drafted.zone,
        log_id=log_id,
        problem=drafted.error.message if drafted.error else "",
        notes=drafted.warnings,
    )


def _value(traced: Traced, drafts: LogDrafts, place: Place) -> ValueOrigin:
    request, field = place
    origins = traced.origins[place]
    value = traced.values[place]
    old = _old(drafts, field)
    time, written_in = _time(traced, place)
    return ValueOrigin(
        request=_label(traced.drafted, request),
        field=field,
        value=value,
        origins=tuple(each.title for each in origins),
        source=THE_LOG if str(value) == drafts.log_id else _source(origins, value, old),
        time=time,
        written_in=written_in,
        lines=tuple(
            LineOrigin(readable(text), _line(text, found, old)) for text, found in traced.lines.get(place, [])
        ),
        old=old,
    )


def _is_told(value: ValueOrigin) -> bool:
    """Return False for the path of a request that is always the same."""
    return value.field != "path" or bool(value.origins)


def _label(drafted: Drafted, request: str) -> str:
    number, method = request.split(" ")
    of_method = [each for each in drafted.writes if each.method == method]
    return of_method[int(number) - 1].label


def _source(origins: list[Origin], value: JsonValue, old: JsonValue) -> str:
    if origins:
        copied = [each.title for each in origins if each.is_copy]
        return f"{in_words(copied)}, as it is" if copied else in_words([each.title for each in origins])
    return BEFORE if old not in (None, "") and str(old) == str(value) else OWN


def _line(text: str, origins: list[Origin], old: JsonValue) -> tuple[str, ...]:
    if origins:
        return tuple(each.title for each in origins)
    return (BEFORE,) if text in parts_of(old) else ()


# -- before an update --


def _old(drafts: LogDrafts, field: str) -> JsonValue:
    """Return what stands in the log now at a field of the request; None where the log has none of it."""
    found: JsonValue = drafts.old.raw if drafts.old else None
    for key in field.split("."):
        if isinstance(found, list) and key.isdigit() and int(key) < len(found):
            found = found[int(key)]
        else:
            found = found.get(key) if isinstance(found, dict) else None
    return found


async def _kept(drafts: LogDrafts, inputs: Inputs, traced: Traced, kind: str) -> list[ValueOrigin]:
    """Return the values that a new log would send and this update does not: they stay as they are."""
    log_id, drafts.log_id = drafts.log_id, ""
    new = await trace(drafts, inputs, await drafts.draft(inputs), kind)
    drafts.log_id = log_id
    first = next(iter(new.values), ("", ""))[0]
    sent = {field for _, field in traced.values}
    return [
        ValueOrigin(
            request="not sent", field=field, value=_old(drafts, field), old=_old(drafts, field), is_kept=True,
            origins=tuple(each.title for each in origins),
            source=_why_kept(origins),
        )
        for (request, field), origins in new.origins.items()
        if request == first and field != "path" and field not in sent
    ]  # fmt: skip


def _why_kept(origins: list[Origin]) -> str:
    if not origins:
        return "kept: an update does not send it"
    return f"kept: this update tells nothing new of it (in a new log: {in_words([e.title for e in origins])})"


# -- times --


def _zone_source(traced: Traced) -> str:
    titles = list(dict.fromkeys(each.title.partition(" (time zone")[0] for each in traced.zone_origins))
    return f"from {in_words(titles)}" if titles else "the default, for no user and no setting names a zone"


def _time(traced: Traced, place: Place) -> tuple[str, str]:
    """Return the moment that a value stands for, in both zones, and the zone that it is written in."""
    origins = traced.origins[place]
    when = [each.leaf.value for each in origins if each.leaf and isinstance(each.leaf.value, datetime)]
    if not when:
        return "", ""
    in_zone = bool({each.title for each in origins} & {each.title for each in traced.zone_origins})
    zone = traced.drafted.zone
    moment = _read(traced.values[place], zone if in_zone else UTC) or when[0]
    return f"{in_both_zones(moment, zone)}, {_zone_source(traced)}", str(zone) if in_zone else "UTC"


def _read(value: JsonValue, zone: tzinfo) -> datetime | None:
    """Return the moment that a value is by itself; None for one that is not, such as a time of day."""
    if isinstance(value, int) and value in EPOCH_MILLISECONDS:
        return datetime.fromtimestamp(value / 1000, UTC)
    if not isinstance(value, str) or ":" not in value or "-" not in value:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)
