"""Clients at a door: `python -m tests.bench.claimants PLAN` reads requests from a JSON file, sends each once, and prints times.

The plan: {"address": "host:port", "clients": 20, "requests": [{"path": …, "token": …}, …]}.
"""

import http.client
import json
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any


def main(plan: dict[str, Any]) -> None:
    waiting = iter(plan["requests"])
    times: list[float] = []
    answers: Counter[int] = Counter()

    def work() -> None:
        line = http.client.HTTPConnection(plan["address"], timeout=60)
        for one in waiting_safely():
            headers = {"Authorization": f"Bearer {one['token']}", "Content-Type": "application/json"}
            began = time.perf_counter()
            line.request("POST", one["path"], b"{}", headers)
            answer = line.getresponse()
            answer.read()
            times.append(time.perf_counter() - began)
            answers[answer.status] += 1

    taking = threading.Lock()

    def waiting_safely() -> Any:
        while True:
            with taking:
                one = next(waiting, None)
            if one is None:
                return
            yield one

    threads = [threading.Thread(target=work) for _ in range(plan["clients"])]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(json.dumps({"seconds": time.perf_counter() - began, "times": times, "answers": answers}))


if __name__ == "__main__":
    main(json.loads(Path(sys.argv[1]).read_bytes()))
