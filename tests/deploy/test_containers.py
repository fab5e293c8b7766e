"""The containers run the same district as the local run: every service on disk, told the same way, from one source."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jwt
import pytest
import yaml

from deploy.containers import address, make_folders, render, volumes
from deploy.definitions import broker_definitions
from deploy.instances import Instance, instances
from deploy.local.district import District
from shared.crypto.sealed_boxes import Opener, Sealer, make_keys

ROOT = Path(__file__).parents[2]
COMPOSE_TEXT = (ROOT / "docker-compose.yml").read_text()
COMPOSE = yaml.safe_load(COMPOSE_TEXT)
DOCKERFILE = (ROOT / "deploy/Dockerfile").read_text()
EXAMPLE = dict(
    line.split("=", 1) for line in (ROOT / "deploy/example.env").read_text().splitlines() if re.match(r"[A-Z_]+=", line)
)


def passwords_of(service: str) -> dict[str, str]:
    return dict(pair.split("=", 1) for pair in COMPOSE["services"][service]["environment"]["AMQP_PASSWORDS"].split(","))


def test_the_compose_file_keeps_to_composes_schema() -> None:
    command = [
        sys.executable,
        "-m",
        "check_jsonschema",
        "--builtin-schema",
        "vendor.compose-spec",
        "docker-compose.yml",
    ]
    checked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize("instance", instances(), ids=lambda one: one.name)
def test_every_service_on_disk_has_its_container(instance: Instance) -> None:
    container = COMPOSE["services"][instance.name]
    assert container["command"] == [instance.service]
    assert container["environment"].get("COMMUNITIES") == instance.community
    assert list(passwords_of(instance.name)) == [instance.broker_user]


def test_no_container_stands_for_a_service_that_is_not_on_disk() -> None:
    ours = {name for name, one in COMPOSE["services"].items() if one.get("image") == "lianfang"}
    assert ours == {"setup", *(one.name for one in instances())}


def mounts_of(service: str) -> dict[str, str]:
    """The named volumes of a container, each with the folder it stands at."""
    told = [one.split(":") for one in COMPOSE["services"][service].get("volumes", [])]
    return {name: place for name, place, *_ in told if not name.startswith(".")}


def test_each_volume_that_setup_writes_is_mounted_by_its_readers_and_nobody_else() -> None:
    written = mounts_of("setup")
    assert set(written) == {one.name for one in volumes()}
    for volume in volumes():
        holders = {name for name in COMPOSE["services"] if volume.name in mounts_of(name)}
        assert holders == {"setup", *volume.readers}, volume.name


def test_the_image_has_a_folder_for_every_volume_that_setup_writes_owned_by_the_user_it_runs_as() -> None:
    user = re.search(r"^USER (\d+)$", DOCKERFILE, re.MULTILINE)[1]
    assert f"useradd --uid {user} " in DOCKERFILE
    before, after = DOCKERFILE.split(f"python -W ignore -m deploy.containers /district --make-for {user}\n")
    assert "\nUSER" not in before
    assert after.startswith(f"USER {user}\n")
    setup = COMPOSE["services"]["setup"]
    assert setup["entrypoint"] == ["python", "-m", "deploy.containers", "/district"]
    assert "user" not in setup
    assert mounts_of("setup") == {one.name: f"/district/{one.name}" for one in volumes()}


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Path]:
    """Setup's volumes as Docker makes them: as the image has them, and closed to setup's user where it has no folder."""
    make_folders(tmp_path / "district", os.getuid())
    for place in mounts_of("setup").values():
        folder = tmp_path / place.removeprefix("/")
        if not folder.exists():
            folder.mkdir(mode=0o555)
    (tmp_path / "district").chmod(0o555)
    yield tmp_path / "district"
    (tmp_path / "district").chmod(0o755)


def set_up(folder: Path, **more: str) -> "subprocess.CompletedProcess[str]":
    """Runs setup as a user without rights over what is not its own."""
    unprivileged = () if os.getuid() else ("setpriv", "--bounding-set", "-dac_override,-dac_read_search,-chown,-fowner")
    passwords = ",".join(f"{name}={name}" for name in passwords_of("setup"))
    return subprocess.run(
        [*unprivileged, sys.executable, "-W", "ignore", "-m", "deploy.containers", str(folder)],
        cwd=ROOT, env={**os.environ, "AMQP_PASSWORDS": passwords, **more}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_setup_writes_all_its_fresh_volumes_without_any_privilege(fresh: Path) -> None:
    done = set_up(fresh)
    assert done.returncode == 0, done.stderr
    assert all(any(folder.iterdir()) for folder in fresh.iterdir())


def test_setup_names_a_volume_that_it_may_not_write_and_the_command_that_gives_it(fresh: Path) -> None:
    (fresh / "sealing").chmod(0o555)
    done = set_up(fresh)
    assert done.returncode == 1
    assert "may not write the volumes sealing." in done.stderr
    assert "docker compose run" in done.stderr


def test_setup_tells_the_ingress_which_proxies_are_trusted_and_names_what_is_no_network(fresh: Path) -> None:
    assert set_up(fresh, TRUSTED_PROXIES=EXAMPLE["TRUSTED_PROXIES"]).returncode == 0
    assert f"set_real_ip_from {EXAMPLE['TRUSTED_PROXIES']};" in (fresh / "ingress/nginx.conf").read_text()
    wrong = set_up(fresh, TRUSTED_PROXIES="the-proxy")
    assert (wrong.returncode, "'the-proxy'" in wrong.stderr) == (1, True)
    assert "Traceback" not in wrong.stderr


def test_every_secret_stands_in_one_volume_only_and_no_private_key_elsewhere(rendered: Path) -> None:
    whole = {path.relative_to(rendered): path.read_text().strip() for path in rendered.rglob("*") if path.is_file()}
    private = {path: text for path, text in whole.items() if path.parts[0] not in {"public", "broker", "ingress"}}
    fields = {f"{one.name}-fields/fields" for one in instances() if one.has_vault}
    assert {str(path) for path in private} == {"keys/token-1.pem", "sealing/sealing.private", *fields}
    for path, secret in private.items():
        assert (rendered / path).stat().st_mode & 0o077 == 0, path
        assert [other for other, text in whole.items() if secret in text] == [path]


def test_who_is_told_which_password_in_containers() -> None:
    told = dict[str, set[str]]()
    for name, one in COMPOSE["services"].items():
        for password in re.findall(r"\$\{(\w+PASSWORD)", str(one.get("environment", ""))):
            told.setdefault(password, set()).add(name)
    assert told == {
        "ADMIN_BROKER_PASSWORD": {"setup"},
        "FIRST_OPERATOR_PASSWORD": {"accounts"},
        "GRAFANA_ADMIN_PASSWORD": {"grafana"},
        **{
            f"{user.upper()}_BROKER_PASSWORD": {"setup", *(one.name for one in instances() if one.broker_user == user)}
            for user in {one.broker_user for one in instances()}
        },
    }


def test_who_is_told_which_secret_in_the_local_run(tmp_path: Path) -> None:
    district = District(tmp_path, 8080, amqp_uri=None, mongodb_uri=None, demo=False, hosted=())
    programs = {program.name: program for stage in district.stages() for program, _ in stage.programs}
    secrets = {path: path.read_text().strip() for path in (tmp_path / "secrets").iterdir() if path.suffix != ".public"}
    told = {
        path.name: {
            name
            for name, program in programs.items()
            if any(said in value for value in program.environment.values() for said in (str(path), secret))
        }
        for path, secret in secrets.items()
        if path.name != "public-keys.json"
    }
    assert told == {
        "token-1.pem": {"accounts"},
        "sealing.private": {"notify"},
        "first-operator.password": {"accounts"},
        "admin.password": set(),
        **{
            f"{user}.password": {one.name for one in instances() if one.broker_user == user}
            for user in {one.broker_user for one in instances()}
        },
        **{f"{one.name}.fields": {one.name} for one in instances() if one.has_vault},
    }


def test_every_broker_user_is_told_to_the_set_up_and_each_service_has_the_same_password() -> None:
    told = passwords_of("setup")
    assert set(told) == {user["name"] for user in broker_definitions(lambda name: name)["users"]}
    for instance in instances():
        assert passwords_of(instance.name).items() <= told.items()


def test_the_example_env_names_all_that_the_compose_file_asks_for() -> None:
    asked = set(re.findall(r"\$\{(\w+)", COMPOSE_TEXT))
    assert asked == set(EXAMPLE)


def test_the_example_env_is_filled_by_the_command_it_names() -> None:
    command = next(line for line in (ROOT / "deploy/example.env").read_text().splitlines() if "awk" in line)
    filled = subprocess.run(
        ["sh", "-c", command.removeprefix("#").partition(">")[0]], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    values = re.findall(r"^[A-Z_]+=(.*)$", filled, re.MULTILINE)
    assert len(values) == len(EXAMPLE)
    assert all(values)
    assert len(set(values)) == len(values)


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("district")
    make_folders(folder, os.getuid())
    render(folder, {user: f"{user}'s" for user in passwords_of("setup")})
    return folder


def test_the_set_up_renders_keys_that_fit_each_other_and_keeps_them(rendered: Path) -> None:
    before = (rendered / "keys/token-1.pem").read_text()
    token = jwt.encode({"aud": "district"}, before, algorithm="EdDSA", headers={"kid": "token-1"})
    keys = jwt.PyJWKSet.from_json((rendered / "public/public-keys.json").read_text())
    jwt.decode(token, keys["token-1"].key, algorithms=["EdDSA"], audience="district")
    render(rendered, dict.fromkeys(passwords_of("setup"), "changed"))
    assert (rendered / "keys/token-1.pem").read_text() == before


def test_a_copy_of_notifys_key_that_an_earlier_set_up_left_with_accounts_is_taken_away(tmp_path: Path) -> None:
    make_folders(tmp_path, os.getuid())
    (tmp_path / "keys/sealing.private").write_text(private := make_keys()[0])
    render(tmp_path, dict.fromkeys(passwords_of("setup"), "x"))
    assert (tmp_path / "sealing/sealing.private").read_text() == private
    assert not (tmp_path / "keys/sealing.private").exists()


def test_the_set_up_renders_keys_of_notify_that_fit_each_other(rendered: Path) -> None:
    sealed = Sealer(rendered / "public/sealing.public").seal({"code": "1"})
    assert Opener(rendered / "sealing/sealing.private").open(sealed) == {"code": "1"}


def test_the_set_up_renders_the_brokers_definitions_and_the_ingress(rendered: Path) -> None:
    definitions: dict[str, Any] = json.loads((rendered / "broker/definitions.json").read_text())
    assert {queue["name"] for queue in definitions["queues"]}
    conf = (rendered / "ingress/nginx.conf").read_text()
    for instance in instances():
        assert f"location ^~ {instance.url_prefix}/ {{ set $door {address(instance)};" in conf


def test_prometheus_asks_every_process() -> None:
    jobs = yaml.safe_load((ROOT / "deploy/prometheus/prometheus.yml").read_text())["scrape_configs"]
    targets = [
        (job["job_name"], target) for job in jobs for group in job["static_configs"] for target in group["targets"]
    ]
    assert sorted(targets) == sorted(
        [*((one.service, address(one)) for one in instances()), ("rabbitmq", "rabbitmq:15692")]
    )
