"""Teams of volunteers: founded and dissolved by staff, joined by asking, led by one of their own."""

from dataclasses import dataclass, field

from shared.i18n.text import Text
from shared.kernel.errors import RuleBroken


@dataclass(frozen=True)
class Founded:
    name: str
    name_en: str


@dataclass(frozen=True)
class MemberJoined:
    volunteer: str


@dataclass(frozen=True)
class MemberLeft:
    volunteer: str


@dataclass(frozen=True)
class LeaderNamed:
    """None: nobody leads it from now on."""

    volunteer: str | None


@dataclass(frozen=True)
class Dissolved:
    pass


class TeamExists(RuleBroken):
    code = "team-exists"
    says = Text("本社区已经有同名的志愿队。", "This community has a team of that name already.")


class TeamDissolved(RuleBroken):
    code = "team-dissolved"
    says = Text("这支志愿队已经解散。", "This team has been dissolved.")


class AlreadyMember(RuleBroken):
    code = "already-a-member"
    says = Text("已经是队员了。", "Already a member of this team.")


class NotMember(RuleBroken):
    code = "not-a-member"
    says = Text("不是这支志愿队的队员。", "Not a member of this team.")


class NotAsking(RuleBroken):
    code = "not-asking"
    says = Text(
        "这个人没有在等待入队，可能已经处理过。",
        "This person is not waiting to join; it may have been answered already.",
    )


@dataclass
class Team:
    """`asking`: who wishes to join and has no answer yet, in the order they asked."""

    id: str
    community: str
    name: str
    name_en: str
    members: list[str] = field(default_factory=list)
    asking: list[str] = field(default_factory=list)
    leader: str | None = None
    dissolved: bool = False

    @property
    def size(self) -> int:
        return len(self.members)

    def founded(self) -> Founded:
        return Founded(self.name, self.name_en)

    def ask(self, volunteer: str) -> None:
        """The person wishes to join; asking again changes nothing. Raises TeamDissolved, AlreadyMember."""
        self._check_may_join(volunteer)
        if volunteer not in self.asking:
            self.asking.append(volunteer)

    def accept(self, volunteer: str) -> list[MemberJoined]:
        """Whoever asked is taken in. Raises TeamDissolved, AlreadyMember, NotAsking."""
        self._check_may_join(volunteer)
        if volunteer not in self.asking:
            raise NotAsking
        return self.enrol(volunteer)

    def enrol(self, volunteer: str) -> list[MemberJoined]:
        """Staff take somebody in, asked or not. Raises TeamDissolved, AlreadyMember."""
        self._check_may_join(volunteer)
        self.members.append(volunteer)
        self.asking = [one for one in self.asking if one != volunteer]
        return [MemberJoined(volunteer)]

    def decline(self, volunteer: str) -> None:
        """The asking ends without joining: answered with no, or taken back. Raises NotAsking."""
        if volunteer not in self.asking:
            raise NotAsking
        self.asking.remove(volunteer)

    def leave(self, volunteer: str) -> list[MemberLeft | LeaderNamed]:
        """A leader who leaves leads no longer. Raises NotMember."""
        if volunteer not in self.members:
            raise NotMember
        stepped_back = self.step_back(volunteer)
        self.members.remove(volunteer)
        return [*stepped_back, MemberLeft(volunteer)]

    def name_leader(self, volunteer: str) -> list[LeaderNamed]:
        """Raises TeamDissolved, NotMember."""
        if self.dissolved:
            raise TeamDissolved
        if volunteer not in self.members:
            raise NotMember
        if self.leader == volunteer:
            return []
        self.leader = volunteer
        return [LeaderNamed(volunteer)]

    def step_back(self, volunteer: str) -> list[LeaderNamed]:
        """If this person leads the team, nobody does any longer."""
        if self.leader != volunteer:
            return []
        self.leader = None
        return [LeaderNamed(None)]

    def dissolve(self) -> list[Dissolved]:
        """The team is no more, and all its memberships with it; doing it again changes nothing."""
        if self.dissolved:
            return []
        self.dissolved, self.leader, self.members, self.asking = True, None, [], []
        return [Dissolved()]

    def _check_may_join(self, volunteer: str) -> None:
        if self.dissolved:
            raise TeamDissolved
        if volunteer in self.members:
            raise AlreadyMember
