"""Applying, and what a community's staff decide."""

from typing import Any

from services.volunteers.schemas import applications as schemas
from services.volunteers.usecases import applications
from shared.places import check_known, name_of
from shared.vocabulary import SKILL_WORDS
from shared.web import Call, Reply, door, only, signed_in
from shared.words import Text

PAGE_LENGTH = 50


class ApplicationDoors:
    @door("GET", "/volunteers/<community>/", who=only("staff", "officer"), query=schemas.VolunteerList,
          out=schemas.VolunteerShape, many=True, page="volunteers/list.html")  # fmt: skip
    def list_volunteers(self, call: Call, community: str) -> Reply:
        """The community's volunteers in the order they applied; `standing` filters, `after` pages on."""
        standing, after = call.query.get("standing"), call.query["after"]
        found = call.store.listed(community, standing, after, PAGE_LENGTH + 1)
        shown, more = found[:PAGE_LENGTH], found[PAGE_LENGTH:]
        following = shown[-1].id if more else None
        page = {
            "community": community,
            "standing": standing,
            "counts": call.store.count_by_standing(community),
            "skill_words": SKILL_WORDS,
            "place": name_of(call.store, community),
            "decides": call.caller is not None and call.caller.may("staff", community),
            "doubles": call.store.doubles(community, [one.id for one in shown if one.standing == "applied"]),
            "listing": {"next": following},
        }
        return Reply(shown, page=page)

    @door("GET", "/volunteers/<community>/applications/new", who=signed_in, page="volunteers/apply.html")
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

    @door("POST", "/volunteers/<community>/applications", who=signed_in, body=schemas.Application,
          out=schemas.VolunteerShape, again="apply_form")  # fmt: skip
    def apply(self, call: Call, community: str) -> Reply:
        """Apply to help in this community; staff decide."""
        check_known(call.store, community)
        volunteer = applications.apply(call.store, call.act, call.account, community, **call.body)
        says = Text("报名已提交，社区会尽快处理。", "Your application is in; the community will decide soon.")
        return Reply(volunteer, status=201, then=f"/volunteers/{community}/applications/new", says=says)

    @door("POST", "/volunteers/<community>/<volunteer>/approval", who=only("staff"), out=schemas.VolunteerShape)
    def approve(self, call: Call, community: str, volunteer: str) -> Reply:
        """Accept an application: the person may take shifts from now on."""
        approved = applications.approve(call.store, call.act, community, volunteer)
        return Reply(approved, then=_waiting(community), says=Text("已通过。", "Approved."))

    @door("POST", "/volunteers/<community>/<volunteer>/refusal", who=only("staff"), body=schemas.Reason,
          out=schemas.VolunteerShape)  # fmt: skip
    def refuse(self, call: Call, community: str, volunteer: str) -> Reply:
        """Refuse an application, with the reason the person is told."""
        refused = applications.refuse(call.store, call.act, community, volunteer, call.body["reason"])
        return Reply(refused, then=_waiting(community), says=Text("已婉拒。", "Refused."))

    @door("POST", "/volunteers/<community>/<volunteer>/suspension", who=only("staff"), body=schemas.Reason,
          out=schemas.VolunteerShape)  # fmt: skip
    def suspend(self, call: Call, community: str, volunteer: str) -> Reply:
        """Suspend a volunteer: their coming shifts are given up and no new ones may be taken."""
        suspended = applications.suspend(call.store, call.act, community, volunteer, call.body["reason"])
        return Reply(suspended, then=f"/volunteers/{community}/", says=Text("已暂停。", "Suspended."))

    @door("POST", "/volunteers/<community>/<volunteer>/reinstatement", who=only("staff"), out=schemas.VolunteerShape)
    def reinstate(self, call: Call, community: str, volunteer: str) -> Reply:
        """End a suspension."""
        reinstated = applications.reinstate(call.store, call.act, community, volunteer)
        return Reply(reinstated, then=f"/volunteers/{community}/", says=Text("已恢复。", "Reinstated."))


def _waiting(community: str) -> str:
    return f"/volunteers/{community}/?standing=applied"
