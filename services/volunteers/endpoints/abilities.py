"""Skills, papers, times and roles: stated by the person, kept by staff too."""

from services.volunteers.domain.abilities import SOON, Certificate
from services.volunteers.domain.volunteers import Volunteer
from services.volunteers.endpoints.desk import around, own
from services.volunteers.schemas import abilities as schemas
from services.volunteers.usecases import abilities
from shared.i18n.domain_labels import ROLE_WORDS, SKILL_WORDS, TIME_WORDS
from shared.i18n.text import Text
from shared.i18n.timezone import SHANGHAI
from shared.web import Call, Reply, endpoint, only, signed_in

SAVED = Text("已保存。", "Saved.")


class AbilityDoors:
    @endpoint("GET", "/volunteers/<community>/me/abilities", who=signed_in, out=schemas.AbilitiesShape,
          page="volunteers/abilities.html")  # fmt: skip
    def own_abilities(self, call: Call, community: str) -> Reply:
        """What the caller can do, when they have time, and which roles they take."""
        return _shown(call, community, own(call, community), f"/volunteers/{community}/me")

    @endpoint("POST", "/volunteers/<community>/me/abilities", who=signed_in, body=schemas.Abilities,
          out=schemas.AbilitiesShape, again="own_abilities")  # fmt: skip
    def state_own_abilities(self, call: Call, community: str) -> Reply:
        """State anew what one can do and when one has time."""
        me = own(call, community)
        changed = abilities.state_abilities(call.store, call.act, community, me.id, **call.body)
        return Reply(changed, then=f"/volunteers/{community}/me/abilities", says=SAVED)

    @endpoint("POST", "/volunteers/<community>/me/roles", who=signed_in, body=schemas.Roles, out=schemas.AbilitiesShape)
    def take_own_roles(self, call: Call, community: str) -> Reply:
        """Take these of the six roles, and give up the others."""
        me = own(call, community)
        changed = abilities.take_roles(call.store, call.act, community, me.id, call.body["roles"])
        return Reply(changed, then=f"/volunteers/{community}/me/abilities", says=SAVED)

    @endpoint("GET", "/volunteers/<community>/<volunteer>/abilities", who=only("staff"), out=schemas.AbilitiesShape,
          page="volunteers/abilities.html")  # fmt: skip
    def show_abilities(self, call: Call, community: str, volunteer: str) -> Reply:
        """What a volunteer can do, with the papers behind it."""
        someone = call.store.volunteer(community, volunteer)
        return _shown(call, community, someone, f"/volunteers/{community}/{volunteer}")

    @endpoint("POST", "/volunteers/<community>/<volunteer>/abilities", who=only("staff"), body=schemas.Abilities,
          out=schemas.AbilitiesShape, again="show_abilities")  # fmt: skip
    def state_abilities(self, call: Call, community: str, volunteer: str) -> Reply:
        """Staff state anew what a volunteer can do and when they have time."""
        changed = abilities.state_abilities(call.store, call.act, community, volunteer, **call.body)
        return _kept(changed)

    @endpoint("POST", "/volunteers/<community>/<volunteer>/roles", who=only("staff"), body=schemas.Roles,
          out=schemas.AbilitiesShape, again="show_abilities")  # fmt: skip
    def take_roles(self, call: Call, community: str, volunteer: str) -> Reply:
        """Staff write down which of the six roles a volunteer takes."""
        return _kept(abilities.take_roles(call.store, call.act, community, volunteer, call.body["roles"]))

    @endpoint("POST", "/volunteers/<community>/<volunteer>/certificates", who=only("staff"), body=schemas.NewCertificate,
          out=schemas.AbilitiesShape, again="show_abilities")  # fmt: skip
    def certify(self, call: Call, community: str, volunteer: str) -> Reply:
        """Confirm that staff have seen a certificate; one of the same kind for the same skill is renewed by it."""
        return _kept(abilities.certify(call.store, call.act, community, volunteer, Certificate(**call.body)))

    @endpoint("POST", "/volunteers/<community>/<volunteer>/certificates/withdrawal", who=only("staff"),
          body=schemas.CertificateKind, out=schemas.AbilitiesShape, again="show_abilities")  # fmt: skip
    def withdraw_certificate(self, call: Call, community: str, volunteer: str) -> Reply:
        """Take a certificate off the record."""
        return _kept(abilities.withdraw_certificate(call.store, call.act, community, volunteer, **call.body))

    @endpoint("GET", "/volunteers/<community>/certificates", who=only("staff", "officer"), out=schemas.EndingShape,
          many=True, page="volunteers/certificates.html")  # fmt: skip
    def list_ending_certificates(self, call: Call, community: str) -> Reply:
        """The certificates that have ended or end within 30 days, the earliest first."""
        today = call.act.at.astimezone(SHANGHAI).date()
        ending = sorted(
            (
                {"volunteer": one.id, "skill": paper.skill, "kind": paper.kind, "until": paper.until,
                 "over": paper.is_over(today), "name": one.display_name}
                for one in call.store.with_ending_certificates(community, today + SOON)
                for paper in one.certificates
                if paper.ends_soon(today)
            ),
            key=lambda row: (row["until"], row["volunteer"]),
        )  # fmt: skip
        return Reply(ending, page={"skill_words": SKILL_WORDS, **around(call, community)})


def _shown(call: Call, community: str, volunteer: Volunteer, base: str) -> Reply:
    page = {
        "base": base,
        "name": volunteer.display_name,
        "standing": volunteer.standing,
        "today": call.act.at.astimezone(SHANGHAI).date(),
        "skill_words": SKILL_WORDS,
        "time_words": TIME_WORDS,
        "role_words": ROLE_WORDS,
        **around(call, community),
    }
    return Reply(volunteer, page={**page, "about_me": base.endswith("/me")})


def _kept(changed: Volunteer) -> Reply:
    then = f"/volunteers/{changed.community}/{changed.id}/abilities"
    return Reply(changed, then=then, says=SAVED)
