"""Marshmallow shapes as JSON Schema, as other languages read it."""

from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow.validate import Regexp

from shared.web.schemas import UploadField

END = r"\Z"


def new_spec(title: str, version: str, **options: Any) -> APISpec:
    """An OpenAPI 3.1 document that shapes can be added to."""
    plugin = MarshmallowPlugin(schema_name_resolver=_name_of)
    spec = APISpec(title, version, "3.1.0", plugins=[plugin], **options)
    converter: Any = plugin.converter  # which apispec itself has not typed
    converter.add_attribute_function(_pattern)
    converter.map_to_openapi_type(UploadField, "string", "binary")
    return spec


def _pattern(_converter: Any, field: Any, **_: Any) -> dict[str, str]:
    r"""Python matches from the start, and its end `\Z` is `$` to everyone else."""
    for one in field.validators:
        if isinstance(one, Regexp):
            pattern = str(one.regex.pattern)
            return {"pattern": f"^(?:{pattern.removesuffix(END)})" + "$" * pattern.endswith(END)}
    return {}


def _name_of(schema: Any) -> str:
    cls = schema if isinstance(schema, type) else type(schema)
    return cls.__name__
