"""The locked Python packages in .venv, installed by uv; by pip where uv cannot be had or fails.

It runs on the machine's own Python before .venv exists, so it stands on the standard library alone.
"""

import ast
import contextlib
import fcntl
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from deploy.local.commands import run
from deploy.local.programs import NotReadyError
from deploy.local.say import Step

ROOT = Path(__file__).resolve().parents[2]
VENV = (ROOT / ".venv").resolve()
PYTHON = VENV / "bin/python"
STAMP = VENV / "installed.sha256"  # there only while an installation is whole
RUNNING, EVERYTHING, UV = (ROOT / f"requirements-{what}.lock" for what in ("run", "dev", "uv"))
OLDEST_UV = (0, 5)
# How uv calls what pip is told on this machine: where packages come from and how these places are reached.
LIKE_PIP = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "no-index": "UV_NO_INDEX",
    "trusted-host": "UV_INSECURE_HOST",
    "cert": "SSL_CERT_FILE",
    "client-cert": "SSL_CLIENT_CERT",
    "proxy": "ALL_PROXY",
    "default-timeout": "UV_HTTP_TIMEOUT",
    "timeout": "UV_HTTP_TIMEOUT",
}
IMPORT_SERVICES = "from services.catalogue import *; [service_class(name) for name in service_names()]"


def is_whole() -> bool:
    """Whether .venv was made here by this very Python, and an installation in it came to its end."""
    if not (STAMP.exists() and PYTHON.exists()):
        return False
    # A folder that was moved still has a Python that runs, but its other programs look for it where it was.
    if f" {VENV}\n" not in (VENV / "pyvenv.cfg").read_text():
        return False
    command = (PYTHON, "-c", "import sys; print(sys.version)")
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    return told.stdout.strip() == sys.version


def can_be_made() -> bool:
    """Whether this Python carries a pip for the environments it makes; Debian's does not without python3-venv."""
    importlib.invalidate_caches()
    return importlib.util.find_spec("ensurepip") is not None


def fill(lock: Path, log: Path) -> None:
    """Install all that `lock` names, as far as it is missing. Raises NotReadyError."""
    with EVERYTHING.open() as one_at_a_time:
        fcntl.flock(one_at_a_time, fcntl.LOCK_EX)
        is_ours = is_whole()
        # Whoever has everything has what running needs.
        if is_ours and STAMP.read_text() in {_digest(lock), _digest(EVERYTHING)}:
            return
        if not is_ours:
            with Step("make .venv"):
                run([sys.executable, "-m", "venv", "--without-pip", "--clear", VENV], log)
        STAMP.unlink(missing_ok=True)
        with Step("install Python packages") as step, _pip(log) as pip:
            install(lock, pip, log, step)
            STAMP.write_text(_digest(lock))
            with contextlib.suppress(NotReadyError):
                # Compiles what services import, which each would otherwise do beside all others when they first start.
                run([PYTHON, "-W", "ignore", "-c", IMPORT_SERVICES], log)


def _digest(lock: Path) -> str:
    return hashlib.sha256(lock.read_bytes() + sys.version.encode()).hexdigest()


@contextlib.contextmanager
def _pip(log: Path) -> Iterator[Sequence[str | Path]]:
    """Python's own pip, unpacked for this one time: as a part of .venv it would take longer than all it is to do."""
    carried = importlib.util.find_spec("ensurepip")
    bundled = Path(carried.origin or "").with_name("_bundled") if carried else ROOT
    wheels = sorted(Path(sysconfig.get_config_var("WHEEL_PKG_DIR") or bundled).glob("pip-*.whl"))
    if not wheels:
        run([PYTHON, "-m", "ensurepip"], log)
        yield [PYTHON, "-m", "pip"]
        return
    with tempfile.TemporaryDirectory() as folder:
        zipfile.ZipFile(wheels[-1]).extractall(folder)
        yield [PYTHON, f"{folder}/pip"]


def install(lock: Path, pip: Sequence[str | Path], log: Path, step: Step) -> None:
    total = sum(not written.startswith((" ", "#")) for written in lock.read_text().splitlines())
    step.note(f"{total} with uv")
    by_pip = [*pip, "install", "--disable-pip-version-check", "--no-compile", "--require-hashes"]
    try:
        command = [_uv(by_pip, log), "pip", "install", "--python", PYTHON, "--require-hashes", "-r", lock]
        run(command, log, environment=_uv_environment(pip) | os.environ)
    except (NotReadyError, OSError) as fault:
        with log.open("a") as written:
            written.write(f"uv does not install the Python packages, so pip does: {str(fault).partition(';')[0]}\n")
        run([*by_pip, "-r", lock], log, lambda output: _pip_progress(output, step, total))


def _uv(by_pip: Sequence[str | Path], log: Path) -> str | Path:
    """The uv that is there if it is not too old, else the locked one, which pip brings into .venv."""
    for known in (VENV / "bin/uv", shutil.which("uv")):
        if known and _version(known) >= OLDEST_UV:
            return known
    run([*by_pip, "-r", UV], log)
    return VENV / "bin/uv"


def _version(uv: str | Path) -> tuple[int, ...]:
    try:
        told = subprocess.run([uv, "--version"], capture_output=True, text=True, check=False).stdout
    except OSError:
        return ()
    found = re.match(r"uv (\d+)\.(\d+)", told)
    return tuple(int(number) for number in found.groups()) if found else ()


def _uv_environment(pip: Sequence[str | Path]) -> dict[str, str]:
    """What uv is to know besides its own settings: in the environment, since an index's address may hold a password."""
    listed = subprocess.run([*pip, "config", "list"], capture_output=True, text=True, check=False).stdout
    # The lock says by its hashes what is taken, so it may be taken, as pip does, from wherever it is.
    return like_pip(listed) | {"UV_INDEX_STRATEGY": "unsafe-best-match"}


def like_pip(listed: str) -> dict[str, str]:
    """Read `pip config list`: lines such as global.index-url='…', of which the later sections here go before the others."""
    told: dict[str, str] = {}
    for section in ("global", "install", ":env:"):
        for name, value in re.findall(rf"^{section}\.(\S+?)=('.*'|\".*\")$", listed, re.MULTILINE):
            if name in LIKE_PIP:
                several = ast.literal_eval(value).split()
                told[LIKE_PIP[name]] = ("," if name == "find-links" else " ").join(several)
    return told


def _pip_progress(output: Iterator[str], step: Step, total: int) -> None:
    seen = 0
    for written in output:
        seen += written.startswith(("Collecting", "Processing", "Requirement already"))
        step.note(f"{min(seen, total)} of {total} with pip")
