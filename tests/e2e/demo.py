"""The demo day as a test sees it: loaded through the ingress, in the long suite whole and twice, and asked by its people."""

import json
import os
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import requests

from deploy.instances import instances
from tests.lengths import by_length
from tests.stack import ROOT, Stack

LOADER = by_length("tests.e2e.few_residents", "deploy.demo")

OPERATOR = {"FIRST_OPERATOR_USER": "operator", "FIRST_OPERATOR_PASSWORD": "plum-teapot-lantern"}
ROLES = {
    "OPERATOR": "operator", "DISTRICT": "officer", "STAFF": "staff", "STAFF_B": "staff", "CAPTAIN": "captain",
    "VOLUNTEER": "volunteer", "DONOR": "donor", "RESCUE": "rescuer",
}  # fmt: skip
BY_THEMSELVES = (
    "gap-opened",
    "gap-closed",
    "checked-in",
    "right-granted",
    "cover",
    "reminder-due",
    "published",
    "progressed",
)


@dataclass
class Demo:
    """The district at `url`; `made` is what each run of the demo left in the journals, by event type."""

    url: str
    sign_ins_file: Path
    made: list[Counter[str]]

    @cached_property
    def sign_ins(self) -> dict[str, str]:
        return dict(json.loads(self.sign_ins_file.read_text()))

    @cached_property
    def people(self) -> dict[str, requests.Session]:
        """Those who sign in as DEMO_<name>, signed in."""
        return {name: self._sign_in(name) for name in ROLES}

    def get(self, name: str, path: str) -> Any:
        """What they see there."""
        answer = self.people[name].get(self.url + path, timeout=20)
        assert answer.ok, answer.text
        return answer.json()

    def _sign_in(self, name: str) -> requests.Session:
        user, password = (self.sign_ins[f"DEMO_{name}_{what}"] for what in ("USER", "PASSWORD"))
        answer = requests.post(f"{self.url}/accounts/tokens", json={"user": user, "password": password}, timeout=20)
        session = requests.Session()
        session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        return session


def made_by_a_run(stack: Stack, url: str, sign_ins: Path) -> Counter[str]:
    """Run it, and count the events of all journals but those that come by themselves: with time or with other events."""
    environment = {**os.environ, **OPERATOR, "BASE_URL": url}
    command = [sys.executable, "-m", LOADER, str(sign_ins)]
    run = subprocess.run(command, cwd=ROOT, env=environment, check=False, capture_output=True, text=True, timeout=600)
    assert run.returncode == 0, run.stdout + run.stderr
    journals = [stack.database(one.service, one.community)["journal"] for one in instances()]
    said = Counter(entry["type"] for journal in journals for entry in journal.find({}, {"type": 1}))
    return Counter({type_: count for type_, count in said.items() if not {*type_.split(".")} & {*BY_THEMSELVES}})
