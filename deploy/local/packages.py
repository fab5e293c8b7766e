"""Debian's packages, installed as root so that none of their system services is started or stays enabled.

Run as a program of its own, because only this part of the set-up needs root: packages.py PACKAGE...
It stands on the standard library alone and reports apt's progress in percent on its standard output, and what is there.
"""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

POLICY = Path("/usr/sbin/policy-rc.d")
KEPT_POLICY = Path("/usr/sbin/policy-rc.d.before-lianfang")
NOBODY_STARTS = "#!/bin/sh\nexit 101\n"  # invoke-rc.d's code for "forbidden by policy"

DONE = "there: {}"
FIRST = "python3-venv"  # what Python's packages wait for, which are installed at the same time

# The units that come with what we install or what it needs.
UNITS = {
    "rabbitmq-server": ("rabbitmq-server.service",),
    "erlang-base": ("epmd.socket", "epmd.service"),
    "nginx-common": ("nginx.service",),
    "prometheus": ("prometheus.service",),
}


def install(packages: list[str]) -> None:
    """Install; CalledProcessError when apt fails."""
    before = _installed()
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    apt = ("apt-get", "-q", "-y", "-o", "DPkg::Lock::Timeout=120", "-o", "APT::Status-Fd=1")
    with _no_service_starts():
        subprocess.run([*apt, "update"], check=True, env=environment)
        for some in ([one for one in packages if one == FIRST], [one for one in packages if one != FIRST]):
            if some:
                subprocess.run([*apt, "install", "--no-install-recommends", *some], check=True, env=environment)
                print(DONE.format(" ".join(some)), flush=True)
        for package in UNITS.keys() & (_installed() - before):
            _disable(package, UNITS[package])


def _installed() -> set[str]:
    listing = subprocess.run(
        ["dpkg-query", "-W", "-f", "${db:Status-Abbrev} ${Package}\n"], check=True, capture_output=True, text=True
    )
    return {line.split()[1] for line in listing.stdout.splitlines() if line.startswith("ii")}


@contextlib.contextmanager
def _no_service_starts() -> Iterator[None]:
    if POLICY.exists():
        POLICY.replace(KEPT_POLICY)
    POLICY.write_text(NOBODY_STARTS)
    POLICY.chmod(0o755)
    try:
        yield
    finally:
        if KEPT_POLICY.exists():
            KEPT_POLICY.replace(POLICY)
        else:
            POLICY.unlink()


def _disable(package: str, units: tuple[str, ...]) -> None:
    """Disable what a package enabled at its installation, under systemd (there or not) and under System V init."""
    as_the_package = os.environ | {"DPKG_MAINTSCRIPT_PACKAGE": package}
    subprocess.run(["deb-systemd-helper", "disable", *units], check=True, env=as_the_package)
    for name in {unit.split(".")[0] for unit in units}:
        if Path("/etc/init.d", name).exists():
            subprocess.run(["update-rc.d", name, "disable"], check=True)


if __name__ == "__main__":
    install(sys.argv[1:])
