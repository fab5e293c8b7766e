"""People with a live page open: `python -m tests.bench.onlookers PLAN`, the plan being JSON, prints who saw which mark when.

The plan: {"url", "token", "reading", "stalled", "seconds", "marks": "标"}. Says `open` on a line of its own once all are there.
"""

import asyncio
import json
import re
import resource
import socket
import sys
import time
from collections import defaultdict
from typing import Any
from urllib.parse import urlsplit

from websockets.asyncio.client import connect

AT_ONCE = 50  # that knock at the same time
SMALLEST_BUFFER = 4_096


async def main(plan: dict[str, Any]) -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    seen: dict[str, list[float]] = defaultdict(list)
    mark = re.compile(plan["marks"] + "[0-9]{5}")
    knocking = asyncio.Semaphore(AT_ONCE)
    headers = {"Authorization": f"Bearer {plan['token']}"}
    there = asyncio.Event()
    opened = 0

    async def read() -> None:
        nonlocal opened
        known = set[str]()
        async with knocking:
            line = await connect(
                plan["url"], additional_headers=headers, max_size=None, proxy=None, ping_interval=None, compression=None,
                open_timeout=120,
            )  # fmt: skip
        opened += 1
        if opened == plan["reading"]:
            there.set()
        async with line:
            async for message in line:
                at = time.time()
                for found in set(mark.findall(message)) - known:
                    known.add(found)
                    seen[found].append(at)

    stalled = [_stall(plan) for _ in range(plan["stalled"])]
    reading = [asyncio.create_task(read()) for _ in range(plan["reading"])]
    await asyncio.wait_for(there.wait(), 180)
    print("open", flush=True)
    await asyncio.sleep(plan["seconds"])
    for one in reading:
        one.cancel()
    for one in stalled:
        one.close()
    print(json.dumps(seen), flush=True)


def _stall(plan: dict[str, Any]) -> socket.socket:
    """Knocks like a reader and then never reads a byte."""
    url = urlsplit(plan["url"])
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALLEST_BUFFER)
    line.connect((url.hostname, url.port))
    lines = (
        f"GET {url.path}?{url.query} HTTP/1.1", f"Host: {url.netloc}", "Upgrade: websocket", "Connection: Upgrade",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13",
        f"Authorization: Bearer {plan['token']}", "", "",
    )  # fmt: skip
    line.sendall("\r\n".join(lines).encode())
    return line


if __name__ == "__main__":
    asyncio.run(main(json.loads(sys.argv[1])))
