"""The private parts are real, on loopback only, and keep what they were given."""

from pathlib import Path

import kombu
import pymongo
import pytest
import requests

from deploy.local.programs import NotReadyError
from tests.parts import Parts, start_parts


def test_the_broker_takes_a_message_and_gives_it_back(parts: Parts) -> None:
    with kombu.Connection(parts.amqp_uri) as connection, connection.SimpleQueue("parts") as queue:
        queue.put({"word": "值守"})
        assert queue.get(timeout=5).payload == {"word": "值守"}


def test_the_database_takes_transactions_and_ends_forgotten_ones_soon(parts: Parts) -> None:
    with pymongo.MongoClient(parts.mongodb_uri) as client:
        with client.start_session() as session, session.start_transaction():
            client.parts.words.insert_one({"_id": "值守"}, session=session)
        assert client.parts.words.find_one({"_id": "值守"})
        limit = client.admin.command("getParameter", 1, transactionLifetimeLimitSeconds=1)
        assert limit["transactionLifetimeLimitSeconds"] == 10


def test_the_administrator_makes_a_vhost_and_no_guest_may_enter(parts: Parts) -> None:
    vhost = f"{parts.management_url}/api/vhosts/parts"
    administrator = (parts.admin_user, parts.admin_password)
    assert requests.put(vhost, auth=administrator, timeout=5).status_code == 201
    assert requests.delete(vhost, auth=administrator, timeout=5).status_code == 204
    assert requests.get(vhost, auth=("guest", "guest"), timeout=5).status_code == 401


def test_a_part_that_cannot_start_says_which_and_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = tmp_path / "mongodb/data"
    data.parent.mkdir()
    data.write_text("a file where a folder should be")
    monkeypatch.setattr("deploy.local.parts.MongoDB.prepare", lambda _: None)
    with pytest.raises(NotReadyError, match=r"mongodb stopped by itself(.|\n)*DBException"):
        start_parts(tmp_path)
