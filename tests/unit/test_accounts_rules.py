"""The rules of accounts: passwords and locks, tokens and withdrawn rights, and who may change them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.accounts import ways
from services.accounts.domain import accounts as domain
from services.accounts.domain.accounts import Account, Right
from services.accounts.passwords import Passwords
from shared.events.contracts.accounts import ROLES
from shared.kernel.errors import NotAllowed

NOON = datetime(2020, 2, 13, 4, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
STAFF, VOLUNTEER = Right("staff", "community:yueran"), Right("volunteer", "community:yueran")
OFFICER, OPERATOR = Right("officer", "district"), Right("operator", "district")


def account(*rights: Right) -> Account:
    return Account("a1", "xiaoyu", "hash", valid_from=NOON, last_issued=NOON, rights=list(rights))


def wrong_tries(someone: Account, number: int, at: datetime = NOON) -> datetime:
    """As many wrong passwords, each as soon as the door is open; returns the moment of the last."""
    for _ in range(number):
        at = max(at, someone.locked_until or at)
        someone.show_password(at, right=False)
    return at


def test_four_wrong_passwords_lock_nobody_out() -> None:
    someone = account()
    wrong_tries(someone, 4)
    someone.check_open(NOON)


def test_the_fifth_locks_the_door_for_a_minute() -> None:
    someone = account()
    wrong_tries(someone, 5)
    with pytest.raises(domain.LockedOut) as told:
        someone.check_open(NOON + timedelta(seconds=20))
    assert told.value.facts == {"retry_after": 40}
    someone.check_open(NOON + MINUTE)


def test_while_locked_even_the_right_password_is_not_heard() -> None:
    someone = account()
    wrong_tries(someone, 5)
    with pytest.raises(domain.LockedOut):
        someone.show_password(NOON, right=True)


@given(st.integers(min_value=5, max_value=2_000))
def test_each_further_one_doubles_the_lock_up_to_an_hour(number: int) -> None:
    someone = account()
    last = wrong_tries(someone, number)
    assert someone.locked_until is not None
    assert someone.locked_until - last == min(MINUTE * 2 ** min(number - 5, 6), timedelta(hours=1))


def test_the_right_password_forgets_the_wrong_ones() -> None:
    someone = account()
    last = wrong_tries(someone, 7)
    someone.show_password(last + timedelta(hours=1), right=True)
    assert (someone.failures, someone.locked_until) == (0, None)


def test_a_password_is_neither_common_nor_the_user_name() -> None:
    with pytest.raises(domain.CommonPassword):
        domain.check_password("xiaoyu", "Password123")
    with pytest.raises(domain.PasswordIsUser):
        domain.check_password("lin.xiaoyu", "Lin.Xiaoyu")
    domain.check_password("xiaoyu", "门前 三棵 老槐树")


def test_every_common_password_is_one_that_would_pass_for_its_length() -> None:
    assert [word for word in domain.WORST_PASSWORDS if len(word) < 10] == []


def test_passwords_are_kept_as_owasp_advises_and_compared_as_typed() -> None:
    passwords = Passwords()
    kept = passwords.hash("correct horse 1")
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert passwords.match(kept, "ｃorrect　horse １"), "a Chinese keyboard's full-width letters are the plain ones"
    assert not passwords.match(kept, "correct horse 2")
    assert not passwords.match(None, "")


@given(
    st.lists(st.tuples(st.sampled_from(["issue", "grant", "withdraw", "end"]), st.integers(-5_000, 5_000)), max_size=30)
)
def test_a_token_never_carries_a_right_that_was_withdrawn_whatever_the_clocks_say(acts: list[tuple[str, int]]) -> None:
    someone = account(STAFF)
    tokens: list[tuple[datetime, list[Right]]] = []
    for act, milliseconds in acts:
        at = NOON + timedelta(milliseconds=milliseconds)
        if act == "issue":
            tokens.append((someone.issue(at), list(someone.rights)))
            assert tokens[-1][0] >= someone.valid_from, "a token just made counts"
        elif act == "grant":
            someone.grant(VOLUNTEER)
        elif act == "withdraw":
            someone.withdraw(VOLUNTEER, at)
        else:
            someone.end_sessions(at)
            assert all(issued < someone.valid_from for issued, _ in tokens)
        for issued, rights in tokens:
            if issued >= someone.valid_from:
                assert set(rights) <= set(someone.rights)


def test_granting_what_is_held_and_withdrawing_what_is_not_change_nothing() -> None:
    someone = account(STAFF)
    assert someone.grant(STAFF) == []
    assert someone.withdraw(VOLUNTEER, NOON) == []
    assert someone.valid_from == NOON


rights = st.builds(
    Right, st.sampled_from(ROLES), st.sampled_from(["district", "community:yueran", "community:biguiyuan", "self"])
)


@given(rights)
def test_an_operator_changes_every_right(right: Right) -> None:
    assert domain.may_change([OPERATOR], right)


@given(rights)
def test_an_officer_makes_neither_officers_nor_operators(right: Right) -> None:
    assert domain.may_change([OFFICER], right) == (right.role not in ("officer", "operator"))


@given(rights)
def test_staff_say_who_is_captain_in_their_own_community_and_nothing_else(right: Right) -> None:
    assert domain.may_change([STAFF, VOLUNTEER], right) == (right == Right("captain", "community:yueran"))


@given(st.sets(rights.filter(lambda one: one.role not in ("officer", "operator", "staff"))), rights)
def test_nobody_else_changes_any_right(held: set[Right], right: Right) -> None:
    assert not domain.may_change(held, right)


@pytest.mark.parametrize(
    "right",
    [
        Right("officer", "community:yueran"),
        Right("staff", "district"),
        Right("captain", "community:"),
        Right("volunteer", "yueran"),
        Right("rescuer", "community:yueran"),
        Right("donor", "district"),
    ],
)
def test_a_role_holds_only_in_its_own_kind_of_place(right: Right) -> None:
    with pytest.raises(domain.WrongScope):
        domain.check_scope(right)


def test_a_communitys_own_services_never_hold_a_right_that_reaches_beyond_it() -> None:
    held = [OFFICER, OPERATOR, STAFF, Right("volunteer", "community:biguiyuan")]
    assert domain.rights_for(held, "community:yueran") == [STAFF]
    assert domain.rights_for(held, "district") == held
    with pytest.raises(NotAllowed):
        domain.rights_for([OFFICER], "community:yueran")


@pytest.mark.parametrize(
    "wanted",
    ["//elsewhere.example", "/\\elsewhere.example", "https://elsewhere.example", "/\t/elsewhere.example", "javascript:1",
     "elsewhere", "", None, "/a\r\nSet-Cookie: b"],
)  # fmt: skip
def test_nobody_is_sent_to_another_site(wanted: str | None) -> None:
    assert ways.onwards(wanted, [OFFICER]) == "/district/"


def test_people_go_on_to_the_page_they_came_for() -> None:
    assert ways.onwards("/volunteers/yueran/?standing=待审核", []) == "/volunteers/yueran/?standing=待审核"


@pytest.mark.parametrize(
    ("held", "start"),
    [
        ([OFFICER, STAFF], "/district/"),
        ([VOLUNTEER, STAFF], "/communities/yueran/shifts/"),
        ([Right("captain", "community:yueran"), VOLUNTEER], "/communities/yueran/shifts/"),
        ([VOLUNTEER], "/communities/yueran/shifts/mine"),
        ([VOLUNTEER, Right("volunteer", "community:biguiyuan")], "/communities/yueran/shifts/mine"),
        ([OPERATOR], "/accounts/people"),
        ([], "/"),
    ],
)
def test_everybody_begins_where_their_role_does(held: list[Right], start: str) -> None:
    assert ways.start_of(held) == start


GUEST = Right("volunteer", "community:biguiyuan")


def test_a_guest_holds_a_right_for_as_long_as_their_loan() -> None:
    someone = account()
    assert someone.host("l1", GUEST) == [domain.RightGranted("volunteer", "community:biguiyuan")]
    assert [type(one) for one in someone.see_off("l1", GUEST, NOON)] == [domain.RightWithdrawn]
    assert (someone.rights, someone.stays) == ([], [])


def test_who_holds_the_right_for_themselves_keeps_it_when_a_loan_ends() -> None:
    before, meanwhile = account(), account()
    before.grant(GUEST)
    before.host("l1", GUEST)
    meanwhile.host("l1", GUEST)
    meanwhile.grant(GUEST)
    for someone in (before, meanwhile):
        assert someone.see_off("l1", GUEST, NOON) == []
        assert someone.rights == [GUEST]


def test_of_two_loans_the_last_one_to_end_takes_the_right_with_it() -> None:
    someone = account()
    someone.host("l1", GUEST)
    assert someone.host("l2", GUEST) == []
    assert someone.see_off("l1", GUEST, NOON) == []
    assert len(someone.see_off("l2", GUEST, NOON)) == 1
