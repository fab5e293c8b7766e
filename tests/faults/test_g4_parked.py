"""G4: no event is dropped. What fails is set aside with its reason, and all others flow."""

import os
import subprocess
import sys
from contextlib import closing
from dataclasses import replace

import pytest

from shared.events.envelope import CONTENT_TYPE, encode_batch
from shared.messaging.topology import Outgoing, Publisher
from tests.faults.conftest import Start, dead
from tests.link import Link, Running
from tests.stack import ROOT, eventually

KEY = "yueran.shifts.post.closed.v1"
MOST_LIVES = 12


def raw(link: Link) -> int:
    return link.board["raw"].count_documents({})


def test_what_fails_is_parked_with_its_reason_and_answered_by_an_operator(link: Link) -> None:
    link.ring("west", 3)
    poison = link.rung()[1]
    link.fail_on.add(poison.id)
    say(link, b"\x00 not an event")
    with Running(link.relay(), link.consumer()):
        link.ring("north", 2)
        eventually(lambda: link.board.seen("north") == [1, 2] and link.board.seen("west") == [1])
        eventually(lambda: raw(link) == 1)
        listed = operate(link, "parked")
        assert f"Faulty: {poison.id}" in listed
        assert '"state": "raw"' in listed
        operate(link, "discard", poison.id, "--by", "王站长", "--reason", "误报")
        eventually(lambda: link.board.seen("west") == [1, 3])


@pytest.mark.parametrize(
    ("name", "body", "content_type"),
    [
        ("garbage", b"\x00\xff\xfe garbage", CONTENT_TYPE),
        ("nothing", b"", CONTENT_TYPE),
        ("deep", b"[" * 60_000, CONTENT_TYPE),
        ("not a batch", b'{"id": 1}', CONTENT_TYPE),
        ("another content type", b"[]", "application/json"),
        ("no content type", b"[]", ""),
    ],
)
def test_what_cannot_be_read_is_parked_raw_by_whoever_receives_it_and_others_flow(
    link: Link, name: str, body: bytes, content_type: str
) -> None:
    say(link, body, content_type)
    with Running(link.relay(), link.consumer()):
        link.ring("west")
        eventually(lambda: link.board.seen("west") == [1])
        eventually(lambda: raw(link) == 1)


@pytest.mark.parametrize("claim", ["community", "source", "type"])
def test_what_speaks_in_anothers_name_is_parked_raw_and_never_applied(link: Link, claim: str) -> None:
    link.ring("west")
    (event,) = link.rung()
    forged = {
        "community": replace(event, community="biguiyuan"),
        "source": replace(event, source="/communities/biguiyuan/shifts"),
        "type": replace(event, type="volunteers.volunteer.approved.v1"),
    }[claim]
    say(link, encode_batch([forged]))
    with Running(link.consumer()):
        eventually(lambda: raw(link) == 1)
    assert link.board["seen"].count_documents({}) == 0


def test_an_event_that_kills_its_process_is_tried_alone_then_parked_and_others_flow(link: Link, child: Start) -> None:
    link.ring("west", 2)
    link.ring("deadly")
    link.ring("north", 2)
    lives = [child("subscriber", dies_at="deadly")]
    with Running(link.relay()):

        def parked() -> bool:
            if dead(lives[-1]):
                assert len(lives) < MOST_LIVES
                lives.append(child("subscriber", dies_at="deadly"))
            listed = link.board["held"].count_documents({"state": "parked", "deadly": True})
            return listed == 1 and link.board.seen("north") == [1, 2] and link.board.seen("west") == [1, 2]

        eventually(parked, seconds=35)
        link.ring("west")
        eventually(lambda: link.board.seen("west") == [1, 2, 3])
    assert link.board.seen("deadly") == []
    assert not dead(lives[-1])


def say(link: Link, body: bytes, content_type: str = CONTENT_TYPE) -> None:
    """Sends a message as the community's own user."""
    with closing(Publisher(link.at("yueran"))) as publisher:
        publisher.publish([Outgoing(KEY, body, content_type)])


def operate(link: Link, *words: str) -> str:
    """An operator's command, as an operator types it."""
    done = subprocess.run(
        [sys.executable, "-m", "shared.ops.cli", "--database", link.board.database.name, *words],
        env={**os.environ, "MONGODB_URI": link.parts.mongodb_uri},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout
