"""The containers run the same district as the local run: every service on disk, told the same way, from one source."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import jwt
import pytest
import yaml

from deploy.containers import address, render
from deploy.definitions import broker_definitions
from deploy.instances import Instance, instances

ROOT = Path(__file__).parents[2]
COMPOSE_TEXT = (ROOT / "docker-compose.yml").read_text()
COMPOSE = yaml.safe_load(COMPOSE_TEXT)
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


def test_only_accounts_holds_the_key_that_signs() -> None:
    holders = {
        name for name, one in COMPOSE["services"].items() if any(v.startswith("keys:") for v in one.get("volumes", []))
    }
    assert holders == {"setup", "accounts"}


def test_who_has_a_vault_and_nobody_else_holds_its_master_keys() -> None:
    for instance in instances():
        volume = f"{instance.name}-fields:/district/{instance.name}-fields"
        holders = {name for name, one in COMPOSE["services"].items() if volume in one.get("volumes", [])}
        assert holders == ({"setup", instance.name} if instance.has_vault else set())


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
    render(folder, {user: f"{user}'s" for user in passwords_of("setup")})
    return folder


def test_the_set_up_renders_keys_that_fit_each_other_and_keeps_them(rendered: Path) -> None:
    before = (rendered / "keys/token-1.pem").read_text()
    token = jwt.encode({"aud": "district"}, before, algorithm="EdDSA", headers={"kid": "token-1"})
    keys = jwt.PyJWKSet.from_json((rendered / "public/public-keys.json").read_text())
    jwt.decode(token, keys["token-1"].key, algorithms=["EdDSA"], audience="district")
    render(rendered, dict.fromkeys(passwords_of("setup"), "changed"))
    assert (rendered / "keys/token-1.pem").read_text() == before


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
