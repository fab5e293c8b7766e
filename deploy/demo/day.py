"""How the demo day comes about, step by step, by the people whose part each step is."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from deploy.demo import care, gates, grid
from deploy.demo.doors import Account, Doors, patiently
from deploy.demo.notices import tell_residents
from deploy.demo.people import Person
from deploy.demo.places import BIGUIYUAN, COMMUNITIES, DAYS, YUERAN, Community
from deploy.demo.rescue import BLUE_SKY, NORTH, Asker, send_teams
from deploy.demo.rota import helpers, share_out, take_place
from deploy.demo.strands import Strands
from deploy.demo.supplies import DISTRICT, fill_stores
from shared.i18n.timezone import SHANGHAI

AT_ONCE = 4  # of a stage; more would take turns from the longest strand
REASONS = {"refused": "登记的住址不在本社区，请向居住地社区报名", "suspended": "近期出差，回来后再安排值守"}
LENT, OFFERING = YUERAN.people[33], BIGUIYUAN.people[33]  # who helps at the neighbours', and who has offered to
T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True)
class Team:
    """A community's people: `accounts` by user name; `volunteers`, as staff see them, by user name as far as they applied."""

    community: Community
    staff: Account
    captain: Account
    accounts: dict[str, Account]
    volunteers: dict[str, dict[str, Any]] = field(default_factory=dict)

    def id_of(self, person: Person) -> str:
        return str(self.volunteers[person.user]["id"])

    def appointments(self) -> list[tuple[Account, tuple[str, str]]]:
        scope = f"community:{self.community.slug}"
        return [(self.staff, ("staff", scope)), (self.captain, ("captain", scope))]

    def standing_of(self, person: Person) -> str:
        return str(self.volunteers[person.user]["standing"])


class DemoDay:
    """Everything is asked for as if for the first time and what is there already stays: it may be run again at any point."""

    def __init__(self, base_url: str, operator: str, password: str, at: datetime, say: Callable[[str], None]) -> None:
        self._doors = Doors(base_url)
        self._operator = Account(self._doors, operator, password)
        self._at = at
        self._today = at.astimezone(SHANGHAI).date()
        self._say = say

    def load(self) -> dict[str, str]:
        """Return the sign-ins by the names they have in the env file. Raises Refused, requests.RequestException."""
        for community in COMMUNITIES:
            self._operator.post("/accounts/communities", community.registration(), already=("community-known",))
        with Strands(AT_ONCE, self._say) as self._strands:
            others = [self._operator.other(user) for user in ("district", "donor", "rescue", "rescue-north")]
            roles = [
                ("officer", "district"), ("donor", "self"), ("rescuer", f"team:{BLUE_SKY}"), ("rescuer", f"team:{NORTH}"),
            ]  # fmt: skip
            teams = [self._team(community) for community in COMMUNITIES]
            appointments = [*zip(others, roles, strict=True), *(one for team in teams for one in team.appointments())]
            self._strands.each("appointments", self._appoint, appointments)
            week = self._begin(teams, *others[:3])
        helping = _people(teams, lambda team, who: team.standing_of(who) == "approved")
        self._say(f"{len(helping)} volunteers, {week.result()} more places taken")
        officer, donor, rescuer, _ = others
        yueran, biguiyuan = teams
        return _sign_ins(
            OPERATOR=self._operator, DISTRICT=officer, STAFF=yueran.staff, STAFF_B=biguiyuan.staff,
            CAPTAIN=yueran.captain, VOLUNTEER=yueran.accounts[YUERAN.people[0].user],
            DONOR=donor, RESCUE=rescuer,
        )  # fmt: skip

    def _begin(self, teams: list[Team], officer: Account, donor: Account, rescuer: Account) -> Future[int]:
        """All of the day at once; what waits for something is to find it there. How many places in the week were taken."""
        begin = self._strands.begin
        keepers = {**{team.community.slug: team.staff for team in teams}, DISTRICT: officer}
        askers = [Asker(team.staff, team.community.slug) for team in teams]
        settled = [begin(partial(self._register_residents, team)) for team in teams]
        posts = begin(lambda: self._strands.each("posts", self._open_posts, teams))
        # A gate's closing, which comes with the posts, is told to who helps already.
        volunteers = begin(lambda: self._bring_volunteers(teams), posts)
        begin(lambda: fill_stores(keepers, officer, donor, self._today))
        passages = begin(lambda: self._strands.each("gates", self._pass_gates, teams), posts)
        week = begin(lambda: self._fill_week(teams), volunteers)
        begin(lambda: self._strands.each("on duty", self._go_on_duty, teams), week, passages)
        cared_for = [
            begin(partial(self._care, team), volunteers, one) for team, one in zip(teams, settled, strict=True)
        ]
        for team, one in zip(teams, settled, strict=True):
            begin(partial(grid.screen, team.staff, team.community), one)
        told = begin(lambda: self._strands.each("notices", self._tell_residents, teams), *cared_for)
        begin(lambda: self._lend(teams), told)
        begin(lambda: send_teams(officer, rescuer, *askers), *cared_for)
        return week

    def _team(self, community: Community) -> Team:
        staff, captain = (self._operator.other(role + community.suffix) for role in ("staff", "captain"))
        accounts = {person.user: self._operator.other(person.user) for person in community.people}
        return Team(community, staff, captain, accounts)

    def _appoint(self, task: tuple[Account, tuple[str, str]]) -> None:
        account, right = task
        self._operator.appoint(account, *right)

    def _register_residents(self, team: Team) -> None:
        files = grid.files(team.staff, team.community)
        bring_in = partial(grid.bring_in, team.staff, team.community)
        self._strands.each(f"residents of {team.community.name_en}", bring_in, files, at_once=1)

    def _pass_gates(self, team: Team) -> None:
        gates.pass_gates(team.staff, team.community, self._at)

    def _tell_residents(self, team: Team) -> None:
        tell_residents(team.staff, team.community.slug)

    def _bring_volunteers(self, teams: Sequence[Team]) -> None:
        """They apply, and staff decide."""
        for team in teams:
            home = f"/volunteers/{team.community.slug}/"
            patiently(partial(team.staff.finds, home), f"volunteers to know {team.community.slug}")
        self._see_volunteers(teams)
        applying = _people(teams, lambda team, who: who.user not in team.volunteers)
        self._strands.each("applications", self._apply, applying)
        self._see_volunteers(teams)
        self._strands.each(
            "decisions", self._decide, _people(teams, lambda team, who: team.standing_of(who) != who.fate)
        )
        self._see_volunteers(teams)

    def _fill_week(self, teams: Sequence[Team]) -> int:
        """With their turns; how many places are taken now that were not."""
        shares = [one for team in teams for one in self._shares(team)]
        return sum(self._strands.each("duty", self._claim, sorted(shares, key=lambda share: share[1].number)))

    def _open_posts(self, team: Team) -> None:
        home = team.community.home
        for post in team.community.posts:
            team.staff.post(f"{home}/posts", post.opening(), already=("post-exists",))
            if post.heads:
                team.staff.post(f"{home}/plan", post.plan(self._today.isoformat()))
            else:
                team.staff.post(f"{home}/posts/{post.id}/closure", already=("closing-overlaps",))

    def _apply(self, task: tuple[Team, Person]) -> None:
        team, person = task
        account = team.accounts[person.user]
        account.register()
        applications = f"/volunteers/{team.community.slug}/applications"
        account.post(applications, person.application(), already=("already-applied",))
        if person.board_shown:
            account.post(f"/volunteers/{team.community.slug}/me/board-consent", {"given": True})

    def _see_volunteers(self, teams: Sequence[Team]) -> None:
        """As staff see them: by name, since user names are the volunteers' own affair."""
        for team in teams:
            listed = team.staff.pages(f"/volunteers/{team.community.slug}/")
            found = {one["display_name"]: one for one in reversed(listed)}  # of two with one name, who came first
            mine = [person for person in team.community.people if person.display_name in found]
            team.volunteers.update({person.user: found[person.display_name] for person in mine})

    def _decide(self, task: tuple[Team, Person]) -> None:
        team, person = task
        door = f"/volunteers/{team.community.slug}/{team.id_of(person)}"
        reason = {"reason": REASONS.get(person.fate)}
        waiting = team.standing_of(person) == "applied"
        if person.fate == "refused" and waiting:
            team.staff.post(f"{door}/refusal", reason)
            return
        if waiting:
            team.staff.post(f"{door}/approval")
        if person.fate == "suspended":
            team.staff.post(f"{door}/suspension", reason)

    def _care(self, team: Team) -> None:
        """Who looks after which building, what people can do, and the one team."""
        care.register_buildings(team.staff, team.community)
        writes = care.writes(team.community, _helping(team), self._today)
        self._strands.each(f"care in {team.community.name_en}", partial(self._write, team.staff), writes)
        if team.community is BIGUIYUAN:
            care.found_team(team.staff, team.community, _helping(team))

    def _write(self, staff: Account, one: care.Write) -> None:
        staff.post(one.path, one.body, already=one.already)

    def _lend(self, teams: Sequence[Team]) -> None:
        """One helps in the other community on the two days after today; another's offer waits for both communities."""
        yueran, biguiyuan = teams
        loan = self._offer(yueran, LENT, biguiyuan, 1, 2)
        self._offer(biguiyuan, OFFERING, yueran, 4, 5)
        if loan is None:
            return
        for team in teams:
            team.staff.post(f"/volunteers/{team.community.slug}/loans/{loan}/agreement", already=("loan-decided",))

        def running() -> bool:
            mine = yueran.accounts[LENT.user].get(f"/volunteers/{yueran.community.slug}/loans/mine")["items"]
            return all(one["state"] == "running" for one in mine if one["id"] == loan)

        patiently(running, f"the loan of {LENT.user}")

    def _offer(self, home: Team, person: Person, borrower: Team, first: int, last: int) -> str | None:
        """The loan; None where these days are offered already."""
        days = {
            name: str(self._today + timedelta(days=day)) for name, day in (("first_day", first), ("last_day", last))
        }
        offer = {"borrower": borrower.community.slug, **days}
        made = home.accounts[person.user].post(
            f"/volunteers/{home.community.slug}/loans", offer, already=("loans-overlap",)
        )
        return None if made is None else str(made["id"])

    def _shares(self, team: Team) -> list[tuple[Team, Person, list[tuple[str, datetime]]]]:
        """What each helper has still to claim."""
        days = [self._today + timedelta(days=number) for number in range(DAYS)]
        shifts = [one for day in days for one in team.staff.get(f"{team.community.home}/?day={day}")["items"]]
        at_home = [person for person in team.community.people if person is not LENT]
        helping = [person for person in at_home if team.standing_of(person) == "approved"]
        crew = helpers([team.id_of(person) for person in helping], self._today)
        shared = share_out(team.community.left_open, shifts, crew, self._today, self._at)
        return [
            (team, person, [(shift, starts) for volunteer, shift, starts in shared if volunteer == helper.volunteer])
            for person, helper in zip(helping, crew, strict=True)
        ]

    def _claim(self, task: tuple[Team, Person, list[tuple[str, datetime]]]) -> int:
        """Claim as the person does it: on their own, or through staff; what runs already, the captain fills."""
        team, person, shifts = task
        if not shifts:
            return 0
        own = team.accounts[person.user]
        if not person.by_office:
            _await_right(own)
        assigned = {"volunteer": team.id_of(person)}
        for shift, starts in shifts:
            door = f"{team.community.home}/{shift}/claims"
            if starts <= self._at:
                take_place(team.captain, door, assigned)
            elif person.by_office:
                take_place(team.staff, door, assigned)
            else:
                take_place(own, door)
        return len(shifts)

    def _check_in(self, team: Team) -> list[str]:
        """All who are on duty now but one, who has not come yet; of the relief the first is there already. Return who is."""
        posts = team.captain.get(f"{team.community.home}/coverage")["posts"]
        now, soon = (
            [(shift["id"], claim["volunteer"]) for post in posts for shift in post[when] for claim in shift["claims"]]
            for when in ("now", "next")
        )
        for shift, volunteer in [*now[:-1], *soon[:1]]:
            door = f"{team.community.home}/{shift}/claims/{volunteer}/check-in"
            team.captain.post(door, already=("shift-over",))
        return [volunteer for _, volunteer in now[:-1]]

    def _go_on_duty(self, team: Team) -> None:
        """People check in; the first of them who signs in does one of the things residents ask for."""
        on_duty = self._check_in(team)
        helping = [one for one in team.community.people if team.id_of(one) in on_duty and not one.by_office]
        gates.ask_for_help(team.staff, team.accounts[helping[0].user] if helping else None, team.community)


def _helping(team: Team) -> list[dict[str, Any]]:
    """In the order of their numbers."""
    everyone = [team.volunteers[person.user] for person in team.community.people]
    return [one for one in everyone if one["standing"] == "approved"]


def _people(teams: Iterable[Team], chosen: Callable[[Team, Person], bool]) -> list[tuple[Team, Person]]:
    """In the order of their numbers, so that neither community waits for the other."""
    everyone = [(team, person) for team in teams for person in team.community.people if chosen(team, person)]
    return sorted(everyone, key=lambda one: one[1].number)


def _await_right(account: Account) -> None:
    """An approval becomes a right by event; the token that carries it is the next one."""

    def held() -> bool:
        rights: Sequence[dict[str, Any]] = account.get("/accounts/")["rights"]
        return any(right["role"] == "volunteer" for right in rights)

    patiently(held, f"the right of {account.user} to volunteer")
    account.renew()


def _sign_ins(**accounts: Account) -> dict[str, str]:
    return {
        f"DEMO_{name}_{what}": value
        for name, account in accounts.items()
        for what, value in (("USER", account.user), ("PASSWORD", account.password))
    }
