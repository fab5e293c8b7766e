"""A volunteer's own page, and what the staff of their community see of them."""

from typing import Any

from services.volunteers.domain.profiles import Profile
from services.volunteers.domain.volunteers import Volunteer
from services.volunteers.schemas import profiles as schemas
from services.volunteers.schemas.applications import Particulars, VolunteerShape
from services.volunteers.store import VolunteersStore
from services.volunteers.usecases import board, profiles
from shared.crypto.field_encryption import SealLost
from shared.documents.photos import ACCEPTED, KIND, LARGEST_UPLOAD
from shared.i18n.domain_labels import SKILL_WORDS
from shared.i18n.text import Text
from shared.kernel.errors import NotFound
from shared.kernel.phone_numbers import spoken
from shared.replicas.communities import name_of
from shared.web import Call, Reply, endpoint, only, signed_in

LOOKS_SHOWN = 5

PHOTO_TAKEN = Text("照片已更新。", "The photo is in its place.")
PHOTO_REMOVED = Text("照片已删除，公示栏上也没有了。", "The photo is deleted, on the board too.")


class ProfileDoors:
    @endpoint("GET", "/volunteers/<community>/me", who=signed_in, out=schemas.OwnShape, page="volunteers/me.html")
    def own_page(self, call: Call, community: str) -> Reply:
        """What the caller told this community of themselves, what they agreed to, and when staff looked at their phone."""
        volunteer = call.store.of_account(community, call.account)
        if volunteer is None and call.visit.wants_page:
            return Reply(then=f"/volunteers/{community}/applications/new")
        volunteer, profile = profiles.own(call.store, community, call.account)
        phone = _phone(call.store, profile)
        it = {
            **vars(volunteer),
            **vars(profile),
            "phone": phone,
            "photo": f"{_own(community)}/photo" if profile.photo else None,
            "looks": call.store.looks_at(volunteer.id, LOOKS_SHOWN),
        }
        lost = profile.phone is not None and phone is None
        return Reply(it, page={**_page(call, community), "phone": spoken(phone) if phone else None, "lost": lost})

    @endpoint(
        "POST", "/volunteers/<community>/me", who=signed_in, body=Particulars, out=VolunteerShape, again="own_page"
    )
    def change_profile(self, call: Call, community: str) -> Reply:
        """Change what one told of oneself; who knows the name is told the new one."""
        changed = profiles.change(call.store, call.act, community, call.account, **call.body)
        return Reply(changed, then=_own(community), says=Text("已保存。", "Saved."))

    @endpoint(
        "POST", "/volunteers/<community>/me/name-consent", who=signed_in, body=schemas.Consent, out=VolunteerShape
    )
    def consent_to_name(self, call: Call, community: str) -> Reply:
        """Agree to be shown by name, or take that back: then the name is blanked wherever it was kept."""
        given = call.body["given"]
        changed = profiles.consent_to_name(call.store, call.act, community, call.account, given=given)
        says = (
            Text("一起值守的人可以看到您的称呼了。", "Those on duty with you see your name now.")
            if given
            else Text("您的称呼不再显示，已发出的也会抹去。", "Your name is no longer shown, and blanked where it was.")
        )
        return Reply(changed, then=_own(community), says=says)

    @endpoint("POST", "/volunteers/<community>/me/board-consent", who=signed_in, body=schemas.Consent,
          out=schemas.BoardStanding)  # fmt: skip
    def consent_to_board(self, call: Call, community: str) -> Reply:
        """Agree to stand on the public board, or leave it: then the photo is deleted too."""
        given = call.body["given"]
        changed = board.consent_to_board(call.store, call.act, community, call.account, given=given)
        says = (
            Text("您在公示栏上了，谢谢您。", "You are on the board. Thank you.")
            if given
            else Text("您已离开公示栏，照片已删除。", "You have left the board, and your photo is deleted.")
        )
        return Reply(changed, then=_own(community), says=says)

    @endpoint("GET", "/volunteers/<community>/me/photo", who=signed_in, file=KIND)
    def own_photo(self, call: Call, community: str) -> Reply:
        """The caller's own photo."""
        return _photo(call.store, profiles.own(call.store, community, call.account)[1])

    @endpoint("POST", "/volunteers/<community>/me/photo", who=signed_in, body=schemas.Photo, out=schemas.BoardStanding,
          again="own_page", largest=LARGEST_UPLOAD)  # fmt: skip
    def set_own_photo(self, call: Call, community: str) -> Reply:
        """Give one's photo for the board; it is made anew, without place, time or camera."""
        volunteer, _ = profiles.own(call.store, community, call.account)
        changed = board.set_photo(call.store, call.act, community, volunteer.id, call.body["photo"].content)
        return Reply(changed, then=_own(community), says=PHOTO_TAKEN)

    @endpoint("POST", "/volunteers/<community>/me/photo/removal", who=signed_in, out=schemas.BoardStanding)
    def remove_own_photo(self, call: Call, community: str) -> Reply:
        """Delete one's photo, at once and everywhere."""
        volunteer, _ = profiles.own(call.store, community, call.account)
        changed = board.remove_photo(call.store, call.act, community, volunteer.id)
        return Reply(changed, then=_own(community), says=PHOTO_REMOVED)

    @endpoint("GET", "/volunteers/<community>/<volunteer>", who=only("staff"), out=schemas.PersonShape,
          page="volunteers/person.html")  # fmt: skip
    def person(self, call: Call, community: str, volunteer: str) -> Reply:
        """One volunteer, as staff see them: without the phone, which is asked for by itself."""
        return _person(call, call.store.volunteer(community, volunteer))

    @endpoint("POST", "/volunteers/<community>/<volunteer>/phone", who=only("staff"), out=schemas.PhoneShape,
          page="volunteers/person.html")  # fmt: skip
    def look_at_phone(self, call: Call, community: str, volunteer: str) -> Reply:
        """See a volunteer's phone; that one did is put on record, and the volunteer sees when."""
        found = call.store.volunteer(community, volunteer)
        try:
            phone = profiles.phone_of(call.store, call.act, community, volunteer)
        except SealLost:
            if not call.visit.wants_page:
                raise
            return _person(call, found, lost=True)
        return _person(call, found, phone=phone) if call.visit.wants_page else Reply({"phone": phone})

    @endpoint("GET", "/volunteers/<community>/<volunteer>/photo", who=only("staff"), file=KIND)
    def photo_of(self, call: Call, community: str, volunteer: str) -> Reply:
        """A volunteer's photo, for their community's staff."""
        return _photo(call.store, call.store.profile(community, volunteer))

    @endpoint("POST", "/volunteers/<community>/<volunteer>/photo", who=only("staff"), body=schemas.Photo,
          out=schemas.BoardStanding, again="person", largest=LARGEST_UPLOAD)  # fmt: skip
    def set_photo(self, call: Call, community: str, volunteer: str) -> Reply:
        """Add a photo for somebody who asked for that; it shows once they agreed to stand on the board."""
        changed = board.set_photo(call.store, call.act, community, volunteer, call.body["photo"].content)
        return Reply(changed, then=f"/volunteers/{community}/{volunteer}", says=PHOTO_TAKEN)

    @endpoint("POST", "/volunteers/<community>/<volunteer>/photo/removal", who=only("staff"), out=schemas.BoardStanding)
    def remove_photo(self, call: Call, community: str, volunteer: str) -> Reply:
        """Delete a volunteer's photo, at once and everywhere."""
        changed = board.remove_photo(call.store, call.act, community, volunteer)
        return Reply(changed, then=f"/volunteers/{community}/{volunteer}", says=PHOTO_REMOVED)


def _own(community: str) -> str:
    return f"/volunteers/{community}/me"


def _page(call: Call, community: str) -> dict[str, Any]:
    return {
        "community": community,
        "place": name_of(call.store, community),
        "skill_words": SKILL_WORDS,
        "accepted": ACCEPTED,
    }


def _person(call: Call, volunteer: Volunteer, *, phone: str | None = None, lost: bool = False) -> Reply:
    """What staff see; `phone` once they asked for it, `lost` where its key is gone."""
    profile = call.store.profile(volunteer.community, volunteer.id)
    doubles = call.store.doubles(volunteer.community, [volunteer.id]).get(volunteer.id, [])
    here = f"/volunteers/{volunteer.community}/{volunteer.id}"
    it = {
        **vars(profile),
        **vars(volunteer),
        "photo": f"{here}/photo" if profile.photo else None,
        "doubles": [one.id for one in doubles],
    }
    shown = {"phone": spoken(phone) if phone else None, "lost": lost, "given": profile.phone is not None}
    return Reply(it, page={**_page(call, volunteer.community), **shown, "here": here, "doubles": doubles})


def _phone(store: VolunteersStore, profile: Profile) -> str | None:
    """None: not given, or sealed with a key that is lost."""
    if profile.phone is None:
        return None
    try:
        return store.vault.open(profile.phone)
    except SealLost:
        return None


def _photo(store: VolunteersStore, profile: Profile) -> Reply:
    """Raises NotFound."""
    if profile.photo is None:
        raise NotFound
    return Reply.file(store.pictures.read(profile.photo), KIND, "photo.jpg", shown=True, version=profile.photo)
