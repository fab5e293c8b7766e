"""AsyncAPI 3 of the backbone: a channel per aggregate, a message per event type, who sends and who receives."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from deploy.docs.shapes import new_spec
from shared.events.contracts import Contract, Registry
from shared.events.envelope import CONTENT_TYPE, DISTRICT, MAX_SEQUENCE
from shared.messaging.outbox_relay import BATCH_EVENTS
from shared.messaging.topology import EXCHANGE
from shared.runtime.event_subscriptions import subscription_of
from shared.web.service import Service

_ABOUT = f"""Every event is a CloudEvent in a batch: consecutive events of one routing key, up to {BATCH_EVENTS}.
An aggregate's events are numbered 1, 2, 3… by `sequence`; a message may come twice and never takes effect twice.
A field a reader does not know is a newer publisher's, to be left aside. No personal data travels here."""

_EXCHANGE = {"name": EXCHANGE, "type": "topic", "durable": True, "autoDelete": False, "vhost": "/"}
_TEXT = {"type": "string", "minLength": 1}
_ENVELOPE = {
    "type": "object",
    "description": "CloudEvents 1.0, structured JSON.",
    "required": [
        "specversion", "id", "type", "source", "subject", "sequence", "time", "community", "datacontenttype", "data",
    ],
    "properties": {
        "specversion": {"const": "1.0"},
        "id": _TEXT,
        "type": {**_TEXT, "description": "<service>.<aggregate>.<what-happened>.v<N>"},
        "source": {**_TEXT, "description": "/communities/<id>/<service> or /district/<service>"},
        "subject": {**_TEXT, "description": "The aggregate's id."},
        "sequence": {"type": "integer", "minimum": 1, "maximum": MAX_SEQUENCE},
        "time": {"type": "string", "format": "date-time", "description": "When it happened."},
        "community": {**_TEXT, "description": f"The community it concerns, or `{DISTRICT}`."},
        "datacontenttype": {"const": "application/json"},
        "actor": {**_TEXT, "description": "The account that did it; never a name."},
        "traceparent": {**_TEXT, "description": "W3C Trace Context."},
        "data": {"type": "object"},
    },
}  # fmt: skip


def asyncapi(contracts: Registry, services: Iterable[type[Service]], version: str) -> dict[str, Any]:
    channels = {aggregate: list(of_one) for aggregate, of_one in groupby(contracts.contracts(), _aggregate)}
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Lianfang: the backbone", "version": version, "description": _ABOUT},
        "defaultContentType": CONTENT_TYPE,
        "servers": {"backbone": {"host": "broker:5672", "protocol": "amqp", "protocolVersion": "0.9.1"}},
        "channels": {aggregate: _channel(aggregate, of_one) for aggregate, of_one in channels.items()},
        "operations": {**_sent(channels), **_received(channels, services)},
        "components": {
            "messages": {contract.type: _message(contract) for contract in contracts.contracts()},
            "schemas": {"envelope": _ENVELOPE, **_data_schemas(contracts)},
        },
    }


def _aggregate(contract: Contract) -> str:
    return contract.type.rsplit(".", 2)[0]


def _channel(aggregate: str, contracts: list[Contract]) -> dict[str, Any]:
    happened = [contract.type.removeprefix(f"{aggregate}.") for contract in contracts]
    return {
        "address": f"{{community}}.{aggregate}.{{happened}}",
        "parameters": {
            "community": {"description": f"The slug of the community the event concerns, or `{DISTRICT}`."},
            "happened": {"description": "What happened, and the version of its shape.", "enum": happened},
        },
        "messages": {one.type: {"$ref": f"#/components/messages/{one.type}"} for one in contracts},
        "bindings": {"amqp": {"is": "routingKey", "exchange": _EXCHANGE, "bindingVersion": "0.3.0"}},
    }


def _message(contract: Contract) -> dict[str, Any]:
    of_type = {
        "properties": {"type": {"const": contract.type}, "data": {"$ref": f"#/components/schemas/{contract.type}"}}
    }
    event = {"allOf": [{"$ref": "#/components/schemas/envelope"}, of_type]}
    message = {
        "name": contract.type,
        "contentType": CONTENT_TYPE,
        "payload": {"type": "array", "minItems": 1, "maxItems": BATCH_EVENTS, "items": event},
    }
    says = " ".join((type(contract.schema).__doc__ or "").split())
    return {**message, **({"summary": says} if says else {}), **({"x-single": True} if contract.single else {})}


def _sent(channels: Iterable[str]) -> dict[str, Any]:
    return {
        f"{publisher}.sends.{aggregate}": _operation("send", publisher, aggregate)
        for aggregate in channels
        for publisher in [aggregate.split(".")[0]]
    }


def _received(channels: Iterable[str], services: Iterable[type[Service]]) -> dict[str, Any]:
    return {
        f"{service.name}.receives.{aggregate}": _operation("receive", service.name, aggregate)
        for service in services
        for aggregate in subscription_of(service).aggregates
        if aggregate in channels
    }


def _operation(action: str, service: str, aggregate: str) -> dict[str, Any]:
    return {"action": action, "channel": {"$ref": f"#/channels/{aggregate}"}, "tags": [{"name": service}]}


def _data_schemas(contracts: Registry) -> dict[str, Any]:
    spec = new_spec("contracts", "1")
    for contract in contracts.contracts():
        spec.components.schema(contract.type, schema=contract.schema)
    schemas: dict[str, Any] = spec.to_dict()["components"]["schemas"]
    return schemas
