"""What `make` does before anything runs: says at once what stands in its way, and installs what a purpose needs and no more."""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from deploy.local import packages, prepare, venv
from deploy.local.programs import NotReadyError
from deploy.local.say import Step
from deploy.local.wishes import Wishes, home_of

ROOT = Path(__file__).parents[2]
LOCKS = {
    "image": "requirements.lock",
    "run": "requirements-run.lock",
    "all": "requirements-dev.lock",
    "uv": "requirements-uv.lock",
}
SOURCES = """
:env:.index-url='https://mirror.example/simple'
global.cert='/etc/ssl/ours.pem'
global.extra-index-url='https://one.example/simple\\nhttps://two.example/simple'
global.index-url='https://elsewhere.example/simple'
global.find-links='/opt/wheels /opt/more'
install.timeout='90'
freeze.timeout='1'
global.require-virtualenv='true'
"""


def _pins(name: str) -> dict[str, frozenset[str]]:
    """The hashes of each pinned package."""
    blocks = re.split(r"^(?=\S+==)", (ROOT / name).read_text(), flags=re.MULTILINE)
    found = [(re.match(r"\S+==\S+", block), re.findall(r"--hash=(\S+)", block)) for block in blocks]
    return {pin[0]: frozenset(hashes) for pin, hashes in found if pin}


@pytest.mark.parametrize(("part", "whole"), [("image", "run"), ("run", "all"), ("uv", "all")])
def test_a_smaller_lock_pins_the_same_as_the_larger_one(part: str, whole: str) -> None:
    assert _pins(LOCKS[part]).items() <= _pins(LOCKS[whole]).items()


def test_running_needs_little_more_than_half_of_all_packages() -> None:
    assert len(_pins(LOCKS["run"])) < 0.6 * len(_pins(LOCKS["all"]))


# .venv: what is in it, and whether it is to be trusted


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with two locks and no .venv yet."""
    for name in ("run", "dev"):
        (tmp_path / f"requirements-{name}.lock").write_text(f"{name}==1\n")
    monkeypatch.setattr(venv, "RUNNING", tmp_path / "requirements-run.lock")
    monkeypatch.setattr(venv, "EVERYTHING", tmp_path / "requirements-dev.lock")
    _stand_in(tmp_path, monkeypatch)
    return tmp_path


def _stand_in(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(venv, "VENV", checkout / ".venv")
    monkeypatch.setattr(venv, "PYTHON", checkout / ".venv/bin/python")
    monkeypatch.setattr(venv, "STAMP", checkout / ".venv/installed.sha256")


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The locks that were installed, in their order."""
    done: list[str] = []
    monkeypatch.setattr(venv, "install", lambda lock, *_: done.append(lock.name))
    monkeypatch.setattr(venv, "IMPORT_SERVICES", "")
    return done


def test_a_run_installs_what_running_needs_and_a_test_the_rest_and_nothing_twice(
    place: Path, installed: list[str]
) -> None:
    for lock in (venv.RUNNING, venv.RUNNING, venv.EVERYTHING, venv.EVERYTHING, venv.RUNNING):
        venv.fill(lock, place / "log")
    assert installed == ["requirements-run.lock", "requirements-dev.lock"]


def test_another_lock_is_installed_into_the_same_environment(place: Path, installed: list[str]) -> None:
    venv.fill(venv.RUNNING, place / "log")
    (place / ".venv/kept").touch()
    venv.RUNNING.write_text("run==2\n")
    venv.fill(venv.RUNNING, place / "log")
    assert installed == ["requirements-run.lock"] * 2
    assert (place / ".venv/kept").exists()


def test_an_installation_that_was_broken_off_begins_anew(
    place: Path, installed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_off(*_: Any) -> None:
        (place / ".venv/half").touch()
        raise KeyboardInterrupt

    venv.fill(venv.RUNNING, place / "log")
    with monkeypatch.context() as broken:
        broken.setattr(venv, "install", break_off)
        with pytest.raises(KeyboardInterrupt):
            venv.fill(venv.EVERYTHING, place / "log")
    assert not venv.is_whole()
    venv.fill(venv.RUNNING, place / "log")
    assert not (place / ".venv/half").exists()


def test_a_python_that_merely_exists_is_no_environment(place: Path) -> None:
    venv.PYTHON.parent.mkdir(parents=True)
    venv.PYTHON.symlink_to(sys.executable)
    assert not venv.is_whole()


def test_debians_python_without_its_pip_is_told_even_where_a_stale_environment_lies(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    venv.PYTHON.parent.mkdir(parents=True)
    venv.PYTHON.symlink_to(sys.executable)
    monkeypatch.setattr(venv, "can_be_made", lambda: False)
    assert "python3-venv" in prepare.missing_packages("check")


def test_an_environment_that_was_moved_is_made_anew(
    place: Path, installed: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    venv.fill(venv.RUNNING, place / "log")
    assert venv.is_whole()
    (place / ".venv").rename(tmp_path / "elsewhere")
    (tmp_path / "moved").mkdir()
    (tmp_path / "elsewhere").rename(tmp_path / "moved/.venv")
    _stand_in(tmp_path / "moved", monkeypatch)
    assert venv.PYTHON.exists()
    assert not venv.is_whole()


def test_another_pythons_environment_is_made_anew(
    place: Path, installed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    venv.fill(venv.RUNNING, place / "log")
    monkeypatch.setattr(sys, "version", "3.99.0 (a later Python)")
    assert not venv.is_whole()


# uv, and pip where it cannot be had


def test_uv_looks_for_packages_where_pip_is_told_to() -> None:
    assert venv.like_pip(SOURCES) == {
        "UV_DEFAULT_INDEX": "https://mirror.example/simple",
        "UV_INDEX": "https://one.example/simple https://two.example/simple",
        "UV_FIND_LINKS": "/opt/wheels,/opt/more",
        "UV_HTTP_TIMEOUT": "90",
        "SSL_CERT_FILE": "/etc/ssl/ours.pem",
    }


@pytest.fixture
def program(tmp_path: Path) -> Callable[[str, str], Path]:
    """A program that notes what it was told, beside it, and then does as it is written."""

    def make(name: str, does: str) -> Path:
        made = tmp_path / name
        made.write_text(f'#!/bin/sh\necho "$@" >> {made}.told\n{does}\n')
        made.chmod(0o755)
        return made

    return make


def _install(pip: Path, place: Path) -> None:
    with Step("install") as step:
        venv.install(venv.RUNNING, [pip], place / "log", step)


def test_a_uv_that_is_there_installs_the_lock(
    place: Path, program: Callable[[str, str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    uv, pip = program("uv", 'test "$1" != --version || echo "uv 0.9.1 (of a distribution)"'), program("pip", "true")
    monkeypatch.setenv("PATH", str(place), prepend=os.pathsep)
    _install(pip, place)
    assert f"pip install --python {venv.PYTHON} --require-hashes -r {venv.RUNNING}" in Path(f"{uv}.told").read_text()
    assert Path(f"{pip}.told").read_text() == "config list\n"


@pytest.mark.parametrize("what_uv_does", ['echo "uv 0.9.1"; test "$1" = --version', "echo uv 0.4.30", "exit 1"])
def test_pip_installs_the_lock_where_uv_fails_is_too_old_or_cannot_be_had(
    place: Path, program: Callable[[str, str], Path], monkeypatch: pytest.MonkeyPatch, what_uv_does: str
) -> None:
    program("uv", what_uv_does)
    pip = program("pip", "true")
    monkeypatch.setenv("PATH", str(place), prepend=os.pathsep)
    _install(pip, place)
    assert f"--require-hashes -r {venv.RUNNING}" in Path(f"{pip}.told").read_text().splitlines()[-1]
    assert "uv does not install the Python packages, so pip does" in (place / "log").read_text()


# What stands in the way is said first


def test_a_taken_port_is_told_before_anything_is_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepare, "prepare", lambda *_: pytest.fail("it installs"))
    monkeypatch.setenv("LIANFANG_HOME", str(tmp_path))
    with socket.create_server(("127.0.0.1", 0)) as other:
        monkeypatch.setenv("LIANFANG_PORT", str(other.getsockname()[1]))
        with pytest.raises(NotReadyError, match=r"Port \d+ is in use by another program"):
            prepare.main("run")


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("DISTRICT", "1"),
        ("DISTRICT", "151"),
        ("DISTRICT", "twenty"),
        ("LIANFANG_PORT", "http"),
        ("LIANFANG_PORT", "65536"),
        ("LIANFANG_HOME", "/" + "a" * 79),
        ("TRUSTED_PROXIES", "10.0.0.0/40"),
    ],
)
def test_a_wish_that_cannot_be_met_is_named(name: str, told: str) -> None:
    with pytest.raises(NotReadyError, match=f"{name} .*{told[:10]}"):
        Wishes.of({name: told})


def test_without_wishes_it_is_as_the_makefile_says() -> None:
    assert Wishes.of({}) == Wishes(home_of({}), 8080, None, None, demo=True, size=None)


# Debian's packages


def test_an_administrator_is_told_a_command_that_starts_no_service(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepare.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(prepare.shutil, "which", {"apt-get": "/usr/bin/apt-get"}.get)
    with pytest.raises(NotReadyError) as told:
        prepare.installing(["nginx-light", "rabbitmq-server"])
    assert f"python3 {ROOT}/deploy/local/packages.py nginx-light rabbitmq-server\n" in str(told.value)
    assert "apt-get install" not in str(told.value)


@pytest.fixture
def apt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[list[str]]]:
    """What apt would have been told, each time with services forbidden to start."""
    told: list[list[str]] = []

    def run(command: list[str], **_: Any) -> "subprocess.CompletedProcess[str]":
        if command[0] == "apt-get":
            assert packages.POLICY.read_text() == packages.NOBODY_STARTS
            told.append([word for word in command[1:] if not word.startswith("-") and "::" not in word])
        return subprocess.CompletedProcess(command, 0, stdout="")

    monkeypatch.setattr(packages, "POLICY", tmp_path / "policy")
    monkeypatch.setattr(packages, "KEPT_POLICY", tmp_path / "kept")
    monkeypatch.setattr(packages.subprocess, "run", run)
    yield told
    assert not packages.POLICY.exists()


def test_what_pythons_packages_wait_for_comes_first_and_is_told(
    apt: list[list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    packages.install(["nginx-light", "python3-venv", "libcurl4"])
    assert apt == [["update"], ["install", "python3-venv"], ["install", "nginx-light", "libcurl4"]]
    assert packages.DONE.format("python3-venv") in capsys.readouterr().out.splitlines()


def test_debians_packages_and_pythons_are_installed_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each side waits for the other, so that neither comes to its end alone."""
    meet = tmp_path / "python-has-begun"
    waiting = f"import pathlib, time\nwhile not pathlib.Path({str(meet)!r}).exists(): time.sleep(0.01)"
    monkeypatch.setattr(prepare, "installing", lambda _: [sys.executable, "-c", waiting])
    monkeypatch.setattr(venv, "fill", lambda *_: meet.touch())
    prepare.install_all(["nginx-light"], venv.RUNNING, tmp_path / "log")


def test_pythons_packages_wait_for_python3_venv_and_not_for_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    meet = tmp_path / "python-has-begun"
    waiting = (
        f"import pathlib, time\nprint({packages.DONE.format('python3-venv')!r}, flush=True)\n"
        f"while not pathlib.Path({str(meet)!r}).exists(): time.sleep(0.01)"
    )
    monkeypatch.setattr(prepare, "installing", lambda _: [sys.executable, "-c", waiting])
    monkeypatch.setattr(venv, "fill", lambda *_: meet.touch())
    prepare.install_all(["python3-venv", "nginx-light"], venv.RUNNING, tmp_path / "log")


def test_a_failed_installation_of_debians_packages_is_told_and_pythons_do_not_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prepare, "installing", lambda _: [sys.executable, "-c", "raise SystemExit('no space left')"])
    monkeypatch.setattr(venv, "can_be_made", lambda: False)
    with pytest.raises(NotReadyError, match="no space left"):
        prepare.install_all(["python3-venv"], venv.RUNNING, tmp_path / "log")
