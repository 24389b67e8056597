"""What the corporation is like: settings, metadata, options, entitlements.

https://bullhorn.github.io/rest-api-docs/#settings, #meta, #options, #entitlements
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from appconnect.connectors.bullhorn.sandbox import metadata
from appconnect.connectors.bullhorn.sandbox.answers import problem
from appconnect.connectors.bullhorn.sandbox.field_lists import summary_fields
from appconnect.connectors.bullhorn.sandbox.handlers import Handlers, number_of
from appconnect.connectors.bullhorn.sandbox.schema import ENTITIES, VENDOR_ENTITIES, Field, field_of
from appconnect.sandbox.base import Json, JsonObject, RefusedError, not_played

OPTION_ROWS, MAX_OPTION_ROWS = 20, 300
ENTITLEMENTS = ("CREATE", "READ", "UPDATE", "DELETE")
ALIASES = {"Client": "ClientContact"}


class Describing(Handlers):
    """Handlers that describe the corporation."""

    async def settings(self, request: Request, user: int) -> Response:
        """Return the settings of a comma list."""
        settings = self._settings(user)
        names = request.path_params["names"].split(",")
        if unknown := [name for name in names if name not in settings]:
            return problem(400, f"Unknown setting {unknown[0]}.", "errors.unknownSetting")
        return JSONResponse({name: settings[name] for name in names})

    async def all_settings(self, request: Request, user: int) -> Response:
        """Return the names and types of all settings."""
        return JSONResponse(metadata.setting_names(self._settings(user), self.crm.rest_url(request)))

    async def metadata_of(self, request: Request, _: int) -> Response:
        """Return an entity's fields as ``meta`` asks: off and basic without, full with the field map."""
        entity = self.entity(request)
        names = request.query_params.get("fields", "*").split(",")
        unknown = [name for name in names if name != "*" and field_of(entity, name.partition("(")[0]) is None]
        if unknown:
            return problem(400, f"Invalid field '{unknown[0]}'", "errors.invalidField")
        level = request.query_params.get("meta", "off")
        bare = [name.partition("(")[0] for name in names]
        return JSONResponse(metadata.entity_metadata(entity, bare, self.crm.rest_url(request), level))

    async def entities(self, request: Request, _: int) -> Response:
        """Return the list of entities."""
        return JSONResponse(metadata.entity_list(self.crm.rest_url(request)))

    async def entitlements(self, request: Request, _: int) -> Response:
        """Return the entitlements of the user."""
        self.entity(request)
        return JSONResponse(list(ENTITLEMENTS))

    async def option_types(self, request: Request, _: int) -> Response:
        """Return the list of option types."""
        address = f"{self.crm.rest_url(request)}options/"
        types = sorted(
            {each.options for fields in ENTITIES.values() for each in fields.values() if _is_listed(each)}
        )
        return JSONResponse({"data": [{"optionsType": each, "optionsUrl": address + each} for each in types]})

    async def options(self, request: Request, _: int) -> Response:
        """Return value and label of the options of a type: ids, or texts for a type that ends in "Text"."""
        type_ = str(request.path_params["type"])
        rows = self._options(type_)
        wanted = request.path_params.get("values")
        query = request.query_params
        if wanted is not None:
            rows = [row for row in rows if str(row["value"]) in wanted.split(",")]
        if text := query.get("filter", ""):
            rows = [row for row in rows if _fits(str(row["label"]), text)]
        start, count = number_of(query.get("start"), 0), number_of(query.get("count"), OPTION_ROWS)
        return JSONResponse({"data": rows[start : start + min(count, MAX_OPTION_ROWS)]})

    # -- the steps --

    def _settings(self, user: int) -> JsonObject:
        departments = [
            number for number in self.database.records["CorporationDepartment"] if isinstance(number, int)
        ]
        return metadata.settings(user, departments)

    def _options(self, type_: str) -> list[JsonObject]:
        texts = type_.endswith("Text")
        bare = type_.removesuffix("Text")
        entity = ALIASES.get(bare, bare)
        if entity not in ENTITIES:
            if entity in VENDOR_ENTITIES or _is_option_type(type_):
                raise RefusedError(not_played(f"GET /options/{type_}"))
            raise RefusedError(problem(400, f"Unknown option type {type_}.", "errors.unknownOptionType"))
        names = summary_fields(entity)
        alive = [row for row in self.database.records[entity].values() if not row.get("isDeleted")]
        labels = [(row["id"], " ".join(str(row[name]) for name in names if row.get(name))) for row in alive]
        return [{"value": label if texts else number, "label": label} for number, label in labels]


def _is_listed(field: Field) -> bool:
    return bool(field.options)


def _is_option_type(type_: str) -> bool:
    return any(field.options == type_ for fields in ENTITIES.values() for field in fields.values())


def _fits(label: str, text: str) -> bool:
    """Return True for a label with a word that begins with the text, ``*`` in front of it or not."""
    begin = text.lstrip("*").casefold()
    words: list[Json] = [label, *label.split()]
    return any(str(word).casefold().startswith(begin) for word in words)
