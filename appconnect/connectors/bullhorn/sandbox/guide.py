"""The guide to the Bullhorn sandbox: addresses, credentials, people, plans and toggles."""

from __future__ import annotations

from appconnect.connectors.bullhorn.sandbox.limits import PER_MINUTE
from appconnect.connectors.bullhorn.sandbox.sign_in import CLIENT, LOGINS
from appconnect.sandbox.base import Guide, Toggle

INDEX_LAG = 30
"""Seconds until the search knows of a new record, with the toggle ``index_lag``."""

TOGGLES = (
    Toggle("unknown_login_refused", False, "Answer loginInfo for a stranger with 400, not an empty object."),
    Toggle("password_in_query_only", False, "Ignore a password that is posted to authorize."),
    Toggle("refresh_tokens", True, "Give refresh tokens, which Bullhorn enables per API key."),
    Toggle("access_token_once", True, "Let an access token be good for one login only."),
    Toggle("bad_secret_401", False, "Answer a wrong client secret with 401, not 400."),
    Toggle("index_lag", False, f"Let the search find new records only after {INDEX_LAG} seconds."),
    Toggle("exact_phones", False, "Find phones by all their digits only, not by the last ones."),
    Toggle("note_search_empty", True, "Find nothing in search/Note, as seen in one live account."),
    Toggle(
        "indexed_queries_refused", True, "Refuse query/Candidate and query/Note, as one live account did."
    ),
    Toggle("all_fields", False, "Allow fields=*, as recorded in 2014; one account of 2026 refused it."),
    Toggle(
        "fractional_minutes", True, "Accept minutesSpent with a fraction, which App Connect's server sends."
    ),
    Toggle("iso_times", True, "Accept times in bodies as ISO 8601 texts, which App Connect's server sends."),
    Toggle(
        "body_parameters",
        True,
        "Read fields, count, start and sort also from the body of POST search and query.",
    ),
    Toggle("field_map_enforced", False, "Refuse what meta=full calls required or read-only."),
    Toggle(
        "to_many_in_bodies", False, "Accept to-many fields in the bodies of all entities, not notes alone."
    ),
    Toggle("lead_reference", True, "Link a note to a lead by its personReference."),
    Toggle("actions_enforced", False, "Refuse note actions that are not in commentActionList."),
    Toggle("leads_hidden", False, "Answer 403 for everything about leads."),
    Toggle("ratelimit_headers", True, "Send ratelimit-limit, -remaining and -reset (seconds)."),
    Toggle("retry_after", False, "Send Retry-After with 429."),
)
"""What Bullhorn does not document and a connector could depend on."""

GUIDE = Guide(
    title="Bullhorn",
    docs="https://bullhorn.github.io/rest-api-docs/",
    sign_in="Ask /rest-services/loginInfo?username=… for oauthUrl and restUrl; "
    "consent at {oauthUrl}/authorize (without a browser: POST decision=approve to the whole authorize "
    "address, or username, password and action=Login); code for tokens at {oauthUrl}/token; "
    "access token for a session at {restUrl}/login. "
    "All else goes to the restUrl of that answer with the header BhRestToken.",
    credentials={
        "Client id": CLIENT.id,
        "Client secret": CLIENT.secret,
        **{f"Password of {name}": password for name, password in LOGINS.items()},
    },
    links=(
        "/rest-services/loginInfo?username=rae.quill",
        f"/oauth/authorize?client_id={CLIENT.id}&response_type=code&redirect_uri=http://127.0.0.1/callback",
    ),
    people={
        "Nia Holt": "Candidate 105, her mobile stored with punctuation, one note",
        "Omar Vance, Ines Roth": "A contact and a lead who share one number",
        "Lena Fuzz": "Candidate; her work phone ends in Nia's digits",
        "Sinéad O'Neil": "Contact; apostrophe and accent, a company with an ampersand",
        "Zoë 🌟 & Sons": "Lead; emoji and ampersand",
        "Ulla Bare": "Candidate; nothing but a number",
        "Nina Deleted, Cora Converted, Arno Archived": "In the index, and no longer anybody's contact",
        "Rae Quill, Kit Moss, Api Logger, Olu Gone": "Users; Olu is not enabled",
    },
    plans={plan: f"{limit} requests a minute" for plan, limit in PER_MINUTE.items()},
)
