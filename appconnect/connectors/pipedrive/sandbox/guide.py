"""The guide to the Pipedrive sandbox: addresses, credentials, people, plans and toggles."""

from __future__ import annotations

from collections.abc import Sequence

from appconnect.connectors.pipedrive.sandbox.limits import PLANS
from appconnect.connectors.pipedrive.sandbox.sign_in import API_KEY, CLIENT
from appconnect.sandbox.base import Guide, Toggle

TOGGLES = (
    Toggle("rotate_refresh_tokens", False, "Each refresh gives a new refresh token and ends the old one."),
    Toggle("client_in_body", True, "Client id and secret are accepted in the form, beside Basic."),
    Toggle("v1_gone", False, "What is out of support in v1 (POST /v1/persons, GET /v1/deals …) answers 410."),
    Toggle(
        "numbers_as_texts",
        False,
        'v2 takes numbers as texts, and "" for none, as App Connect\'s server may send.',
    ),
    Toggle("deal_or_lead", True, "An activity may not be linked to a deal and a lead at once."),
    Toggle("rewrites_notes", False, "The HTML of activity notes is sanitised and written anew."),
    Toggle("search_lags", False, "A new record is found only five seconds later."),
    Toggle("phones_by_digits", True, "Phone search compares digits; off: the text as stored."),
    Toggle("leads_feature", True, "The company uses leads; off: 403."),
    Toggle("nested_pagination", False, "GET /v1/leads puts its place under additional_data.pagination."),
    Toggle("deleted_answer_404", True, "GET of a deleted record: 404; off: 200 with is_deleted."),
    Toggle("daily_headers", True, "Answers carry x-daily-ratelimit-token-*."),
    Toggle("retry_after", False, "A 429 carries Retry-After."),
    Toggle("cloudflare_for_oauth", False, "Hammering is blocked for OAuth tokens too, not only API tokens."),
    Toggle(
        "token_in_query", True, "The API token is taken from ?api_token= too, as third-party clients send it."
    ),
    Toggle("archived_deals_by_id", False, "GET of an archived deal: 200; off: 404."),
    Toggle(
        "unknown_custom_fields", False, "Keys of custom fields that the company lacks are taken; off: 400."
    ),
    Toggle(
        "contact_sync", False, "The user syncs contacts: persons have im, birthday, job_title and others."
    ),
    Toggle("activity_outcome", False, "Activities have an outcome, which the descriptions do not name."),
    Toggle("conference_meetings", False, "Activities carry conference_meeting_client, _url and _id."),
    Toggle("times_with_seconds", True, "due_time and duration are answered as HH:MM:SS; off: HH:MM."),
    Toggle("times_need_seconds", False, "due_time and duration without seconds are refused."),
    Toggle("times_now_and_then", False, "Every other time without seconds is refused."),
    Toggle(
        "uninstall_callback", False, "Revoking a refresh token sends DELETE to a loopback callback address."
    ),
    Toggle("primary_flag", False, "Answers of v2 say primary_flag in place of primary."),
    Toggle("every_scope", False, "The app is registered with every scope."),
    Toggle("company_closed", False, "The trial is over: 402 on everything."),
)
"""What Pipedrive does not document and a connector could depend on."""


def guide(scopes: Sequence[str]) -> Guide:
    """Return what the index page shows; ``scopes`` are those of the app's registration."""
    return Guide(
        title="Pipedrive",
        docs="https://developers.pipedrive.com/docs/api/v1",
        sign_in=(
            "OAuth: open /oauth/authorize with the client id and a loopback redirect_uri, approve, and "
            "exchange the code at /oauth/token with Basic client id and secret. Or send x-api-token. "
            "Without a browser, approve with POST decision=approve to the whole authorize address."
        ),
        credentials={
            "Client id": CLIENT.id,
            "Client secret": CLIENT.secret,
            "API token (header x-api-token)": API_KEY,
            "Scopes": ", ".join(scopes),
        },
        links=(f"/oauth/authorize?client_id={CLIENT.id}&redirect_uri=http://127.0.0.1/callback&state=try",),
        try_it=(
            "/v1/users/me",
            "/api/v2/persons/search?term=4155550142&fields=phone",
        ),
        people={
            "Nia Holt": "two phones, Holt Ltd, deals and a lead; also archived and deleted ones",
            "Omar Vance, Ines Roth": "share +1 415 555 0177",
            "Lena Fuzz": "a longer number that contains 4155550142",
            "Sinéad O'Neil": "an apostrophe and an accent",
            "Zoë 🌟 & Sons": "an emoji and an ampersand",
            "Ulla Bare": "nothing linked",
            "Rae Quill, Kit Moss, Olu Gone": "users; Olu is inactive",
        },
        plans={name: str(plan) for name, plan in PLANS.items()},
    )
