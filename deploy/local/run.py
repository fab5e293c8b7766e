"""The local run from its first step to its last: start everything in order, load the demo, stay, stop everything."""

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from types import FrameType

from deploy.demo.streets import invented
from deploy.instances import COMMUNITIES
from deploy.local.district import District, Stage
from deploy.local.lock import hold
from deploy.local.ports import answers
from deploy.local.programs import NotReadyError, Program, wait_until
from deploy.local.say import Step, line
from deploy.local.supervision import Supervisor
from deploy.local.wishes import Wishes, check_port

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StopAsked(BaseException):
    """Ctrl-C, `make stop` or a closed terminal."""


def run(wishes: Wishes) -> None:
    """Run until asked to stop. Raises NotReadyError after having stopped everything."""
    home = wishes.home
    os.umask(0o077)  # everything under `home` is its owner's alone
    with hold(home) as lock:
        check_port(wishes.port)
        size = _size(home, wishes.size)
        district = District(
            home, wishes.port, amqp_uri=wishes.amqp_uri, mongodb_uri=wishes.mongodb_uri, demo=wishes.demo,
            hosted=[one.slug for one in invented(size)], trusted=wishes.trusted,
        )  # fmt: skip
        stages = district.stages()
        supervisor = Supervisor(home, stages)
        for one in STOP_SIGNALS:
            signal.signal(one, _ask_to_stop)
        try:
            district.reach_given_parts()
            supervisor.start(lock)
            for stage in stages:
                _start(stage, supervisor, district.patience)
            sign_ins = _load_demo(district, home, size) if wishes.demo else {}
            _write_env(home, district.addresses() | {"DISTRICT": str(size)} | sign_ins)
            _announce(district, sign_ins)
            supervisor.wait()
            raise NotReadyError.of(supervisor.program, "stopped by itself, so everything stops")
        except StopAsked:
            line("")
        finally:
            for one in STOP_SIGNALS:
                signal.signal(one, signal.SIG_IGN)
            _stop(supervisor, district)


def _ask_to_stop(_number: int, _frame: FrameType | None) -> None:
    raise StopAsked


def _size(home: Path, asked: int | None) -> int:
    """How many communities there are: as many as asked for, else as many as before."""
    kept = home / "district"
    if asked is not None:
        kept.write_text(str(asked))
    return int(kept.read_text()) if kept.exists() else len(COMMUNITIES)


def _start(stage: Stage, supervisor: Supervisor, patience: float) -> None:
    for program, _ in stage.programs:
        supervisor.start_program(program.name)
    for program, is_ready in stage.programs:
        with Step(f"start {program.name}"):
            wait_until(is_ready, program, partial(supervisor.keeps_running, program.name), patience)


def _load_demo(district: District, home: Path, size: int) -> dict[str, str]:
    """Load the demo once, and again when there are more communities; its sign-ins, by the names they have in the env file."""
    sign_ins, loaded = home / "secrets/demo.json", home / "demo-loaded"
    if not loaded.exists() or int(loaded.read_text() or len(COMMUNITIES)) < size:
        command = (sys.executable, "-m", "deploy.demo", str(sign_ins), str(size))
        demo = Program("demo", command, home / "logs/demo.log")
        with Step("load the demo") as step, demo.log.open("w", buffering=1) as log:
            process = subprocess.Popen(
                demo.command, env=os.environ | district.addresses(), text=True,
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            )  # fmt: skip
            try:
                for progress in process.stdout or ():
                    log.write(progress)
                    step.note(progress.strip())
            finally:
                process.terminate()
            if process.wait() != 0:
                raise NotReadyError.of(demo, "failed")
        loaded.write_text(str(size))
    return dict(json.loads(sign_ins.read_text()))


def _write_env(home: Path, values: dict[str, str]) -> None:
    (home / "env").write_text("".join(f"{name}={shlex.quote(value)}\n" for name, value in values.items()))


def _announce(district: District, sign_ins: dict[str, str]) -> None:
    line(f"ready {district.base_url}")
    known = sign_ins or district.addresses()
    for name in (name.removesuffix("_USER") for name in known if name.endswith("_USER")):
        who = name.removeprefix("DEMO_").replace("_", " ").lower()
        line(f"  {who:<16} {known[f'{name}_USER']:<24} {known[f'{name}_PASSWORD']}")


def _stop(supervisor: Supervisor, district: District) -> None:
    if not supervisor.was_started():
        return
    with Step("stop everything"):
        supervisor.stop()
        while any(answers(port) for port in district.private_ports()):
            time.sleep(0.1)
