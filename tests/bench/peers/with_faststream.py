"""FastStream on RabbitMQ with pymongo's asynchronous client, a transaction an event: `with_faststream.py`."""

import asyncio
from datetime import datetime
from typing import Annotated, Any, Literal

from faststream import AckPolicy, FastStream
from faststream.rabbit import Channel, RabbitBroker, RabbitQueue
from gate import MAJORITY, WORKERS, told, writes
from pydantic import AwareDatetime, BaseModel, Field
from pymongo import AsyncMongoClient

broker = RabbitBroker(told("AMQP_URI"), default_channel=Channel(prefetch_count=WORKERS), logger=None)
app = FastStream(broker, logger=None)
database = AsyncMongoClient(told("MONGODB_URI"))[told("DATABASE")]


class LoggedEntry(BaseModel):
    id: Annotated[str, Field(min_length=1, max_length=64)]
    at: AwareDatetime
    direction: Literal["in", "out"]
    kind: Literal["person", "vehicle"]
    flags: Annotated[list[str], Field(max_length=10)]


class EntriesLogged(BaseModel):
    gate: Annotated[str, Field(min_length=1, max_length=40)]
    entries: Annotated[list[LoggedEntry], Field(min_length=1, max_length=100)]


class Envelope(BaseModel):
    specversion: str
    id: str
    type: str
    source: str
    subject: str
    sequence: int
    time: datetime
    community: str
    datacontenttype: str
    data: EntriesLogged
    actor: str | None = None
    traceparent: str | None = None


@broker.subscriber(RabbitQueue("gates", durable=True), ack_policy=AckPolicy.NACK_ON_ERROR)
async def logged(event: Envelope) -> None:
    record, counters = writes(event.model_dump(), [entry.model_dump() for entry in event.data.entries])

    async def body(session: Any) -> None:
        if await database["handled"].find_one({"_id": record["_id"]}, {"_id": 1}, session=session):
            return
        await database["handled"].insert_one(record, session=session)
        for key, counts in counters.items():
            await database["gate_flow"].update_one({"_id": key}, {"$inc": counts}, upsert=True, session=session)

    async with database.client.start_session() as session:
        await session.with_transaction(body, **MAJORITY)


if __name__ == "__main__":
    asyncio.run(app.run())
