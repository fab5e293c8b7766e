"""The ways in that people are offered, by what they may do and where they are."""

from shared.kernel.ids import now
from shared.security.tokens import Grant, Principal
from shared.web.navigation import WAYS, nav_of
from shared.web.page_help import PAGES, help_for


def caller(*grants: str) -> Principal:
    return Principal("a1", frozenset(Grant(*one.split("@")) for one in grants), now(), now())


def hrefs(person: Principal, path: str) -> list[str]:
    return [entry.href for entry in nav_of(person, path)]


def test_who_is_lent_stays_in_the_community_whose_page_it_is() -> None:
    lent = caller("volunteer@community:biguiyuan", "volunteer@community:yueran")
    for place in ("biguiyuan", "yueran"):
        assert f"/communities/{place}/shifts/mine" in hrefs(lent, f"/communities/{place}/shifts/")
    assert "/communities/biguiyuan/shifts/mine" in hrefs(lent, "/accounts/")


def test_the_entry_that_leads_here_most_closely_is_the_current_one() -> None:
    staff = caller("staff@community:yueran")
    (current,) = [entry.href for entry in nav_of(staff, "/volunteers/yueran/loans/requests") if entry.current]
    assert current == "/volunteers/yueran/loans"
    for path in ("/notices/yueran/desk", "/notices/yueran/n1/reach"):
        (current,) = [entry.href for entry in nav_of(staff, path) if entry.current]
        assert current == "/notices/yueran/desk"


def test_at_a_communitys_own_address_its_services_lead_to_one_another_and_nowhere_else() -> None:
    staff = caller("staff@community:yueran")
    entries = nav_of(staff, "/communities/yueran/grid/", "/communities/yueran/grid")
    assert [one.href for one in entries] == ["/communities/yueran/shifts/", "/communities/yueran/grid/"]


def test_every_way_in_says_what_its_page_is_for() -> None:
    """But for those that lead on at once, or say it by themselves."""
    silent = {"/rescue/inbox", "/volunteers/<community>/loans/mine"}
    assert {way.href for way in WAYS} - set(PAGES) == silent
    assert help_for("/communities/yueran/grid/gates/") == PAGES["/communities/<community>/grid/gates/"]
    assert help_for("/volunteers/district/requests") == PAGES["/volunteers/district/requests"]
    assert help_for("/district/nothing") is None
