"""The documents as a tree: links lead somewhere, both languages are there, decisions are dated, findings have their form."""

import os
import re
from pathlib import Path
from urllib.parse import unquote

import pytest
import yaml

from services.catalogue import service_names
from tests.stack import ROOT

BEING_WRITTEN: set[str] = set()
PAGES = [*ROOT.glob("*.md"), *sorted((ROOT / "docs").rglob("*.md")), ROOT / "findings/README.md"]
ADRS = sorted((ROOT / "docs/adr").glob("0*.md"))
FINDINGS = sorted((ROOT / "findings").glob("*.sh"))
SOURCES = [path for room in ("shared", "services", "deploy", "tests") for path in (ROOT / room).rglob("*.py")]
LONGEST_README, LONGEST_FINDING = 120, 60


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def links(page: Path) -> list[str]:
    text = re.sub(r"```.*?```|`[^`\n]*`", "", page.read_text(), flags=re.DOTALL)
    return re.findall(r"\]\((?![a-z]+://)([^)]+)\)", text) + re.findall(r'<img src="([^"]+)"', text)


def anchors(page: Path) -> set[str]:
    """As the heading's link is made: lower case, without punctuation, spaces as hyphens."""
    heads = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_within_the_project_leads_somewhere(page: Path) -> None:
    lost = []
    for link in links(page):
        place, _, anchor = unquote(link).partition("#")
        there = (page.parent / place).resolve() if place else page
        if name_of(there) in BEING_WRITTEN:
            continue
        if not there.exists() or (anchor and anchor not in anchors(there)):
            lost.append(link)
    assert lost == []


@pytest.mark.parametrize("page", sorted((ROOT / "docs/operate").iterdir()), ids=name_of)
def test_every_page_for_operators_is_there_in_both_languages(page: Path) -> None:
    subject, language, _ = page.name.split(".")
    other = page.with_name(f"{subject}.{'zh' if language == 'en' else 'en'}.md")
    assert other.exists()
    assert [depth(line) for line in heads(page)] == [depth(line) for line in heads(other)]


def test_both_readmes_lead_to_the_same_and_are_short() -> None:
    english, chinese = ROOT / "README.md", ROOT / "README.zh.md"
    assert all(len(one.read_text().splitlines()) < LONGEST_README for one in (english, chinese))
    assert len(heads(english)) == len(heads(chinese))
    assert set(links(english)) - {"README.zh.md"} - {same(link, "en") for link in links(chinese)} == set()


def same(link: str, language: str) -> str:
    return re.sub(r"\.zh\.md$", f".{language}.md", link)


def heads(page: Path) -> list[str]:
    return re.findall(r"^#+ .+$", re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL), re.MULTILINE)


def depth(head: str) -> int:
    return len(head) - len(head.lstrip("#"))


@pytest.mark.parametrize("adr", ADRS, ids=name_of)
def test_every_decision_has_a_number_a_date_a_status_and_its_row(adr: Path) -> None:
    title, date, status = re.match(
        r"# (\d+\. .+)\n\n- Date: (\d{4}-\d\d-\d\d)\n- Status: ((?:accepted|proposed|superseded).*)\n", adr.read_text()
    ).groups()
    number, _, name = title.partition(". ")
    assert int(number) == int(adr.name[:4])
    index = (ROOT / "docs/adr/README.md").read_text()
    assert f"| {number} | [{name}]({adr.name}) | {date} | {re.split('[,;]', status)[0]}" in index


def test_what_amends_a_decision_is_told_on_both_sides() -> None:
    told = {int(one.name[:4]): re.search(r"^- Status: (.+)$", one.read_text(), re.MULTILINE)[1] for one in ADRS}
    amends = {(new, int(old)) for new, status in told.items() for old in numbers(status, "; amends ")}
    amended = {(int(new), old) for old, status in told.items() for new in numbers(status, ", amended by ")}
    assert amends == amended


def numbers(status: str, after: str) -> list[str]:
    return re.findall(r"\[(\d+)\]", status.partition(after)[2])


@pytest.mark.parametrize("finding", FINDINGS, ids=name_of)
def test_every_finding_is_a_program_of_its_own_with_pinned_packages(finding: Path) -> None:
    text = finding.read_text()
    assert os.access(finding, os.X_OK)
    assert text.startswith("#!/bin/sh\n# ")
    assert len(text.splitlines()) < LONGEST_FINDING
    assert "mktemp -d" in text
    assert "set -eu" in text
    (installed,) = re.findall(r"pip\" install -q (.+?)(?: 2>.*)?\n", text)
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", package) for package in installed.split())
    assert re.search(r"^# Seen on \d{4}-\d\d-\d\d", text, re.MULTILINE)
    assert not re.search(r"\b(from|import) (shared|services|deploy|tests)\b", text)
    assert f"({finding.name})" in (ROOT / "findings/README.md").read_text()


def test_what_the_code_cites_of_the_documents_is_there() -> None:
    cited = {(name_of(one), doc) for one in SOURCES for doc in re.findall(r"\bdocs/[\w/-]+(?:\.\w+)?", one.read_text())}
    lost = [(where, doc) for where, doc in cited if not is_there(doc) and not where.startswith("tests/test_")]
    assert lost == []


def is_there(doc: str) -> bool:
    return (ROOT / doc).exists() or any((ROOT / doc).parent.glob(f"{Path(doc).name}-*"))


@pytest.mark.parametrize("service", service_names())
def test_every_service_stands_among_the_containers(service: str) -> None:
    assert re.search(rf"^\| `{service}`", (ROOT / "docs/architecture/containers.md").read_text(), re.MULTILINE)


def test_before_a_commit_runs_what_check_runs() -> None:
    (repo,) = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    check = re.search(r"^check:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(), re.MULTILINE)[1]
    assert repo["repo"] == "local"
    assert [hook["entry"] for hook in repo["hooks"]] == re.findall(
        r"^\t(?!@)(.+)$", check.replace("$(BIN)", ".venv/bin"), re.MULTILINE
    )


def test_the_licence_is_the_one_that_is_named() -> None:
    assert 'license = "Apache-2.0"' in (ROOT / "pyproject.toml").read_text()
    assert "Version 2.0, January 2004" in (ROOT / "LICENSE").read_text()
