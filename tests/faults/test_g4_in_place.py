"""G4: a consumer gives nothing back of what it received, and nothing that came holds up what is behind it."""

from contextlib import closing
from typing import Any

import pytest
from amqp import Message
from pymongo import MongoClient

from shared.events.envelope import CONTENT_TYPE, encode_batch
from shared.messaging.topology import EXCHANGE
from shared.runtime.event_subscriptions import Consumer
from tests.faults.proxy import Proxy
from tests.link import BoardStore, Link, Running, board_inbox
from tests.stack import eventually


def test_a_consumer_waits_in_place_for_a_database_that_is_away_when_it_comes_and_later(
    link: Link, caplog: pytest.LogCaptureFixture
) -> None:
    """Else it would give all it received back at each try."""
    port = int(link.parts.mongodb_uri.split(":")[2].split("/")[0])
    with closing(Proxy(port)) as database, closing(Proxy(link.parts.amqp_port)) as broker:
        uri = f"mongodb://127.0.0.1:{database.port}/?directConnection=true"
        with closing(MongoClient[dict[str, Any]](uri, timeoutMS=2_000)) as client:
            board = BoardStore(client[link.board.database.name])
            inbox = board_inbox(board, lambda _event: None)
            consumer = Consumer("district", link.at("district", broker.port), inbox, board, "afar")
            database.shut()
            with Running(link.relay(), consumer):
                link.ring("west", 3)
                logged(caplog, "what was received waits", times=3)
                database.heal()
                eventually(lambda: link.board.seen("west") == [1, 2, 3])
                database.shut()
                logged(caplog, "what is parked waits", times=1)
                link.ring("west", 3)
                logged(caplog, "what was received waits", times=3)
                database.heal()
                eventually(lambda: link.board.seen("west") == [1, 2, 3, 4, 5, 6])
    assert broker.accepted == 1


@pytest.mark.parametrize(
    "said",
    [
        *({"application_headers": {"x-delivery-count": count}} for count in ("often", {"a": 1}, None, -1)),
        {"content_encoding": "utf-16"},
    ],
    ids=str,
)
def test_what_a_sender_says_beside_an_event_holds_nobody_up(link: Link, said: dict[str, Any]) -> None:
    link.ring("west")
    (event,) = link.rung()
    message = Message(encode_batch([event]), content_type=CONTENT_TYPE, user_id="yueran", **said)
    with link.at("yueran").connect() as connection, connection.channel() as channel:
        channel.confirm_select()
        channel.basic_publish_confirm(message, EXCHANGE, event.routing_key)
    with Running(link.consumer()):
        eventually(lambda: link.board.seen("west") == [1])


def logged(caplog: pytest.LogCaptureFixture, what: str, *, times: int) -> None:
    caplog.clear()
    eventually(lambda: sum(one.getMessage().startswith(what) for one in list(caplog.records)) >= times, seconds=40)
