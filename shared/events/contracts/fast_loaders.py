"""Compiled event loaders: a marshmallow schema compiled for msgspec where both are sure to agree; falls back to marshmallow.

What a quick loader takes, the schema would have loaded to the same; what it leaves is the schema's to load or to refuse in words.
"""

import math
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal, NotRequired, TypedDict

import msgspec
from marshmallow import EXCLUDE, Schema, fields, missing, validate

from shared.events.envelope import END_OF_TIME

Loader = Callable[[Mapping[str, Any]], dict[str, Any] | None]
Finish = Callable[[dict[str, Any]], dict[str, Any]]

# As our own publishers write them; marshmallow takes more ways, so the rest is left to it.
_MOMENT = r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})\Z"
_DAY = r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}\Z"
_PLAIN: dict[type, type] = {fields.String: str, fields.Integer: int, fields.Float: float, fields.Boolean: bool}
_OWN_HOOKS = {"_is_of_our_time"}  # shared.events.contracts.EventData's check, which `_finish` makes, too


class _Unlike(Exception):
    """The schema holds something that msgspec is not known to treat as marshmallow does."""


def compile_loader(schema: Schema) -> Loader | None:
    """The quick loader of a schema: returns what `schema.load` would, or None where that is for the schema to say.

    None instead of a loader where the schema has anything of its own making.
    """
    try:
        shape, finish = _shape_of(schema)
    except _Unlike:
        return None

    def load(data: Mapping[str, Any]) -> dict[str, Any] | None:
        try:
            return finish(msgspec.convert(data, shape))
        except ValueError:  # msgspec's ValidationError is one; so is a 31st of February
            return None

    return load


def _shape_of(schema: Schema) -> tuple[Any, Finish]:
    hooks = {name for found in schema._hooks.values() for name, *_ in found}  # noqa: SLF001  (nothing public tells)
    if schema.unknown != EXCLUDE or hooks - _OWN_HOOKS:
        raise _Unlike
    finishes = {name: _finish_of(field) for name, field in schema.fields.items()}
    defaults = {name: field.load_default for name, field in schema.fields.items() if field.load_default is not missing}
    shape = TypedDict(type(schema).__name__, {name: _type_of(field) for name, field in schema.fields.items()})  # type: ignore[misc]
    kept = {name: finish for name, finish in finishes.items() if finish is not None}

    def finish(loaded: dict[str, Any]) -> dict[str, Any]:
        for name, make in kept.items():
            if loaded.get(name) is not None:
                loaded[name] = make(loaded[name])
        for name, default in defaults.items():
            if name not in loaded:
                loaded[name] = default() if callable(default) else default
        return loaded

    return shape, finish


def _finish_of(field: fields.Field[Any]) -> Callable[[Any], Any] | None:
    """What is still to be done with a field's value; raises ValueError where that cannot be."""
    match field:
        case fields.AwareDateTime():
            return _of_our_time
        case fields.Date():
            return date.fromisoformat
        case fields.Float():
            return _finite
        case fields.List():
            return _each(_finish_of(field.inner))
        case fields.Nested():
            return _shape_of(field.schema)[1]
        case _:
            return None


def _of_our_time(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment >= END_OF_TIME:
        raise ValueError("later than anything that can be meant")
    return moment


def _finite(number: float) -> float:
    if not math.isfinite(number):
        raise ValueError("not a number that can be kept")
    return number


def _each(finish: Callable[[Any], Any] | None) -> Callable[[Any], Any] | None:
    return None if finish is None else lambda values: [one if one is None else finish(one) for one in values]


def _type_of(field: fields.Field[Any]) -> Any:
    if field.data_key or field.attribute or field.load_only or field.dump_only:
        raise _Unlike
    bare = _checked(field, _bare_type(field))
    taken = bare | None if field.allow_none else bare
    return taken if field.required else NotRequired[taken]


def _bare_type(field: fields.Field[Any]) -> Any:
    if type(field) is fields.List:
        return list[_plain(field.inner)]  # type: ignore[misc]
    if type(field) is fields.Nested and not field.many and field.unknown is None:
        return _shape_of(field.schema)[0]
    if type(field) is fields.AwareDateTime and field.format in (None, "iso"):
        return Annotated[str, msgspec.Meta(pattern=_MOMENT)]
    if type(field) is fields.Date and field.format in (None, "iso"):
        return Annotated[str, msgspec.Meta(pattern=_DAY)]
    if type(field) is fields.Dict and field.key_field and field.value_field and _finish_of(field.value_field) is None:
        return dict[_plain(field.key_field), _plain(field.value_field)]  # type: ignore[misc]
    try:
        return _PLAIN[type(field)]
    except KeyError:
        raise _Unlike from None


def _plain(field: fields.Field[Any]) -> Any:
    """Of a field that stands in a list or a dictionary, where there is no key to leave out."""
    taken = _type_of(field)
    return taken.__args__[0] if getattr(taken, "__origin__", None) is NotRequired else taken


def _checked(field: fields.Field[Any], bare: Any) -> Any:
    """The type with the field's validators in it."""
    for one in field.validators:
        match one:
            case validate.Length(min=least, max=most, equal=None):
                bare = Annotated[bare, msgspec.Meta(min_length=least, max_length=most)]
            case validate.Range(min=least, max=most, min_inclusive=True, max_inclusive=True):
                bare = Annotated[bare, msgspec.Meta(ge=least, le=most)]
            case validate.OneOf(choices=choices) if bare is str and len(field.validators) == 1:
                bare = Literal[tuple(choices)]
            case _:
                raise _Unlike
    return bare
