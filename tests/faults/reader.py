"""A subscriber as a process of its own, so that a test can kill it: `python -m tests.faults.reader <settings as JSON>`."""

import json
import sys

from pymongo import MongoClient

from shared.broker import Endpoint
from shared.ids import new_id
from shared.mongo import connect
from shared.subscriptions import Consumer
from tests.link import BoardStore, board_inbox


def main(words: dict[str, str]) -> None:
    instance = f"reader-{new_id()}"
    client: MongoClient[dict[str, object]] = connect(words["mongodb_uri"], instance)
    board = BoardStore(client[words["database"]])
    inbox = board_inbox(board, set())
    Consumer("district", Endpoint(words["amqp_uri"], "district"), inbox, board, instance).run()


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
