"""Sealed boxes: only the holder of the private key opens them, and an old key still does after a new one."""

from pathlib import Path

import pytest

from shared.crypto.sealed_boxes import CannotOpen, Opener, Sealer, make_keys

ADDRESS = {"phone": "+8613800138000", "lang": "zh"}


def keys_in(folder: Path, name: str) -> tuple[Path, Path]:
    private, public = make_keys()
    (folder / f"{name}.private").write_text(private)
    (folder / f"{name}.public").write_text(public)
    return folder / f"{name}.private", folder / f"{name}.public"


def test_what_is_sealed_tells_nothing_and_opens_with_its_key(tmp_path: Path) -> None:
    private, public = keys_in(tmp_path, "one")
    sealed = Sealer(public).seal(ADDRESS)
    assert "13800138000" not in sealed
    assert sealed != Sealer(public).seal(ADDRESS), "two seals of one address must not look alike"
    assert Opener(private).open(sealed) == ADDRESS


def test_another_key_does_not_open_it_and_a_changed_box_neither(tmp_path: Path) -> None:
    private, public = keys_in(tmp_path, "one")
    stranger, _ = keys_in(tmp_path, "two")
    sealed = Sealer(public).seal(ADDRESS)
    changed = sealed[:-4] + ("AAA=" if sealed[-4:] != "AAA=" else "BBB=")
    for opener, box in ((Opener(stranger), sealed), (Opener(private), changed), (Opener(private), "nothing")):
        with pytest.raises(CannotOpen):
            opener.open(box)


def test_an_older_key_kept_in_the_file_still_opens(tmp_path: Path) -> None:
    old, public = keys_in(tmp_path, "old")
    new, _ = keys_in(tmp_path, "new")
    sealed = Sealer(public).seal(ADDRESS)
    new.write_text(f"{new.read_text()}\n{old.read_text()}\n")
    assert Opener(new).open(sealed) == ADDRESS
