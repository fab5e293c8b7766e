"""Sealed fields on a real database: found by equality, rotated at work, and gone for good with their key."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pymongo.database import Database
from pymongo.errors import ConnectionFailure

import shared.crypto.field_encryption
from shared.crypto.field_encryption import SealLost, Vault, ensure_masters
from shared.persistence.store import connect
from tests.link import Link
from tests.parts import Parts
from tests.stack import ROOT

PHONE = "+8613800138000"


@pytest.fixture
def database(link: Link) -> Database[dict[str, Any]]:
    return link.client[f"{link.name}_volunteers"]


@pytest.fixture
def masters(tmp_path: Path) -> Path:
    return ensure_masters(tmp_path / "fields")


@pytest.fixture
def vault(database: Database[dict[str, Any]], masters: Path, monkeypatch: pytest.MonkeyPatch) -> Vault:
    monkeypatch.setattr(shared.crypto.field_encryption, "KEPT_OPEN_MS", 1)
    made = Vault(database, masters)
    made.prepare()
    return made


@pytest.fixture
def operate(database: Database[dict[str, Any]], masters: Path, parts: Parts) -> Iterator[Any]:
    def run(*words: str) -> str:
        command = [sys.executable, "-m", "shared.ops.cli", "--database", database.name, *words]
        environment = {"MONGODB_URI": parts.mongodb_uri, "FIELD_KEY": str(masters)}
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def test_what_is_sealed_can_be_opened_and_nobody_reads_it_in_the_database(vault: Vault, database: Any) -> None:
    database["people"].insert_one({"phone": vault.seal("yueran", PHONE)})
    kept = database["people"].find_one()["phone"]
    assert PHONE.encode() not in kept
    assert vault.open(kept) == PHONE


def test_a_findable_value_is_sealed_alike_in_its_community_only_and_another_never(vault: Vault) -> None:
    assert vault.seal_findable("yueran", PHONE) == vault.seal_findable("yueran", PHONE)
    assert vault.seal_findable("yueran", PHONE) != vault.seal_findable("biguiyuan", PHONE)
    assert vault.seal("yueran", PHONE) != vault.seal("yueran", PHONE)


def test_two_processes_that_seal_first_share_one_data_key(vault: Vault, database: Any, masters: Path) -> None:
    other = Vault(database, masters)
    assert vault.seal_findable("yueran", PHONE) == other.seal_findable("yueran", PHONE)
    assert database["data_keys"].count_documents({}) == 1


def test_the_master_key_is_rotated_while_a_service_works_and_nothing_sealed_changes(
    vault: Vault, database: Any, masters: Path, operate: Any, tmp_path: Path
) -> None:
    sealed = {one: vault.seal_findable(one, PHONE) for one in ("yueran", "biguiyuan")}
    before = masters.read_text()
    assert operate("rotate-field-key").startswith("2 data keys")
    assert {key["masterKey"]["provider"] for key in database["data_keys"].find()} == {"local:k2"}
    assert masters.read_text().endswith(before)
    assert masters.stat().st_mode & 0o777 == 0o600

    assert [vault.open(one) for one in sealed.values()] == [PHONE, PHONE]
    assert vault.seal_findable("yueran", PHONE) == sealed["yueran"]
    assert vault.open(vault.seal("zhongxin", PHONE)) == PHONE

    only_new = tmp_path / "only-new"
    only_new.write_text(masters.read_text().splitlines()[0] + "\n")
    assert Vault(database, only_new).open(sealed["yueran"]) == PHONE


def test_with_a_communitys_data_key_what_it_sealed_is_lost_and_nothing_else(vault: Vault, operate: Any) -> None:
    lost, kept = vault.seal_findable("yueran", PHONE), vault.seal_findable("biguiyuan", PHONE)
    operate("destroy-data-key", "yueran")
    with pytest.raises(SealLost):
        vault.open(lost)
    assert vault.open(kept) == PHONE
    anew = vault.seal_findable("yueran", PHONE)
    assert vault.open(anew) == PHONE
    assert anew != lost


def test_a_database_that_is_away_is_told_as_such(masters: Path) -> None:
    nowhere = connect("mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=50", "test")
    with pytest.raises(ConnectionFailure):
        Vault(nowhere["lianfang_volunteers"], masters).seal("yueran", PHONE)


@pytest.mark.parametrize("text", ["", "1 short", "one " + "A" * 128, "1 " + "?" * 128])
def test_a_file_that_holds_no_master_key_is_told_at_once(database: Any, masters: Path, text: str) -> None:
    masters.write_text(text)
    with pytest.raises(ValueError, match=str(masters)):
        Vault(database, masters).prepare()


def test_a_service_with_sealed_fields_that_is_given_no_key_says_so_and_does_not_start(tmp_path: Path) -> None:
    (tmp_path / "keys.json").write_text("{}")
    told = {"AMQP_URI": "amqp://h", "MONGODB_URI": "mongodb://h", "PUBLIC_ORIGIN": "http://h"}
    environment = {**told, "TOKEN_PUBLIC_KEYS": str(tmp_path / "keys.json")}
    for more, said in (({}, "not set"), ({"FIELD_KEY": str(tmp_path / "keys.json")}, "96 bytes in base64")):
        command = [sys.executable, "-m", "services", "volunteers"]
        done = subprocess.run(command, cwd=ROOT, env=environment | more, capture_output=True, text=True, check=False)
        assert done.returncode != 0
        assert "FIELD_KEY" in done.stderr
        assert said in done.stderr
