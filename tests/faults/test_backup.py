"""A backup and its drill: made while the district works, put back where there is nothing, and all is as it was."""

import gzip
import json
import os
import subprocess
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import bson
import pytest
from pymongo import MongoClient

from deploy.backup import restore, save
from deploy.definitions import subscriptions
from deploy.local.programs import NotReadyError
from shared.i18n.timezone import SHANGHAI
from shared.kernel.ids import new_id, now
from shared.messaging.topology import definitions
from tests.stack import ROOT, Stack, eventually, make_vhost, manage

HERE = "yueran"
STAFF = "staff@community:yueran"
SHIFTS = f"/communities/{HERE}/shifts"
SERVICES = ("accounts", "volunteers", "district", f"shifts.{HERE}")
PASSING = ("leases", "heard")  # who works now, when who was heard last
BY_THE_CLOCK = ("alerts", "looks")  # what the district concludes as time passes
TOLD = {"aggregate": {"$ne": "district.alert"}, "_id": {"$ne": "shown"}}  # nor how often its pages changed by that
POST = {"id": "gate-2", "kind": "gate", "name": "二号门", "name_en": "Gate 2", "place": "岗亭"}

Contents = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def district(stack: Stack) -> Stack:
    return stack.start(*SERVICES)


@pytest.fixture
def client(stack: Stack) -> Iterator[MongoClient[dict[str, Any]]]:
    with stack.client as client:
        yield client


def help_comes(district: Stack) -> str:
    """One person applies and is approved; returns the volunteer's id."""
    body = {"display_name": "罗见山", "name_shown": True, "home": "3栋", "phone": "19000000001"}
    made = district.call("POST", f"/volunteers/{HERE}/applications", district.token(), body).json()["id"]
    assert district.call("POST", f"/volunteers/{HERE}/{made}/approval", district.token(STAFF)).ok
    return str(made)


def plan_a_day(district: Stack) -> None:
    staff = district.token(STAFF)
    assert district.call("POST", f"{SHIFTS}/posts", staff, POST).ok
    plan = {"post": "gate-2", "first_day": day_ahead(), "days": 2, "turn_hours": 8, "head_count": 2}
    assert district.call("POST", f"{SHIFTS}/plan", staff, plan).ok


def contents(district: Stack, client: MongoClient[dict[str, Any]]) -> Contents:
    """All documents of the district, by database, collection and id, but for what passes by itself."""
    return {
        f"{name} {collection}": {str(one["_id"]): comparable(one) for one in client[name][collection].find(TOLD)}
        for name in client.list_database_names()
        if name.startswith(district.name)
        for collection in client[name].list_collection_names()
        if collection not in (*PASSING, *BY_THE_CLOCK)
    }


def comparable(document: dict[str, Any]) -> dict[str, Any]:
    """Without what tells when the broker had an event or a subscriber took it: a backup is as old as what most members of the
    database had, so that an event just taken may be taken once more after it."""
    kept = {name: value for name, value in document.items() if name not in ("unpublished", "at")}
    if "meta" in kept:
        kept["meta"] = {name: value for name, value in kept["meta"].items() if name != "order"}
    return kept


def is_settled(district: Stack, client: MongoClient[dict[str, Any]]) -> bool:
    """Every event has been sent and taken by whoever listens."""
    names = [name for name in client.list_database_names() if name.startswith(district.name)]
    sent = all(client[name]["journal"].count_documents({"unpublished": True}) == 0 for name in names)
    queues = manage(district.parts, "GET", f"/api/queues/{district.name}")
    listening = [queue for queue in queues if queue["name"] in SERVICES]
    return sent and taken(district, client) and len(listening) == len(SERVICES)


def taken(district: Stack, client: MongoClient[dict[str, Any]]) -> bool:
    """Whether the district office has taken all that the community's journals say it must, and the community who volunteers."""

    def has_taken(listener: str, speaker: str, source: str, **of: str) -> bool:
        inbox = {one["_id"]: one["last"] for one in client[f"{district.name}_{listener}"]["inbox"].find()}
        return all(
            inbox.get(f"{source}|{entry['aggregate']}|{entry['subject']}", 0) >= entry["sequence"]
            for entry in client[f"{district.name}_{speaker}"]["journal"].find(of)
        )

    shifts, volunteers = f"shifts_{HERE}", "/district/volunteers"
    return (
        has_taken("district", "volunteers", volunteers)
        and has_taken("district", shifts, f"/communities/{HERE}/shifts")
        and has_taken(shifts, "volunteers", volunteers, aggregate="volunteers.volunteer")
    )


def lose_everything(district: Stack, client: MongoClient[dict[str, Any]]) -> None:
    """All services, all databases, and the broker with whatever was under way in it."""
    for service in list(district.processes):
        district.kill(service)
    for name in client.list_database_names():
        if name.startswith(district.name):
            client.drop_database(name)
    manage(district.parts, "DELETE", f"/api/vhosts/{district.name}")
    make_vhost(
        district.parts,
        district.name,
        definitions(district.name, subscriptions(), district.communities, district.passwords),
    )


def test_the_drill_all_is_lost_and_put_back_and_goes_on_as_if_nothing_had_been(
    district: Stack, client: MongoClient[dict[str, Any]], tmp_path: Path
) -> None:
    plan_a_day(district)
    volunteer = help_comes(district)
    eventually(lambda: taken(district, client))
    district.kill("district")  # what it is told now is only in the broker
    later = help_comes(district)
    shifts = client[f"{district.name}_shifts_{HERE}"]
    eventually(lambda: shifts["names"].count_documents({}) == 2)
    eventually(lambda: shifts["rosters"].count_documents({"standing": "approved"}) == 2)
    journal = client[f"{district.name}_volunteers"]["journal"]
    eventually(lambda: journal.count_documents({"unpublished": True}) == 0)
    counts = save(client, district.name, tmp_path)
    district.start("district")
    eventually(lambda: taken(district, client))
    before = contents(district, client)
    assert counts[f"{district.name}_volunteers/journal"] == journal.count_documents({})

    lose_everything(district, client)
    owed = restore(client, district.name, tmp_path)
    assert owed >= 3  # applied, approved, introduced
    district.start(*SERVICES)
    eventually(lambda: is_settled(district, client))
    assert differences(before, contents(district, client)) == []

    shift = next(
        one["id"] for one in district.call("GET", f"{SHIFTS}/?day={day_ahead()}", district.token(STAFF)).json()["items"]
    )
    for one in (volunteer, later, help_comes(district)):
        claim = {"volunteer": one}
        claims = f"{SHIFTS}/{shift}/claims"
        eventually(
            lambda claims=claims, claim=claim: (
                district.call("POST", claims, district.token(STAFF), claim).status_code in (200, 409)
            )
        )
    eventually(lambda: is_settled(district, client))
    assert all(client[name]["held"].count_documents({}) == 0 for name in subscribers(district))


def day_ahead() -> str:
    """So far ahead that no search for people begins by the clock while the drill compares."""
    return str((now() + timedelta(days=5)).astimezone(SHANGHAI).date())


def subscribers(district: Stack) -> list[str]:
    return [f"{district.name}_{one.replace('.', '_')}" for one in SERVICES]


def differences(before: Contents, after: Contents) -> list[str]:
    places = sorted(before.keys() | after.keys())
    return [
        f"{place} {id_}"
        for place in places
        for id_ in sorted(before.get(place, {}).keys() | after.get(place, {}).keys())
        if before.get(place, {}).get(id_) != after.get(place, {}).get(id_)
    ]


def test_a_backup_made_at_work_is_of_one_moment(
    district: Stack, client: MongoClient[dict[str, Any]], tmp_path: Path
) -> None:
    """No state without its event, no event without its state, across every collection."""
    enough = threading.Event()

    def work() -> None:
        while not enough.wait(0.05):
            help_comes(district)

    working = [threading.Thread(target=work) for _ in range(3)]
    for one in working:
        one.start()
    try:
        counts = [save(client, district.name, tmp_path / str(number)) for number in range(3)]
    finally:
        enough.set()
        for one in working:
            one.join()
    name = f"{district.name}_volunteers"
    assert counts[0][f"{name}/journal"] < counts[2][f"{name}/journal"]
    for number in range(3):
        states = {one["_id"]: one["meta"]["sequence"] for one in saved(tmp_path / str(number), name, "volunteers")}
        told: dict[str, int] = {}
        for entry in saved(tmp_path / str(number), name, "journal"):
            told[entry["subject"]] = max(told.get(entry["subject"], 0), entry["sequence"])
        assert states == told
        heard = saved(tmp_path / str(number), f"{district.name}_district", "inbox")
        assert all(
            one["last"] <= told.get(one["_id"].rsplit("|", 1)[1], 0)
            for one in heard
            if one["_id"].startswith("/district/volunteers|")
        )


def saved(folder: Path, database: str, collection: str) -> list[dict[str, Any]]:
    with gzip.open(folder / "databases" / database / f"{collection}.bson.gz") as kept:
        return bson.decode_all(kept.read())


def make(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    known = {name: value for name, value in os.environ.items() if name not in ("AMQP_URI", "MONGODB_URI")}
    return subprocess.run(
        ["make", *words], cwd=ROOT, env=known | environment, capture_output=True, text=True, timeout=60, check=False
    )


def test_one_command_backs_up_and_one_restores_with_the_secrets_for_their_owner_only(
    district: Stack, tmp_path: Path
) -> None:
    home, elsewhere, first, second = (tmp_path / name for name in ("home", "elsewhere", "first", "second"))
    (home / "secrets").mkdir(parents=True, mode=0o700)
    (home / "secrets/token-1.pem").write_text(secret := new_id())
    (home / "secrets/token-1.pem").chmod(0o600)
    names = {"DATABASE_PREFIX": district.name}
    backed_up = make("backup", f"TO={first}", MONGODB_URI=district.parts.mongodb_uri, LIANFANG_HOME=str(home), **names)
    assert backed_up.returncode == 0, backed_up.stdout
    put_back = make("restore", f"FROM={first}", LIANFANG_HOME=str(elsewhere), **names)
    assert put_back.returncode == 0, put_back.stdout
    again = make("backup", f"TO={second}", LIANFANG_HOME=str(elsewhere), **names)
    assert again.returncode == 0, again.stdout

    assert (elsewhere / "secrets/token-1.pem").read_text() == secret
    assert (elsewhere / "secrets").stat().st_mode & 0o077 == first.stat().st_mode & 0o077 == 0
    told = [json.loads((folder / "manifest.json").read_text())["documents"] for folder in (first, second)]
    assert told[0] == told[1]
    assert sum(told[0].values()) > 0
    refused = make("restore", f"FROM={first}", LIANFANG_HOME=str(elsewhere), **names)
    assert refused.returncode != 0
    assert "make clean" in refused.stdout


def test_nothing_is_put_back_over_what_is_there_nor_from_a_damaged_folder(
    district: Stack, client: MongoClient[dict[str, Any]], tmp_path: Path
) -> None:
    save(client, district.name, tmp_path)
    with pytest.raises(NotReadyError, match="a district already"):
        restore(client, district.name, tmp_path)
    with pytest.raises(NotReadyError, match="not other_"):
        restore(client, "other", tmp_path)
    lose_everything(district, client)
    journal = tmp_path / "databases" / f"{district.name}_volunteers" / "journal.bson.gz"
    journal.write_bytes(journal.read_bytes()[:-20])
    with pytest.raises(NotReadyError, match="damaged"):
        restore(client, district.name, tmp_path)
