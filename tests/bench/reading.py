"""Readers: a thousand people with the overview open, one change a second, a tenth of them on phones that stopped reading."""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from statistics import quantiles

from shared.kernel.ids import now
from shared.messaging.topology import EXCHANGE, BrokerLogin
from tests.bench.consuming import taken
from tests.bench.ground import Ground, fill
from tests.bench.measuring import cpu_of, memory_of
from tests.bench.peers.gate import communities, paced
from tests.bench.rows import Row
from tests.bench.town import named, tell_all, told
from tests.stack import ROOT, eventually

MARK = "标"
AFTER_SECONDS = 3
COMMUNITIES = 100


def readers(ground: Ground) -> Iterator[Row]:
    """A change is a community's new name, which every page shows; each reader is timed from its publishing to its arrival."""
    count, changes, places = (40, 3, 3) if ground.quick else (1_000, 20, COMMUNITIES)
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    with ground.stack(communities(1)) as stack:
        stack.start("district", LIVE_PER_ACCOUNT=str(count), LIVE_PER_ADDRESS=str(count))
        at = BrokerLogin(stack.admin_amqp_uri, stack.parts.admin_user)
        messages = list(tell_all(communities(places)))
        fill(at, EXCHANGE, messages)
        eventually(lambda: taken(stack) == len(messages), seconds=120)
        plan = {
            "url": f"ws://{stack.addresses['district']}/district/live?lang=zh",
            "token": stack.token("officer@district"),
            "reading": count * 9 // 10,
            "stalled": count // 10,
            "seconds": changes + AFTER_SECONDS,
            "marks": MARK,
        }
        looking = [sys.executable, "-m", "tests.bench.onlookers", json.dumps(plan)]
        with subprocess.Popen(looking, cwd=ROOT, stdout=subprocess.PIPE, text=True) as onlookers:
            assert onlookers.stdout is not None
            assert onlookers.stdout.readline() == "open\n"
            district = stack.processes["district"].pid
            cpu, began, sent = cpu_of(district), time.perf_counter(), {}
            for number in paced(1, changes):
                mark = f"{MARK}{number:05}"
                change = told("accounts.community.registered", "c000", "c000", number + 2, now(), named(mark, mark))
                sent[mark] = time.time()
                fill(at, EXCHANGE, [change])
            used, took = cpu_of(district) - cpu, time.perf_counter() - began
            seen = json.loads(onlookers.stdout.readline())
        delays = [1e3 * (arrived - sent[mark]) for mark, all_ in seen.items() for arrived in all_]
        name = f"{count} readers"
        yield Row(name, "updates that arrived", len(delays), "wanted", plan["reading"] * changes)
        yield Row(name, "p50, ms", round(quantiles(delays, n=100)[49]))
        yield Row(name, "p99, ms", round(quantiles(delays, n=100)[98]))
        yield Row(name, "cores, district", round(used / took, 2))
        yield Row(name, "MB, district", round(memory_of(district)))


SCENARIOS = {"readers": readers}
