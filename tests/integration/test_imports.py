"""People in and out as Excel on real parts: looked through, confirmed, brought in once whatever happens, and taken out again."""

import io
import threading
from collections.abc import Sequence
from typing import Any

import pytest
import requests
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from python_calamine import CalamineWorkbook

from services.volunteers import sheets
from services.volunteers.store import VolunteersStore
from services.volunteers.usecases import teams
from shared.documents.excel_reader import XLSX
from shared.kernel.command import Command
from shared.kernel.ids import new_id
from tests.stack import Stack, eventually

STAFF = "staff@community:yueran"
PAGE = {"Accept": "text/html"}
HEADER = ("姓名", "手机号", "楼栋", "职业", "党员", "特长", "证书", "可服务时间", "六大员", "志愿队", "同意显示称呼")
HOME = "/volunteers/yueran"


@pytest.fixture(scope="module", autouse=True)
def volunteers(stack: Stack) -> Stack:
    return stack.start("volunteers")


@pytest.fixture
def staff(stack: Stack) -> str:
    return stack.token(STAFF)


def phone(number: int) -> str:
    return f"139{number:08d}"


def book(*rows: Sequence[Any], header: Sequence[str] = HEADER) -> bytes:
    made = Workbook(write_only=True)
    page = made.create_sheet()
    for row in (header, *rows):
        page.append([as_text(page, value) if isinstance(value, str) else value for value in row])
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def as_text(page: Any, words: str) -> Any:
    cell = WriteOnlyCell(page, words)
    cell.data_type = "s"
    return cell


def upload(stack: Stack, token: str, content: bytes, **headers: str) -> requests.Response:
    headers["Authorization"] = f"Bearer {token}"
    files = {"file": ("名单.xlsx", content, XLSX)}
    url = stack.url(f"{HOME}/imports")
    return requests.post(url, files=files, headers=headers, timeout=120, allow_redirects=False)


def uploaded(stack: Stack, token: str, *rows: Sequence[Any]) -> Any:
    answer = upload(stack, token, book(*rows))
    assert answer.status_code == 201, answer.text
    return answer.json()


def rows_of(stack: Stack, token: str, file: str, lang: str = "zh") -> dict[int, Any]:
    answer = stack.call("GET", f"{HOME}/imports/{file}/rows?lang={lang}", token)
    return {row["number"]: row for row in answer.json()["items"]}


def confirm(stack: Stack, token: str, file: str, **how: Any) -> requests.Response:
    return stack.call("POST", f"{HOME}/imports/{file}/confirmation", token, how)


def finished(stack: Stack, token: str, file: str, *, seconds: float = 60) -> Any:
    def ended() -> Any:
        job = stack.call("GET", f"{HOME}/imports/{file}", token).json()["job"]
        return job if job["state"] != "working" else None

    return eventually(ended, seconds=seconds)


def taken_in(stack: Stack, token: str, *rows: Sequence[Any], **how: Any) -> Any:
    file = uploaded(stack, token, *rows)["id"]
    assert confirm(stack, token, file, **how).status_code == 202
    return finished(stack, token, file)


def named(stack: Stack, name: str) -> list[Any]:
    return list(stack.database("volunteers")["volunteers"].find({"display_name": name}))


def journal(stack: Stack, subject: str) -> list[str]:
    found = stack.database("volunteers")["journal"].find({"subject": subject}).sort("sequence")
    return [one["type"].split(".")[2] for one in found]


def test_a_preview_says_of_each_row_what_it_is_and_nobody_is_taken_in(stack: Stack, staff: str) -> None:
    made = uploaded(
        stack, staff, ("周一一", phone(101), "1号楼"), ("周一二", "12345", "1号楼"), ("周一三", phone(101), "2号楼"),
        ("周一一", phone(102), "1栋"), ("周一五", phone(103)), ("周一六", phone(104), "2号楼", "", "大概", "飞行"),
        ("周一七", phone(105), "2号楼", "", "", "", "", "", "", "无此队"),
    )  # fmt: skip
    assert [made[what] for what in ("good", "faulty", "duplicate", "alike")] == [1, 4, 2, 1]
    rows = rows_of(stack, staff, made["id"])
    assert {number: row["verdict"] for number, row in rows.items()} == {
        2: "good", 3: "faulty", 4: "duplicate", 5: "duplicate", 6: "faulty", 7: "faulty", 8: "faulty",
    }  # fmt: skip
    assert list(rows[3]["faults"]) == ["phone"]
    assert list(rows[6]["faults"]) == ["home"]
    assert set(rows[7]["faults"]) == {"party_member", "skills"}
    assert "医护" in rows[7]["faults"]["skills"]
    assert "Medical" in rows_of(stack, staff, made["id"], "en")[7]["faults"]["skills"]
    assert rows[4]["twin"] == {"by": "phone", "row": 2, "volunteer": None}
    assert rows[5]["twin"] == {"by": "name", "row": 2, "volunteer": None}
    assert named(stack, "周一一") == []


def test_confirmed_people_are_approved_with_all_that_the_row_tells(stack: Stack, staff: str) -> None:
    store = VolunteersStore(stack.database("volunteers"))
    team = teams.found(store, Command(), "yueran", name="小雨滴", name_en="Raindrops")
    can = ("驾驶、medical", "医护 护士执业证 2099-01-31", "平日晚上", "宣传员")
    job = taken_in(stack, staff, ("钱多多", 13900000201, "3号楼", "护士", "是", *can, "小雨滴", "是"))
    assert (job["state"], job["done"], job["faults"], job["result"]) == ("done", 1, 0, {"imported": 1})
    (one,) = named(stack, "钱多多")
    assert (one["standing"], one["skills"], one["has_account"]) == ("approved", ["driving", "medical"], False)
    assert set(journal(stack, one["_id"])) == {
        "applied", "reachable", "approved", "introduced", "abilities-changed", "roles-taken",
    }  # fmt: skip
    profile = stack.database("volunteers")["profiles"].find_one({"_id": one["_id"]})
    assert (profile["occupation"], profile["party_member"]) == ("护士", True)
    assert store.team("yueran", team.id).members == [one["_id"]]
    assert journal(stack, team.id) == ["founded", "member-joined"]


def test_people_may_be_left_for_staff_to_decide(stack: Stack, staff: str) -> None:
    taken_in(stack, staff, ("孙待定", phone(301), "3号楼"), standing="applied")
    (one,) = named(stack, "孙待定")
    assert (one["standing"], journal(stack, one["_id"])) == ("applied", ["applied", "reachable"])


def test_the_same_file_twice_and_one_pressed_many_times_at_once_take_everybody_in_once(
    stack: Stack, staff: str
) -> None:
    rows = [(f"李同{n}", phone(400 + n), "5号楼") for n in range(60)]
    files = [uploaded(stack, staff, *rows)["id"] for _ in range(2)]
    pressing = [threading.Thread(target=confirm, args=(stack, staff, file)) for file in files * 3]
    for one in pressing:
        one.start()
    for one in pressing:
        one.join()
    jobs = [finished(stack, staff, file) for file in files]
    assert sum(job["result"]["imported"] for job in jobs) == 60
    assert stack.database("volunteers")["volunteers"].count_documents({"display_name": {"$regex": "^李同"}}) == 60
    again = uploaded(stack, staff, *rows)
    assert (again["good"], again["duplicate"]) == (0, 60)
    nobody = confirm(stack, staff, again["id"])
    assert (nobody.status_code, nobody.json()["code"]) == (409, "nobody-new")


def test_who_only_seems_to_be_there_comes_in_when_staff_say_so(stack: Stack, staff: str) -> None:
    rows = [("吴重名", phone(501), "6号楼"), ("吴重名", phone(502), "6号楼")]
    assert taken_in(stack, staff, *rows, alike_too=True)["result"] == {"imported": 2}
    assert len(named(stack, "吴重名")) == 2


def test_a_job_killed_in_the_middle_brings_everybody_in_once(stack: Stack, staff: str) -> None:
    file = uploaded(stack, staff, *[(f"郑续{n}", phone(600 + n), "7号楼") for n in range(400)])["id"]
    confirm(stack, staff, file)
    people = stack.database("volunteers")["volunteers"]
    for some in (1, 150):
        eventually(lambda some=some: people.count_documents({"display_name": {"$regex": "^郑续"}}) >= some)
        stack.kill("volunteers")
        stack.start("volunteers")
    job = finished(stack, staff, file)
    assert (job["state"], job["result"]) == ("done", {"imported": 400})
    assert people.count_documents({"display_name": {"$regex": "^郑续"}}) == 400
    assert len({one["account"] for one in people.find({"display_name": {"$regex": "^郑续"}})}) == 400


def test_a_list_put_aside_brings_nobody_in(stack: Stack, staff: str) -> None:
    file = uploaded(stack, staff, ("王放弃", phone(1101), "8号楼"))["id"]
    cancel = f"{HOME}/imports/{file}/cancellation"
    assert stack.call("POST", cancel, staff).json()["state"] == "discarded"
    assert confirm(stack, staff, file).json()["code"] == "import-decided"
    assert stack.call("POST", cancel, staff).json()["code"] == "import-decided"
    assert named(stack, "王放弃") == []


def test_rows_that_are_not_taken_come_back_with_the_reason_and_can_be_sent_again(stack: Stack, staff: str) -> None:
    made = uploaded(
        stack, staff, ("冯改改", "一三九", "9号楼"), ("冯好好", phone(1201), "9号楼"), ("冯重重", phone(1201), "1号楼")
    )
    answer = stack.call("GET", f"{HOME}/imports/{made['id']}/returned", staff)
    assert answer.headers["Content-Type"] == XLSX
    header, *rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    why = header.index("要改什么")
    assert [(row[0], row[1]) for row in rows] == [("冯改改", "一三九"), ("冯重重", phone(1201))]
    assert rows[0][why].startswith("手机号：")
    assert "第 3 行" in rows[1][why]
    assert upload(stack, staff, answer.content).status_code == 201


def test_the_template_can_be_uploaded_as_it_is(stack: Stack, staff: str) -> None:
    for lang in ("zh", "en"):
        template = stack.call("GET", f"{HOME}/imports/template?lang={lang}", staff)
        made = upload(stack, staff, template.content).json()
        assert (made["good"], made["faulty"]) == (1, 0), rows_of(stack, staff, made["id"])


def test_what_is_no_list_is_refused_with_what_to_do(stack: Stack, staff: str) -> None:
    assert upload(stack, staff, b"no workbook").json()["code"] == "not-a-workbook"
    answer = upload(stack, staff, book(("甲",), header=("名单",)))
    assert (answer.status_code, answer.json()["code"]) == (422, "no-header")
    assert "姓名、手机号、楼栋" in answer.json()["detail"]


def test_the_export_is_on_record_holds_phones_and_reads_back_the_same(stack: Stack, staff: str) -> None:
    account = new_id()
    own = stack.token("staff@community:biguiyuan", account=account)
    papers = "医护 护士执业证 2099-01-31；驾驶 C1驾照"
    rows = [
        ("=SUM(1)", "13900002001", "3号楼", "教师", "是", "驾驶、医护", papers, "周末上午、平日晚上", "宣传员", "", "是"),
        ("普通人", "13900002002", "4号楼", "", "否", "", "", "", "", "", "否"),
    ]  # fmt: skip
    there = "/volunteers/biguiyuan"
    files = {"file": ("名单.xlsx", book(*rows), XLSX)}
    url, bearer = stack.url(f"{there}/imports"), {"Authorization": f"Bearer {own}"}
    file = requests.post(url, files=files, headers=bearer, timeout=60).json()["id"]
    stack.call("POST", f"{there}/imports/{file}/confirmation", own, {})
    eventually(lambda: stack.call("GET", f"{there}/imports/{file}", own).json()["job"]["state"] == "done")
    made = stack.call("POST", f"{there}/exports", own, {"standing": "approved"}).json()
    content = stack.call("GET", f"{there}/exports/{made['id']}", own).content
    (record,) = stack.call("GET", f"{there}/exports", own).json()["items"]
    assert (record["by"], record["standing"], record["people"]) == (account, "approved", 2)
    before, after = sheets.read(book(*rows)), sheets.read(content)
    assert [(one.person, one.phone) for one in after] == [(one.person, one.phone) for one in before]
    other = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert other[1][:2] == ["=SUM(1)", "139 0000 2001"]
    for stranger in (stack.token("staff@community:biguiyuan"), stack.token(STAFF)):
        assert stack.call("GET", f"{there}/exports/{made['id']}", stranger).status_code in (403, 404)


def test_who_applies_with_the_phone_on_the_list_becomes_one_person_with_it(stack: Stack, staff: str) -> None:
    taken_in(stack, staff, ("何名单", phone(1601), "3号楼", "", "", "驾驶", "", "", "", "", "是"))
    (listed,) = named(stack, "何名单")
    account = new_id()
    told = {"display_name": "何先生", "home": "3号楼", "phone": phone(1601), "skills": []}
    applied = stack.call("POST", f"{HOME}/applications", stack.token(account=account), told).json()
    assert "是同一个人" in stack.call("GET", f"{HOME}/{applied['id']}", staff, **PAGE).text
    say = f"{HOME}/{applied['id']}/same-person"
    assert (
        stack.call("POST", say, stack.token("staff@community:biguiyuan"), {"listed": listed["_id"]}).status_code == 403
    )
    assert stack.call("POST", say, staff, {"listed": listed["_id"]}).json()["account"] == account
    assert journal(stack, listed["_id"])[-2:] == ["account-linked", "name-withdrawn"], "they did not agree to be named"
    assert journal(stack, applied["id"])[-1] == "folded"
    assert stack.call("POST", say, staff, {"listed": listed["_id"]}).json()["code"] == "application-not-waiting"
    assert stack.call("GET", f"{HOME}/me", stack.token(account=account)).json()["id"] == listed["_id"]
    everybody = stack.call("GET", f"{HOME}/?q=何", staff).json()["items"]
    assert [one["id"] for one in everybody] == [listed["_id"]]
    assert stack.call("GET", f"{HOME}/{listed['_id']}", staff).json()["doubles"] == []
    assert stack.call("GET", f"{HOME}/{applied['id']}", staff, **PAGE).status_code == 200


def test_who_has_an_account_is_never_given_another(stack: Stack, staff: str) -> None:
    told = {"display_name": "吕双号", "home": "3号楼", "phone": phone(1701), "skills": []}
    one, other = (stack.call("POST", f"{HOME}/applications", stack.token(), told).json() for _ in range(2))
    stack.call("POST", f"{HOME}/{one['id']}/approval", staff)
    answer = stack.call("POST", f"{HOME}/{other['id']}/same-person", staff, {"listed": one["id"]})
    assert (answer.status_code, answer.json()["code"]) == (409, "has-an-account")


def test_only_staff_of_the_community_see_lists(stack: Stack, staff: str) -> None:
    file = uploaded(stack, staff, ("卫外人", phone(1301), "3号楼"))["id"]
    for path in (f"imports/{file}", "imports", "exports", f"imports/{file}/rows"):
        assert stack.call("GET", f"{HOME}/{path}", stack.token("officer@district")).status_code == 403
    there = stack.token("staff@community:biguiyuan")
    assert stack.call("GET", f"/volunteers/biguiyuan/imports/{file}", there).status_code == 404


def test_no_phone_is_readable_in_the_database(stack: Stack, staff: str) -> None:
    uploaded(stack, staff, ("蒋密封", phone(1401), "3号楼"), ("蒋坏行", phone(1402)))
    for name in ("import_rows", "imports", "profiles", "volunteers", "jobs", "journal"):
        kept = str(list(stack.database("volunteers")[name].find()))
        assert phone(1401) not in kept
        assert phone(1402) not in kept


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_pages_show_what_to_change(stack: Stack, staff: str, lang: str) -> None:
    made = uploaded(stack, staff, ("沈看看", "12", "3号楼"), ("沈好好", phone(1501), "3号楼"))
    page = stack.call("GET", f"{HOME}/imports/{made['id']}?lang={lang}", staff, **PAGE).text
    assert "沈看看" in page
    assert ("手机号" if lang == "zh" else "Phone") in page
    for path in ("imports", "exports"):
        assert stack.call("GET", f"{HOME}/{path}?lang={lang}", staff, **PAGE).status_code == 200
