"""FastStream's publish with confirms, a hundred under way at a time: `publish_faststream.py COUNT` prints JSON."""

import asyncio
import json
import sys
import time

from faststream.rabbit import ExchangeType, RabbitBroker, RabbitExchange
from gate import TYPE, communities, events, told

AT_ONCE = 100
BACKBONE = RabbitExchange("backbone", type=ExchangeType.TOPIC, durable=True)


async def main(count: int) -> None:
    made = list(events(count, communities(1)))
    async with RabbitBroker(told("AMQP_URI"), logger=None) as broker:
        await broker.publish(made[0], TYPE, BACKBONE, persist=True)
        began = time.perf_counter()
        for start in range(1, count, AT_ONCE):
            part = made[start : start + AT_ONCE]
            await asyncio.gather(*(broker.publish(event, TYPE, BACKBONE, persist=True) for event in part))
        print(json.dumps({"events": count - 1, "seconds": time.perf_counter() - began}))


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
