"""Whatever is missing on this machine for a purpose: Debian's packages, and the locked Python packages in .venv.

It runs on the machine's own Python before .venv exists, so it stands on the standard library alone.
"""

import ctypes.util
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

from deploy.local import packages, venv
from deploy.local.commands import run
from deploy.local.programs import NotReadyError
from deploy.local.say import Step, line
from deploy.local.wishes import Wishes, check, home_of

OLDEST_PYTHON = (3, 11)
TEST_PROGRAMS = {"chromium-headless-shell": "chromium-headless-shell", "prometheus": "promtool"}  # by package


def prepare(purpose: str, log: Path) -> None:
    """`purpose` is run, test, check (the code) or backup. Raises NotReadyError; the programs' output goes to `log`."""
    if sys.version_info < OLDEST_PYTHON:
        raise NotReadyError(f"Python 3.11 or newer is needed as python3; this is {sys.version.split()[0]}.")
    log.parent.mkdir(parents=True, exist_ok=True)
    lock = venv.RUNNING if purpose in {"run", "backup"} else venv.EVERYTHING
    if missing := missing_packages(purpose):
        install_all(missing, lock, log)
        if still := missing_packages(purpose):
            raise NotReadyError(f"{' '.join(still)} was installed but is not found on the PATH; see {log}.")
    else:
        venv.fill(lock, log)


def missing_packages(purpose: str) -> list[str]:
    """Return the Debian packages whose work nothing on this machine does yet."""
    search = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    has_mongod = shutil.which("mongod", path=search) or ctypes.util.find_library("curl") == "libcurl.so.4"
    found: dict[str, object] = {packages.FIRST: venv.is_whole() or venv.can_be_made()}
    if purpose in {"run", "test"}:
        found |= {"nginx-light": shutil.which("nginx", path=search), "libcurl4": has_mongod}
        found |= {"rabbitmq-server": Path("/usr/lib/rabbitmq/bin/rabbitmq-server").exists()}
        found |= {"fonts-wqy-microhei": Path("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc").exists()}
    if purpose == "run":
        found |= {"rabbitmq-server": found["rabbitmq-server"] or os.environ.get("AMQP_URI")}
        found |= {"libcurl4": found["libcurl4"] or os.environ.get("MONGODB_URI")}
    if purpose == "test":
        found |= {package: shutil.which(program, path=search) for package, program in TEST_PROGRAMS.items()}
    return [package for package, present in found.items() if not present]


def install_all(missing: list[str], lock: Path, log: Path) -> None:
    """Debian's packages and Python's at once: one waits for the disk while the other waits for the network."""
    command = installing(missing)
    line(f"Debian's packages that are missing: {' '.join(missing)}")
    can_make_venv = Event()
    if packages.FIRST not in missing:
        can_make_venv.set()

    def install_debians() -> None:
        try:
            with Step(f"install {len(missing)} of Debian's packages") as step:
                run(command, log, lambda output: _apt_progress(output, step, can_make_venv))
        finally:
            can_make_venv.set()

    def install_pythons() -> None:
        can_make_venv.wait()
        if packages.FIRST not in missing or venv.can_be_made():  # else Debian's installation has failed, and says so
            venv.fill(lock, log)

    with ThreadPoolExecutor() as both:
        for done in [both.submit(install_debians), both.submit(install_pythons)]:
            done.result()


def installing(missing: list[str]) -> list[str]:
    """The command that installs them and starts none of their services. Raises NotReadyError."""
    names = " ".join(missing)
    in_containers = "or run the district in containers: docker compose up."
    if not shutil.which("apt-get"):
        raise NotReadyError(f"Please install what Debian calls {names}, {in_containers}")
    command = [sys.executable, str(Path(__file__).with_name("packages.py")), *missing]
    if os.geteuid() == 0:
        return command
    if not _may_become_root():
        raise NotReadyError(
            f"{names} must be installed. Please have an administrator run, as root, what installs them and leaves their "
            f"services off:\n  {shlex.join(['python3', *command[1:]])}\n{in_containers}"
        )
    return ["sudo", *command]


def _may_become_root() -> bool:
    """Tell whether sudo is there and works, asking for the password on the terminal where one is needed."""
    if not shutil.which("sudo"):
        return False
    if subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0:
        return True
    if not sys.stdin.isatty():
        return False
    line("Debian packages are missing; installing them needs your password for sudo.")
    return subprocess.run(["sudo", "-v"], check=False).returncode == 0


def _apt_progress(output: Iterator[str], step: Step, can_make_venv: Event) -> None:
    for written in output:
        kind, *rest = written.strip().split(":")
        if kind in {"dlstatus", "pmstatus"}:
            step.note(f"{'download' if kind == 'dlstatus' else 'unpack'} {float(rest[1]):.0f} %")
        if written.strip() == packages.DONE.format(packages.FIRST):
            can_make_venv.set()


def main(purpose: str) -> None:
    if purpose == "run":
        check(Wishes.of(os.environ))
    prepare(purpose, home_of(os.environ) / "logs/prepare.log")


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except NotReadyError as fault:
        line(str(fault))
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
