"""What is left of a person is found in every database of the district, and what could not be read is named."""

import io
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from bson import Binary
from gridfs import GridFSBucket

from deploy import remains
from deploy.instances import Instance, instances
from deploy.secrets import Secrets
from shared.crypto.field_encryption import Vault
from shared.crypto.sealed_boxes import Sealer
from shared.kernel.ids import now
from tests.stack import Stack

NAME, PHONE, TYPED = "陈安安", "+8619000000011", "190 0000 0011"
COMMUNITIES = ("yueran", "biguiyuan")
EVERYWHERE = instances(COMMUNITIES)


class Told(NamedTuple):
    code: int
    lines: list[str]

    @property
    def nothing_is_left(self) -> bool:
        return any(line.startswith("nothing is left") for line in self.lines)


class District:
    """The databases of a whole district with one harmless document each, and the keys of its instances."""

    def __init__(self, stack: Stack, secrets: Path) -> None:
        self.stack = stack
        self.prefix = stack.name
        self.secrets = secrets
        kept = Secrets(secrets)
        self.sealer = Sealer(kept.sealing_public_key)
        self.keys = {one.name: kept.field_key(one.name) for one in EVERYWHERE if one.has_vault}
        self.make_harmless()

    def make_harmless(self) -> None:
        """Takes away what a test put in."""
        own = {self.database(one).name for one in EVERYWHERE}
        with self.stack.client as client:
            for name in client.list_database_names():
                if name.startswith(self.prefix) and name not in own:
                    client.drop_database(name)
            for name in own:
                for collection in client[name].list_collection_names():
                    if collection != "things":
                        client[name].drop_collection(collection)
                client[name]["things"].delete_many({})
                client[name]["things"].insert_one({"says": "口罩"})
            client[f"{self.prefix}_accounts"]["communities"].insert_many([{"_id": one} for one in COMMUNITIES])

    def database(self, one: Instance) -> Any:
        return self.stack.database(one.service, one.community)

    def vault(self, service: str, community: str | None = None, keys: str | None = None) -> Vault:
        vault = Vault(self.stack.database(service, community), self.keys[keys or service])
        vault.prepare()
        return vault


@pytest.fixture(scope="module")
def whole(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> District:
    return District(stack, tmp_path_factory.mktemp("secrets"))


@pytest.fixture
def district(whole: District, monkeypatch: pytest.MonkeyPatch) -> Iterator[District]:
    monkeypatch.setenv("MONGODB_URI", whole.stack.parts.mongodb_uri)
    monkeypatch.setenv("DATABASE_PREFIX", whole.prefix)
    monkeypatch.setenv("SECRETS", str(whole.secrets))
    yield whole
    whole.make_harmless()


Look = Callable[..., Told]


@pytest.fixture
def look(district: District, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Look:
    def ask(*words: str, said: str = f"{NAME}\n{TYPED}\n") -> Told:
        monkeypatch.setattr(sys, "stdin", io.StringIO(said))
        code = remains.main(["--person", *words])
        return Told(code, capsys.readouterr().out.splitlines())

    return ask


def test_nothing_is_said_to_be_left_once_every_database_of_every_service_was_read(
    district: District, look: Look
) -> None:
    told = look()
    assert (told.code, told.nothing_is_left) == (0, True)
    read = {line.split(":")[0] for line in told.lines if line.endswith("documents read")}
    assert read == {district.database(one).name for one in EVERYWHERE}
    assert "backups" in told.lines[-1], "what no database tells is said, too"


@pytest.mark.parametrize("one", EVERYWHERE, ids=lambda one: f"{one.service}-{one.community or ''}")
def test_a_person_is_found_in_each_services_database(district: District, look: Look, one: Instance) -> None:
    database = district.database(one)
    database["someones"].insert_one({"rows": [{"who": {"display_name": f"{NAME}（3号楼）"}}]})
    told = look()
    assert (told.code, told.nothing_is_left) == (1, False)
    assert f"{database.name}.someones: rows.who.display_name in 1 places" in told.lines
    database["someones"].drop()
    assert look().code == 0


@pytest.mark.parametrize("one", [one for one in EVERYWHERE if one.has_vault], ids=lambda one: one.name)
def test_sealed_fields_are_opened_with_the_keys_of_their_instance(
    district: District, look: Look, one: Instance
) -> None:
    sealed = district.vault(one.service, one.community, one.name).seal_findable("yueran", PHONE)
    district.database(one)["someones"].insert_one({"phone": sealed})
    told = look()
    assert told.code == 1
    assert f"{district.database(one).name}.someones: phone in 1 places" in told.lines


def test_a_hosted_communitys_fields_are_opened_with_the_keys_of_its_host(district: District, look: Look) -> None:
    district.keys["grid-hosted-1"] = Secrets(district.secrets).field_key("grid-hosted-1")
    for service in ("grid", "shifts"):
        district.stack.database(service, "longwan")["things"].insert_one({})
    district.stack.database("accounts")["communities"].insert_one({"_id": "longwan"})
    sealed = district.vault("grid", "longwan", "grid-hosted-1").seal("longwan", NAME)
    district.stack.database("grid", "longwan")["someones"].insert_one({"name": sealed})
    assert look().code == 1


@pytest.mark.parametrize(
    "written",
    [
        PHONE,
        "19000000011",
        "190-0000-0011",
        "电话１９０ ００００ ００１１",
        19000000011,
        b'{"phone": "19000000011"}',
        {"19000000011": 1},
    ],
    ids=str,
)
def test_a_phone_is_found_however_it_was_written(district: District, look: Look, written: Any) -> None:
    district.stack.database("supplies")["pledges"].insert_one({"donor": written})
    assert look(said=TYPED).code == 1


def test_a_name_is_found_in_whatever_case_and_in_escaped_json(district: District, look: Look) -> None:
    district.stack.database("notify")["raw"].insert_one({"body": b'{"name": "\\u9648\\u5b89\\u5b89"}'})
    district.stack.database("rescue")["teams"].insert_one({"leader": "CHEN An-an"})
    told = look(said=f"{NAME}\nchen an-an")
    assert sum("places" in line for line in told.lines) == 2


def test_a_box_sealed_to_notify_is_opened_in_whichever_journal_it_waits(district: District, look: Look) -> None:
    box = district.sealer.seal({"address": PHONE})
    district.stack.database("accounts")["journal"].insert_one({"data": {"sealed": box}})
    told = look()
    assert told.code == 1
    assert f"{district.prefix}_accounts.journal: data.sealed in 1 places" in told.lines


def test_the_districts_log_of_what_it_received_is_read(district: District, look: Look) -> None:
    event = {"type": "volunteers.volunteer.approved.v1", "data": {"display_name": NAME}}
    district.stack.database("district")["received"].insert_one({"_id": 1, "event": event})
    told = look()
    assert (told.code, f"{district.prefix}_district.received: event.data.display_name in 1 places" in told.lines) == (
        1,
        True,
    )


def test_files_are_read_whole_across_their_pieces_and_by_name(district: District, look: Look) -> None:
    bucket = GridFSBucket(district.stack.database("volunteers"), "pictures", chunk_size_bytes=4)
    bucket.upload_from_stream("picture.jpg", f"Exif {NAME}".encode())
    bucket.upload_from_stream(NAME, b"")
    told = look()
    assert told.code == 1
    assert f"{district.prefix}_volunteers.pictures.chunks: data in 1 places" in told.lines
    assert f"{district.prefix}_volunteers.pictures.files: filename in 1 places" in told.lines


def test_pictures_are_read_and_that_nobody_can_tell_whom_they_show_is_said(district: District, look: Look) -> None:
    GridFSBucket(district.stack.database("rescue"), "pictures").upload_from_stream("picture.jpg", b"\xff\xd8 pixels")
    told = look()
    assert (told.code, told.nothing_is_left) == (0, True)
    assert "1 pictures were searched for words; whom they show no program can tell" in told.lines


def test_what_no_key_opens_is_named_and_nothing_is_said_to_be_gone(
    district: District, look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    district.stack.database("volunteers")["profiles"].insert_one({
        "phone": district.vault("volunteers").seal("yueran", "+8619000000099")
    })  # fmt: skip
    assert look().nothing_is_left
    monkeypatch.delenv("SECRETS")
    told = look()
    assert (told.code, told.nothing_is_left) == (2, False)
    assert (
        f"not read: {district.prefix}_volunteers.profiles: phone in 1 places, which no key in SECRETS opens"
        in told.lines
    )


def test_a_box_sealed_to_a_key_that_is_not_ours_is_named(district: District, look: Look, tmp_path: Path) -> None:
    foreign = Sealer(Secrets(tmp_path / "elsewhere").sealing_public_key).seal({"address": PHONE})
    district.stack.database("shifts", "yueran")["journal"].insert_one({"sealed": foreign})
    told = look()
    assert (told.code, told.nothing_is_left) == (2, False)
    assert any(line.startswith(f"not read: {district.prefix}_shifts_yueran.journal: sealed") for line in told.lines)


def test_what_was_sealed_with_a_destroyed_key_is_gone_for_good(district: District, look: Look) -> None:
    vault = district.vault("grid", "yueran", "grid-yueran")
    district.stack.database("grid", "yueran")["someones"].insert_one({"name": vault.seal("yueran", NAME)})
    assert look().code == 1
    vault.destroy("yueran")
    assert look().nothing_is_left


def test_a_communitys_database_that_stands_elsewhere_is_named(district: District, look: Look) -> None:
    district.stack.database("accounts")["communities"].insert_one({"_id": "longwan"})
    told = look()
    assert (told.code, told.nothing_is_left) == (2, False)
    assert f"not read: {district.prefix}_grid_longwan: there is no such database here" in told.lines
    assert (
        look("nowhere").lines.count(f"not read: {district.prefix}_shifts_nowhere: there is no such database here") == 1
    )


def test_a_database_of_no_service_that_we_know_is_read_like_any_other(district: District, look: Look) -> None:
    with district.stack.client as client:
        client[f"{district.prefix}_forgotten"]["people"].insert_one({"name": NAME})
    told = look()
    assert told.code == 1
    assert f"{district.prefix}_forgotten.people: name in 1 places" in told.lines


def test_a_sealed_value_of_a_foreign_kind_is_not_taken_for_nothing(district: District, look: Look) -> None:
    district.stack.database("supplies")["things"].insert_one({"odd": Binary(b"\x01" + bytes(60), 6)})
    assert look().code == 2


def test_the_report_counts_what_is_past_its_time_in_the_whole_districts_services_too(
    district: District, capsys: pytest.CaptureFixture[str]
) -> None:
    phones = district.stack.database("accounts")["phones"]
    phones.insert_one({"number": b"sealed", "idle": now() + timedelta(days=1)})
    assert remains.main(["yueran"]) == 0
    phones.insert_one({"number": b"other", "idle": now() - timedelta(days=1)})
    capsys.readouterr()
    assert remains.main(["yueran"]) == 1
    told = capsys.readouterr().out
    assert f"{district.prefix}_accounts.phones: 2 kept, 1 past their time" in told
    assert f"{district.prefix}_supplies: does not say what it holds of persons" in told
    assert "biguiyuan" not in told


def test_without_words_or_address_it_says_what_it_wants(
    district: District, look: Look, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        look(said="\n")
    assert "a name or a phone a line" in capsys.readouterr().err
    monkeypatch.delenv("MONGODB_URI")
    with pytest.raises(SystemExit):
        look()
    assert "MONGODB_URI says where" in capsys.readouterr().err
