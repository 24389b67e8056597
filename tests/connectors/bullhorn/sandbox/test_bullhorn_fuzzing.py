"""Whatever is sent, Bullhorn's sandbox answers in Bullhorn's way: never 500, never outside its fields."""

import asyncio
import json

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from appconnect.connectors.bullhorn.sandbox.schema import ENTITIES

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
WORDS = ["id", "name", "owner.id", "*", ":", "(", ")", "[", "]", "{", "}", " TO ", " AND ", " OR ", "NOT ", '"', "~",
         "^", "-", "\\", "'", "=", "<", " IN ", " LIKE ", " IS ", "NULL", "EMPTY", " MEMBER OF ", "notes", "1", "9" * 25,
         "²", "2026", ",", "dateAdded", "phone", "?", "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16")]  # fmt: skip
QUERY = st.lists(st.sampled_from(WORDS) | st.text(max_size=3), min_size=1, max_size=14).map("".join)
QUIETLY = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@st.composite
def bodies(draw):
    entity = draw(st.sampled_from(sorted(ENTITIES)))
    names = draw(st.lists(st.sampled_from(sorted(ENTITIES[entity])), max_size=5, unique=True))
    body = {name: draw(JSON | st.fixed_dictionaries({"id": JSON})) for name in names}
    return entity, body


@pytest.fixture
def ask(api):
    """Ask something; the answer must be one that Bullhorn could give."""
    loop = asyncio.new_event_loop()

    def ask(method, path, **request):
        answer = loop.run_until_complete(api.request(method, path, **request))
        assert answer.status_code in (200, 400, 403, 404, 405, 501), (answer.status_code, answer.text)
        if answer.status_code == 400:
            assert {"errorMessage", "errorMessageKey", "errorCode"} <= set(answer.json())
        return answer

    yield ask
    loop.close()


@QUIETLY
@given(sent=bodies())
def test_any_body_is_taken_or_refused(ask, crm, sent):
    entity, body = sent
    crm.toggles["to_many_in_bodies"] = True
    text = json.dumps(body)
    made = ask("PUT", f"entity/{entity}", content=text)
    for number in (1, 105, 801, 9301, made.json().get("changedEntityId") or 1):
        ask("POST", f"entity/{entity}/{number}", content=text)
    crm.toggles["all_fields"] = True
    crm.toggles["indexed_queries_refused"] = False
    for row in ask("GET", f"query/{entity}?where=id>0&fields=*&count=500").json()["data"]:
        assert set(row) <= set(ENTITIES[entity])


@QUIETLY
@given(text=QUERY)
@example(text="\x85")
@example(text="²")
@example(text="9" * 25)
@example(text="id:[9999999999999999999999 TO *]")
def test_any_query_is_read_or_refused(ask, text):
    for entity in ("Candidate", "Note", "Task"):
        ask("GET", f"search/{entity}", params={"query": text, "fields": "id"})
    for entity in ("ClientContact", "NoteEntity", "Appointment"):
        ask("GET", f"query/{entity}", params={"where": text, "fields": "id"})
    ask("GET", "find", params={"query": text})
    ask("GET", "entity/Candidate/105", params={"fields": text})
    ask("GET", "query/Lead", params={"where": "id>0", "fields": "id", "orderBy": text})
    ask("GET", "options/CorporateUser", params={"filter": text, "count": text, "start": text})


@QUIETLY
@given(data=st.data())
def test_any_operation_answers_to_anything(ask, crm, data):
    known = [
        each for each in crm.coverage.operations if "{corporation}" in each.path and "logout" not in each.path
    ]
    operation = data.draw(st.sampled_from(known))
    path = operation.path.partition("{corporation}/")[2]
    for word in ("{id}", "{ids}", "{association}", "{names}", "{name}", "{type}", "{values}", "{file}"):
        some = st.sampled_from(["1", "105", "notes", "x", "-1", "105,1", "²", "owner", "CorporateUser"])
        path = path.replace(word, data.draw(some))
    params = data.draw(
        st.dictionaries(st.sampled_from(["query", "where", "fields", "count", "start"]), QUERY)
    )
    ask(operation.method, path, params=params, content=data.draw(st.none() | JSON.map(json.dumps)))


def test_deep_nesting_is_refused_and_not_fatal(ask):
    for text in ("(" * 5000, "NOT " * 5000, "-" * 5000):
        assert 400 == ask("POST", "search/Lead?fields=id", json={"query": text}).status_code
        assert 400 == ask("POST", "query/Lead?fields=id", json={"where": text}).status_code
