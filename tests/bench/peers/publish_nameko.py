"""nameko's Publisher with confirms: `publish_nameko.py COUNT` prints events and seconds as JSON."""

import json
import sys
import time

from gate import TYPE, communities, events, told
from kombu import Exchange
from nameko.amqp.publish import Publisher

if __name__ == "__main__":
    made = list(events(int(sys.argv[1]), communities(1)))
    publisher = Publisher(
        told("AMQP_URI"), serializer="json", exchange=Exchange("backbone", type="topic", durable=True)
    )
    publisher.publish(made[0], routing_key=TYPE)
    began = time.perf_counter()
    for event in made[1:]:
        publisher.publish(event, routing_key=TYPE)
    print(json.dumps({"events": len(made) - 1, "seconds": time.perf_counter() - began}))
