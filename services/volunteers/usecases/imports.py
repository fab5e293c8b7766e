"""Taking people in from a file: looked through first, decided by staff, then brought in by a job; and taking them out again."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, Literal

import orjson

from services.volunteers.domain import imports as domain
from services.volunteers.domain.imports import Candidate, Import, Judged, Line, Particulars
from services.volunteers.domain.profiles import Profile
from services.volunteers.domain.teams import Team
from services.volunteers.domain.volunteers import Applied, Reachable, Volunteer
from services.volunteers.store import VolunteersStore
from services.volunteers.usecases import applications, profiles, teams
from shared.crypto.field_encryption import SealLost
from shared.events.contracts import registry
from shared.i18n.text import Text
from shared.jobs import long_jobs
from shared.jobs.long_jobs import Job
from shared.kernel.command import Command
from shared.kernel.cooperative import yielding
from shared.kernel.ids import new_id
from shared.persistence.store import converter

KIND = "volunteers-import"
AT_ONCE = 40  # people in one step: a few tenths of a second, between which everybody else is served
NO_SUCH_TEAM = Text(
    "本社区没有“{team}”这支志愿队，请先建队或改名。",
    "There is no team “{team}” here; found it first, or mend the name.",
)

publish = registry.publisher({**applications.publish.types, **profiles.publish.types})


def look_through(store: VolunteersStore, act: Command, community: str, file: str, lines: Sequence[Line]) -> Import:
    """Keeps the rows with their verdicts; nobody is taken in yet."""
    known = {team.name for team in store.teams(community)}
    lines = [_with_teams_checked(line, known) for line in lines]
    phones = {line.number: store.vault.seal_findable(community, line.phone) for line in yielding(lines) if line.phone}
    candidates = [_candidate(line, phones.get(line.number)) for line in lines]
    judged = domain.judge(candidates, store.owners_of(community, phones.values()), store.people(community))
    rows = [
        _row(store, act, community, line, phones.get(line.number), verdict)
        for line, verdict in yielding(list(zip(lines, judged, strict=True)))
    ]
    store.keep_rows(rows)
    verdicts = Counter(one.verdict for one in judged)
    made = Import(
        act.id, community, act.actor or "", act.at, file, verdicts["good"], verdicts["faulty"], verdicts["duplicate"],
        alike=sum(one.twin is not None and one.twin.by == "name" for one in judged),
    )  # fmt: skip

    def do(tx: VolunteersStore) -> Import:
        tx.save(made)
        return made

    return store.transaction(act, do)


def confirm(
    store: VolunteersStore, act: Command, community: str, import_id: str, *,
    standing: Literal["applied", "approved"], alike_too: bool,
) -> Import:  # fmt: skip
    """The job begins, once however often this is said. Raises ImportDecided, NobodyNew."""

    def do(tx: VolunteersStore) -> Import:
        decided = tx.import_of(community, import_id)
        if decided.confirm(standing, alike_too=alike_too):
            tx.save(decided)
            long_jobs.begin(tx, KIND, decided.id, total=decided.total, task={"after": 0}, community=community)
        return decided

    return store.transaction(act, do)


def cancel(store: VolunteersStore, act: Command, community: str, import_id: str) -> Import:
    """Before it is confirmed nobody comes in; later whoever is in stays. Raises ImportDecided, NotAtWork."""

    def do(tx: VolunteersStore) -> Import:
        found = tx.import_of(community, import_id)
        if found.state == "confirmed":
            long_jobs.cancel(tx, long_jobs.job_of(tx, import_id, KIND, community))
        else:
            found.discard()
            tx.save(found)
        return found

    return store.transaction(act, do)


def job_of(store: VolunteersStore, found: Import) -> Job | None:
    """None before it is confirmed."""
    if found.state != "confirmed":
        return None
    return long_jobs.job_of(store, found.id, KIND, found.community)


def bring_in(tx: VolunteersStore, job: Job) -> None:
    """A step of the job: the next people, those left out who came by another way meanwhile."""
    found = tx.load(Import, job.id)
    community = found.community
    tx.import_alone(community)
    rows = tx.import_rows(found.id, ["good"], job.task["after"], AT_ONCE, alike_too=found.alike_too)
    if not rows:  # a job that lay for a week: the rows have expired
        job.done = job.total
        return
    candidates = [Candidate(row["number"], row["name"], row["home"], bytes(row["phone"])) for row in rows]
    owners = tx.owners_of(community, [row["phone"] for row in rows])
    people = {} if found.alike_too else tx.people(community, [row["name"] for row in rows])
    judged = domain.judge(candidates, owners, people, alike_too=found.alike_too)
    new = [row for row, verdict in zip(rows, judged, strict=True) if verdict.verdict == "good"]
    _take_in(tx, community, new, found.standing)
    tx.refuse_rows({
        row["_id"]: converter.unstructure(verdict.twin) for row, verdict in zip(rows, judged, strict=True) if verdict.twin
    })  # fmt: skip
    job.task["after"] = rows[-1]["number"]
    job.done = min(job.total, job.done + len(rows))
    job.faults += len(rows) - len(new)
    job.result["imported"] = job.done - job.faults


STEPS = {KIND: bring_in}


def returned(store: VolunteersStore, found: Import) -> Iterator[tuple[dict[str, Any], dict[str, str]]]:
    """Each row that is not taken, and what stood in its cells."""
    for row in yielding(store.import_rows(found.id, ["faulty", "duplicate"], 0)):
        yield row, orjson.loads(store.vault.open(row["typed"])) if row["typed"] else {}


def export(store: VolunteersStore, act: Command, community: str, standing: str, by_name: str) -> dict[str, Any]:
    """Puts on record who takes the particulars out, and of whom, before they do."""

    def do(tx: VolunteersStore) -> dict[str, Any]:
        people = tx.count_by_standing(community)
        made = {
            "community": community, "by": act.actor, "by_name": by_name, "at": act.at, "standing": standing,
            "people": people.get(standing, 0) if standing else sum(people.values()),
        }  # fmt: skip
        tx.note_export({"_id": act.id, **made})
        return {"id": act.id, **made}

    return store.transaction(act, do)


def people_of(store: VolunteersStore, community: str, standing: str) -> list[tuple[Particulars, str | None, str]]:
    """Particulars, phone and standing of everybody (or of one standing) in the order they came."""
    teams_of = dict[str, list[str]]()
    for team in store.teams(community):
        for member in team.members:
            teams_of.setdefault(member, []).append(team.name)
    found = list[tuple[Particulars, str | None, str]]()
    for one, profile in yielding(store.everybody(community, standing)):
        phone = _phone(store, profile)
        found.append((_particulars(one, profile, teams_of.get(one.id, [])), phone, one.standing))
    return found


def _take_in(
    tx: VolunteersStore, community: str, rows: Sequence[Mapping[str, Any]], standing: Literal["applied", "approved"]
) -> None:
    joining = {team.name: (team, list[object]()) for team in tx.teams(community)}
    people = list[tuple[Volunteer, list[object]]]()
    profiles = list[Profile]()
    for row in rows:
        told = converter.structure(row["person"], Particulars)
        volunteer = Volunteer(
            row["volunteer"], row["account"], community, told.name, told.name_shown, told.home, told.skills,
            certificates=told.certificates, available=told.available, has_account=False,
        )  # fmt: skip
        happened: list[object] = [Applied(volunteer.account), *map(Reachable, row["reachable"])]
        if standing == "approved":
            happened += [*volunteer.approve(), *volunteer.take_roles(told.roles)]
            for name in told.teams:
                _enrol(joining, name, volunteer.id)
        people.append((volunteer, happened))
        profiles.append(Profile(volunteer.id, community, row["phone"], told.occupation, told.party_member))
    tx.save_all([(volunteer, publish(happened)) for volunteer, happened in people], community=community)
    tx.save_all([(profile, []) for profile in profiles], community=community)
    joined = [(team, teams.publish(happened)) for team, happened in joining.values() if happened]
    tx.save_all(joined, community=community)


def _enrol(joining: Mapping[str, tuple[Team, list[object]]], name: str, volunteer: str) -> None:
    """A team that was dissolved meanwhile takes nobody."""
    if name in joining:
        team, happened = joining[name]
        happened += team.enrol(volunteer)


def _with_teams_checked(line: Line, known: set[str]) -> Line:
    unknown = [name for name in (line.person.teams if line.person else ()) if name not in known]
    if not unknown:
        return line
    return Line(line.number, line.typed, None, None, {"teams": NO_SUCH_TEAM.format(team=unknown[0])})


def _candidate(line: Line, phone: bytes | None) -> Candidate:
    if line.person is None or phone is None:
        return Candidate(line.number, line.typed.get("name", ""), line.typed.get("home", ""), b"", faulty=True)
    return Candidate(line.number, line.person.name, line.person.home, bytes(phone))


def _row(
    store: VolunteersStore, act: Command, community: str, line: Line, phone: bytes | None, judged: Judged
) -> dict[str, Any]:
    """What is not taken in is kept sealed as it was typed, to be given back."""
    typed = None if judged.verdict == "good" else store.vault.seal(community, orjson.dumps(line.typed).decode())
    found = profiles.reachable(store, line.phone, line.person.home) if line.person and line.phone else []
    return {
        "_id": f"{act.id}/{line.number}", "import": act.id, "number": line.number, "at": act.at,
        "verdict": judged.verdict, "twin": converter.unstructure(judged.twin) if judged.twin else None,
        "name": line.typed.get("name", "")[:40], "home": line.typed.get("home", "")[:40],
        "faults": {name: {"zh": said.zh, "en": said.en} for name, said in line.faults.items()},
        "person": converter.unstructure(line.person) if line.person else None, "phone": phone, "typed": typed,
        "reachable": [one.sealed for one in found],
        "volunteer": new_id(), "account": new_id(),
    }  # fmt: skip


def _phone(store: VolunteersStore, profile: Profile | None) -> str | None:
    """None also where its key is lost: the rest of the list is wanted all the same."""
    if profile is None or profile.phone is None:
        return None
    with suppress(SealLost):
        return store.vault.open(profile.phone)
    return None


def _particulars(one: Volunteer, profile: Profile | None, team_names: Sequence[str]) -> Particulars:
    return Particulars(
        one.display_name, one.home, one.name_shown, profile.occupation if profile else None,
        bool(profile and profile.party_member), one.skills, one.certificates, one.available, one.roles, tuple(team_names),
    )  # fmt: skip
