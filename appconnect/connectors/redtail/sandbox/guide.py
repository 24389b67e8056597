"""The guide to the Redtail sandbox: addresses, credentials, people, plans and toggles."""

from __future__ import annotations

from appconnect.connectors.redtail.sandbox.limits import PER_SECOND
from appconnect.connectors.redtail.sandbox.sign_in import API_KEY, LOGINS
from appconnect.sandbox.base import Guide, Toggle

API = "/api/public/v1"

TOGGLES = (
    Toggle(
        "bare_authorization",
        True,
        "Accept base64(APIKey:UserKey) without the word Userkeyauth, as App Connect's own server sends it.",
    ),
    Toggle("sign_in_envelope", True, "Answer the sign-in inside authenticated_user."),
    Toggle("search_includes_phones", True, "Let search_basic honour the header include: phones."),
    Toggle("partial_phone_search", True, "Let seven digits or more find numbers that contain them."),
    Toggle("strict_phone_search", False, "Find nothing for +, punctuation or a leading country code."),
    Toggle("labels_as_code", False, "Label the entries of lists with code instead of name."),
    Toggle("categories_paged", True, "Give categories in pages with meta, instead of all at once."),
    Toggle("put_answers_204", False, "Answer PUT with 204 and no body."),
    Toggle("attendees_replaced", True, "Let attendees of a PUT replace the old ones, not join them."),
    Toggle("names_in_activities", True, "Name the linked contacts in an activity."),
    Toggle("html_rewritten", False, "Rewrite <br> in descriptions as <br />."),
    Toggle(
        "category_optional", True, "Accept an activity without a category, as App Connect's own server sends."
    ),
    Toggle("creates_answer_id", False, "Answer a new contact with success and its id only."),
    Toggle(
        "patch_like_put",
        True,
        "Take PATCH /activities/{id}, which only App Connect's own server is known to send, like PUT.",
    ),
    Toggle("string_ids", True, "The id of a linked contact may be a text, as App Connect's server sends it."),
)
"""What Redtail does not document and a connector could depend on."""

(_USERNAME, _PASSWORD), *_ = LOGINS
CREDENTIALS = {"api_key": API_KEY, "username": _USERNAME, "password": _PASSWORD}

GUIDE = Guide(
    title="Redtail",
    docs="https://documenter.getpostman.com/view/7873823/SVzxXyzn",
    sign_in="Once with user name and password: GET /api/public/v1/authentication with "
    "Authorization: Basic base64(APIKey:Username:Password). All else takes "
    "Authorization: Userkeyauth base64(APIKey:UserKey) with the user_key of the answer.",
    credentials={"API key": API_KEY, "User name": _USERNAME, "Password": _PASSWORD},
    try_it=(f"{API}/authentication", f"{API}/contacts/search_basic?name=holt"),
    people={
        "Nia Holt": "Contact 501, number stored with punctuation",
        "Omar Vance, Ines Roth": "Share one number",
        "Lena Fuzz": "Her German number contains Nia's digits",
        "Sinéad O'Neil": "Apostrophe and accent",
        "Zoë 🌟 & Sons": "Emoji and ampersand",
        "Ulla Bare": "Nothing but a number",
        "Anna Maria van Dyke": "Two first names, a surname of two words",
        "Holt Ltd": "A business: no first or last name",
        "Gus Deleted": "Deleted, with Nia's number",
        "Rae Quill, Kit Moss, Olu Gone": "Users; Olu's access is denied",
    },
    plans={
        "standard": "No limits: Redtail documents none",
        "tiny": f"{PER_SECOND['tiny']} requests a second, then 429 without any header",
    },
)
