"""Saying that an applicant is somebody from the community's list."""

from services.volunteers.schemas.applications import VolunteerShape
from services.volunteers.schemas.linking import SamePerson
from services.volunteers.usecases import linking
from shared.i18n.text import Text
from shared.web import Call, Reply, endpoint, only


class LinkingDoors:
    @endpoint("POST", "/volunteers/<community>/<volunteer>/same-person", who=only("staff"), body=SamePerson,
          out=VolunteerShape)  # fmt: skip
    def say_same_person(self, call: Call, community: str, volunteer: str) -> Reply:
        """The application is about a volunteer who came from a list: it is over, and that volunteer gets the account."""
        listed = linking.link(call.store, call.act, community, volunteer, call.body["listed"])
        says = Text("已合并：以后用报名的账号登录。", "Joined: they sign in with the account they applied with.")
        return Reply(listed, then=f"/volunteers/{community}/{listed.id}", says=says)
