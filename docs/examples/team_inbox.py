"""A rescue team's own program: prints each disinfection it is asked for, straight from the broker. Needs kombu, nothing of ours.

The district office makes the queue and the user: python -m deploy.team_queue blue-sky
Then, at the team's: AMQP_URI=amqp://rescue.blue-sky:…@broker:5672/lianfang python team_inbox.py blue-sky
An offer is answered over HTTP, by a member: POST /rescue/inbox/blue-sky/<mission>/acceptance
"""

import json
import os
import sys
from typing import Any

from kombu import Connection, Consumer, Message, Queue

team = sys.argv[1]


def take(message: Message) -> None:
    """A message is a batch of events, in order per mission; one that comes again has the id it had."""
    for event in json.loads(message.body):
        job: dict[str, Any] = event["data"]
        if event["type"] == "rescue.mission.offered.v1" and team in job["teams"]:
            print(event["community"], job["place"], job["kind"], job["due"], event["subject"], flush=True)
    message.ack()


with Connection(os.environ["AMQP_URI"], heartbeat=10) as connection:
    queue = Queue(f"rescue.{team}", no_declare=True)
    with Consumer(connection.default_channel, [queue], on_message=take, prefetch_count=10):
        while True:
            connection.drain_events()
