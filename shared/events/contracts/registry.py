"""The registry of the published language: one marshmallow schema per event type and version, and the upcasters between versions."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

from marshmallow import EXCLUDE, Schema, ValidationError, validates_schema

from shared.events.contracts.fast_loaders import Loader, compile_loader
from shared.events.envelope import END_OF_TIME, Event


class EventData(Schema):
    """The base of every event's shape: a field we do not know is a newer publisher's, and left aside."""

    class Meta:
        unknown = EXCLUDE

    @validates_schema
    def _is_of_our_time(self, data: Mapping[str, Any], **_: Any) -> None:
        late = [name for name, value in data.items() if isinstance(value, datetime) and value >= END_OF_TIME]
        if late:
            raise ValidationError("later than anything that can be meant", late[0])


S = TypeVar("S", bound=type[EventData])


@dataclass(frozen=True)
class Contract:
    """What an event type promises. `single`: its aggregate has this one event only (an entry in a log).

    `personal`: the fields that name a person, with their consent. `withdraws`: the event type whose personal fields this one
    takes back, in all earlier events of its own aggregate (shared/persistence/redaction.py).
    """

    type: str
    schema: EventData
    single: bool = False
    personal: tuple[str, ...] = ()
    withdraws: str | None = None

    @cached_property
    def quick(self) -> Loader:
        return compile_loader(self.schema) or (lambda _: None)

    def load(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """The data, checked and loaded. Raises BreaksContract."""
        if (loaded := self.quick(data)) is not None:
            return loaded
        try:
            return self.schema.load(data)  # type: ignore[no-any-return]
        except ValidationError as error:
            raise BreaksContract(self.type, error.messages) from error

    def check(self, data: Mapping[str, Any]) -> None:
        """Raises BreaksContract."""
        if self.quick(data) is None and (reasons := self.schema.validate(data)):
            raise BreaksContract(self.type, reasons)


class Fact(NamedTuple):
    """An event as its publisher states it: what happened, and to what extent; the journal adds the rest."""

    type: str
    data: dict[str, Any]


class BreaksContract(Exception):
    """An event's data does not keep to its contract; `reasons` is marshmallow's account of where."""

    def __init__(self, type_: str, reasons: Any) -> None:
        super().__init__(f"{type_}: {reasons}")
        self.reasons = reasons


class UnknownType(BreaksContract):
    """No contract of this type and version is known here."""

    def __init__(self, type_: str) -> None:
        super().__init__(type_, "no such contract")


class Registry:
    def __init__(self) -> None:
        self._contracts: dict[str, Contract] = {}
        self._upcasts: dict[str, tuple[str, Callable[[dict[str, Any]], dict[str, Any]]]] = {}

    def event(
        self, type_: str, *, single: bool = False, personal: tuple[str, ...] = (), withdraws: str | None = None
    ) -> Callable[[S], S]:
        """Registers a schema as the contract of an event type: `@event("shifts.shift.claimed.v1")`."""

        def register(schema: S) -> S:
            if type_ in self._contracts:
                raise ValueError(f"{type_} has two contracts")
            self._contracts[type_] = Contract(type_, schema(), single, personal, withdraws)
            return schema

        return register

    def upcast(self, old: str, new: str) -> Callable[[Callable[[dict[str, Any]], dict[str, Any]]], None]:
        """Registers a pure function from an old version's data to the next one's, applied before validation."""

        def register(convert: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
            self._upcasts[old] = (new, convert)

        return register

    def contracts(self) -> list[Contract]:
        return [self._contracts[type_] for type_ in sorted(self._contracts)]

    def contract(self, type_: str) -> Contract:
        try:
            return self._contracts[type_]
        except KeyError:
            raise UnknownType(type_) from None

    def is_single(self, type_: str) -> bool:
        """Whether this is the only event of its aggregate, so that there is no order to keep."""
        while type_ in self._upcasts:
            type_ = self._upcasts[type_][0]
        contract = self._contracts.get(type_)
        return contract is not None and contract.single

    def withdrawn_by(self, type_: str) -> Contract | None:
        """The contract of the events that lose their personal fields when one of this type happens."""
        withdrawing = self._contracts.get(type_)
        return self._contracts[withdrawing.withdraws] if withdrawing and withdrawing.withdraws else None

    def read(self, event: Event) -> Event:
        """The event in the newest version we know, its data checked and loaded. Raises BreaksContract."""
        type_, data = event.type, event.data
        while type_ in self._upcasts:
            type_, convert = self._upcasts[type_]
            data = convert(data)
        return event.told(type_, self.contract(type_).load(data))

    def fact(self, type_: str, happened: Any) -> Fact:
        """States what happened (any object with the contract's attributes) as a fact. Raises BreaksContract."""
        contract = self.contract(type_)
        data = contract.schema.dump(happened)
        contract.check(data)
        return Fact(type_, data)

    def publisher(self, types: Mapping[type, str]) -> "Publisher":
        """From a table of domain events and their contract types, what states a list of them as facts."""
        return Publisher(self, types)


@dataclass(frozen=True)
class Publisher:
    """What a service publishes: `types` tells under which contract type each of its domain events is stated."""

    contracts: Registry
    types: Mapping[type, str]

    def __call__(self, happened: Iterable[Any]) -> list[Fact]:
        """Raises BreaksContract."""
        return [self.contracts.fact(self.types[type(one)], one) for one in happened]
