"""Applying, and what a community's staff decide."""

from typing import Any

from services.volunteers.endpoints.desk import around, is_staff
from services.volunteers.schemas import applications as schemas
from services.volunteers.store.people import Wanted
from services.volunteers.usecases import applications
from shared.i18n.domain_labels import ROLE_WORDS, SKILL_WORDS, TIME_WORDS
from shared.i18n.text import Text
from shared.replicas.communities import check_known, name_of
from shared.web import Call, Reply, endpoint, only, signed_in

PAGE_LENGTH = 50


class ApplicationDoors:
    @endpoint("GET", "/volunteers/<community>/", who=only("staff", "officer"), query=schemas.VolunteerList,
          out=schemas.ListedShape, many=True, page="volunteers/list.html")  # fmt: skip
    def list_volunteers(self, call: Call, community: str) -> Reply:
        """The community's volunteers, in the order they applied or (`sort=hours`) by verified hours.

        `q` looks in names and buildings; `standing`, `skill`, `role`, `team` and `available` filter; `after` pages on.
        """
        asked = dict(call.query)
        order, after, tick = asked.pop("sort"), asked.pop("after"), asked.pop("tick")
        teams = call.store.teams(community)
        if "team" in asked:
            asked["team"] = next((one.members for one in teams if one.id == asked["team"]), [])
        wanted = Wanted(community, **asked)
        found = call.store.search(wanted, order, after, PAGE_LENGTH)
        waiting = [one.id for one in found.volunteers if one.standing == "applied"]
        page = {
            "asked": call.query,
            "counts": call.store.count_found(wanted),
            "tick": tick,
            "teams": teams,
            "skill_words": SKILL_WORDS,
            "role_words": ROLE_WORDS,
            "time_words": TIME_WORDS,
            "doubles": call.store.doubles(community, waiting),
            "decides": is_staff(call, community),
            "listing": {"next": found.following},
            **around(call, community),
        }
        return Reply([{**vars(one), "minutes": found.minutes[one.id]} for one in found.volunteers], page=page)

    @endpoint("POST", "/volunteers/<community>/approvals", who=only("staff"), body=schemas.Several,
          out=schemas.OutcomeShape, many=True, page="volunteers/approvals.html")  # fmt: skip
    def approve_several(self, call: Call, community: str) -> Reply:
        """Accept several applications, each decided on its own; the answer tells for each why not."""
        outcomes = applications.approve_several(call.store, call.act, community, call.body["volunteers"])
        people = call.store.by_id(call.body["volunteers"])
        told = [
            {
                "volunteer": one.volunteer,
                "code": one.fault.code if one.fault else None,
                "why": one.fault.sentence(call.lang) if one.fault else None,
                "fault": one.fault,
            }
            for one in outcomes
        ]
        return Reply(told, page={"people": people, **around(call, community)})

    @endpoint("GET", "/volunteers/<community>/applications/new", who=signed_in, page="volunteers/apply.html")
    def apply_form(self, call: Call, community: str) -> Reply:
        """The form to apply in; whoever applied already sees how it stands."""
        check_known(call.store, community)
        own = call.store.of_account(community, call.account)
        stands = {"standing": own.standing if own else None, "reason": own.reason if own else None}
        page: dict[str, Any] = {
            "community": community,
            "skill_words": SKILL_WORDS,
            "place": name_of(call.store, community),
        }
        return Reply(stands, page=page)

    @endpoint("POST", "/volunteers/<community>/applications", who=signed_in, body=schemas.Application,
          out=schemas.VolunteerShape, again="apply_form")  # fmt: skip
    def apply(self, call: Call, community: str) -> Reply:
        """Apply to help in this community; staff decide."""
        check_known(call.store, community)
        volunteer = applications.apply(call.store, call.act, call.account, community, **call.body)
        says = Text("报名已提交，社区会尽快处理。", "Your application is in; the community will decide soon.")
        return Reply(volunteer, status=201, then=f"/volunteers/{community}/applications/new", says=says)

    @endpoint("POST", "/volunteers/<community>/<volunteer>/approval", who=only("staff"), out=schemas.VolunteerShape)
    def approve(self, call: Call, community: str, volunteer: str) -> Reply:
        """Accept an application: the person may take shifts from now on."""
        approved = applications.approve(call.store, call.act, community, volunteer)
        return Reply(approved, then=_waiting(community), says=Text("已通过。", "Approved."))

    @endpoint("POST", "/volunteers/<community>/<volunteer>/refusal", who=only("staff"), body=schemas.Reason,
          out=schemas.VolunteerShape)  # fmt: skip
    def refuse(self, call: Call, community: str, volunteer: str) -> Reply:
        """Refuse an application, with the reason the person is told."""
        refused = applications.refuse(call.store, call.act, community, volunteer, call.body["reason"])
        return Reply(refused, then=_waiting(community), says=Text("已婉拒。", "Refused."))

    @endpoint("POST", "/volunteers/<community>/<volunteer>/suspension", who=only("staff"), body=schemas.Reason,
          out=schemas.VolunteerShape)  # fmt: skip
    def suspend(self, call: Call, community: str, volunteer: str) -> Reply:
        """Suspend a volunteer: their coming shifts are given up and no new ones may be taken."""
        suspended = applications.suspend(call.store, call.act, community, volunteer, call.body["reason"])
        return Reply(suspended, then=f"/volunteers/{community}/", says=Text("已暂停。", "Suspended."))

    @endpoint(
        "POST", "/volunteers/<community>/<volunteer>/reinstatement", who=only("staff"), out=schemas.VolunteerShape
    )
    def reinstate(self, call: Call, community: str, volunteer: str) -> Reply:
        """End a suspension."""
        reinstated = applications.reinstate(call.store, call.act, community, volunteer)
        return Reply(reinstated, then=f"/volunteers/{community}/", says=Text("已恢复。", "Reinstated."))


def _waiting(community: str) -> str:
    return f"/volunteers/{community}/?standing=applied"
