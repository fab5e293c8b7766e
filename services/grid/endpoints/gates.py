"""At the gates: one entry in three taps, ten thousand from a handheld, and what the log tells."""

from datetime import date
from typing import Any

from services.grid.endpoints.page import HOME, LEADING, OURS, STAFF, home, page, today
from services.grid.read_views import gates as views
from services.grid.schemas import gates as schemas
from services.grid.usecases import gates as usecases
from shared.i18n.text import Text
from shared.kernel.errors import NotFound
from shared.kernel.ids import new_id
from shared.web import Call, Reply, endpoint
from shared.web.pagination import cursor_of, place_in

LARGEST_UPLOAD = 8 * 1024 * 1024  # ten thousand entries of the longest kind
PAGE_LENGTH = 50
NEWEST = 5
LOGGED = {
    ("person", "in"): Text("已记：人，进。", "Entered: a person, in."),
    ("person", "out"): Text("已记：人，出。", "Entered: a person, out."),
    ("vehicle", "in"): Text("已记：车，进。", "Entered: a vehicle, in."),
    ("vehicle", "out"): Text("已记：车，出。", "Entered: a vehicle, out."),
}


class GateDoors:
    @endpoint("GET", f"{HOME}/gates/", who=OURS, out=schemas.GateShape, many=True, page="grid/gates.html")
    def list_gates(self, call: Call, community: str) -> Reply:
        """The gates and how many passed today. `at` is our clock: what a device's own lacks against it is its `offset`."""
        found = views.gates_today(call.store, today(call))
        return Reply(found, page=page(call, community, listing={"at": call.act.at.isoformat()}))

    @endpoint("GET", f"{HOME}/gates/<gate>", who=OURS, page="grid/gate.html")
    def show_gate(self, call: Call, community: str, gate: str) -> Reply:
        """The page for a cold hand: who passes, how warm, entered."""
        return _gate_page(call, community, gate)

    @endpoint("POST", f"{HOME}/gates/<gate>/entries", who=OURS, body=schemas.Passage, out=schemas.LoggedShape,
          again="show_gate")  # fmt: skip
    def log_entry(self, call: Call, community: str, gate: str) -> Reply:
        """Enter one who passes. Sent twice, with the same `id`, it is one."""
        entry = usecases.log_entry(call.store, call.act, _row(call.body, gate))
        here = f"{home(community)}/gates/{gate}"
        if entry.has_fever:
            return Reply(entry, status=201, then=f"{here}/fevers/{entry.id}")
        return Reply(entry, status=201, then=here, says=LOGGED[entry.kind, entry.direction])

    @endpoint("GET", f"{HOME}/gates/<gate>/fevers/<entry>", who=OURS, page="grid/fever.html")
    def show_fever(self, call: Call, community: str, gate: str, entry: str) -> Reply:
        """What to do next with somebody who has a fever. Those who must know are told already."""
        known = call.store.gates()
        found = call.store.entry(entry)
        if gate not in known or found is None or found.gate != gate:
            raise NotFound
        return Reply(found, page=page(call, community, gate=known[gate]))

    @endpoint("POST", f"{HOME}/gate-log/entries", who=OURS, body=schemas.Entries, out=schemas.UploadShape,
          largest=LARGEST_UPLOAD)  # fmt: skip
    def upload(self, call: Call, community: str) -> dict[str, Any]:  # noqa: ARG002
        """Enter what a handheld kept, up to 10,000 entries. Sent again, whole or in parts, each counts once; those that cannot
        be are told row by row, and the others are entered."""
        taken = usecases.log_entries(call.store, call.act, call.body["entries"])
        return {
            "at": call.act.at,
            "logged": len(taken.logged),
            "known": taken.known,
            "late": taken.marked("late"),
            "skewed": taken.marked("skewed"),
            "fevers": [entry.id for entry in taken.fevers],
            "refused": [
                {"row": one.row, "id": one.id, "fault": one.fault, "detail": one.fault.sentence(call.lang)}
                for one in taken.refused
            ],
        }

    @endpoint("GET", f"{HOME}/gate-log/", who=LEADING, query=schemas.LogAsked, out=schemas.EntryShape, many=True,
          page="grid/gate_log.html")  # fmt: skip
    def show_log(self, call: Call, community: str) -> Reply:
        """A day's entries, newest first: of one gate, one way, or only those with a mark (late, skewed, returnee, fever)."""
        asked = call.query
        kind, _, direction = (asked["way"] or "").partition("-")
        found = call.store.entries(
            *views.day_span(asked["day"] or today(call)),
            PAGE_LENGTH + 1,
            gate=asked["gate"],
            flag=asked["flag"],
            kind=kind or None,
            direction=direction or None,
            before=place_in(asked["after"]),
        )
        shown = found[:PAGE_LENGTH]
        following = cursor_of(shown[-1].at, shown[-1].id) if len(found) > PAGE_LENGTH else None
        told = page(call, community, listing={"next": following}, asked=asked, gates=call.store.gates(), day=_day(call))
        return Reply(views.seen(call.store, shown), page=told)

    @endpoint("GET", f"{HOME}/gate-log/flow", who=OURS, query=schemas.FlowAsked, out=schemas.HourShape, many=True,
          page="grid/gate_flow.html")  # fmt: skip
    def show_flow(self, call: Call, community: str) -> Reply:
        """A day hour by hour, beside the day before; of one gate or all."""
        day = _day(call)
        told = page(call, community, asked=call.query, gates=call.store.gates(), day=day)
        return Reply(views.hours(call.store, day, call.query["gate"]), page=told)

    @endpoint("GET", f"{HOME}/gate-log/rules", who=STAFF, out=schemas.GateRulesShape, page="grid/gate_rules.html")
    def show_gate_rules(self, call: Call, community: str) -> Reply:
        """What counts as a fever here, how long names and plates are kept, and the form to forget somebody."""
        return Reply(call.store.gate_rules(), page=page(call, community))

    @endpoint("POST", f"{HOME}/gate-log/rules", who=STAFF, body=schemas.GateRulesShape, out=schemas.GateRulesShape,
          again="show_gate_rules")  # fmt: skip
    def change_gate_rules(self, call: Call, community: str) -> Reply:
        """Change them; names and plates older than that are gone at once."""
        rules = usecases.change_rules(call.store, call.act, **call.body)
        return Reply(rules, then=f"{home(community)}/gate-log/rules", says=Text("已保存。", "Saved."))

    @endpoint("POST", f"{HOME}/gate-log/erasure", who=STAFF, body=schemas.Erasure, out=schemas.ErasedShape,
          again="show_gate_rules")  # fmt: skip
    def erase_passer(self, call: Call, community: str) -> Reply:
        """Forget that a person or a vehicle passed, as they asked; that somebody passed stays counted."""
        erased = usecases.erase_passer(call.store, call.act, call.body["name"], call.body["plate"])
        says = Text("已从 {n} 条登记里删去。", "Removed from {n} entries.").format(n=erased)
        return Reply({"entries": erased}, then=f"{home(community)}/gate-log/rules", says=says)


def _gate_page(call: Call, community: str, gate: str) -> Reply:
    known = call.store.gates()
    if gate not in known:
        raise NotFound
    start, end = views.day_span(today(call))
    shown = {
        "newest": call.store.entries(start, end, NEWEST, gate=gate),
        "fresh": new_id(),
        "fever": call.store.gate_rules().fever,
    }
    return Reply(known[gate], page=page(call, community, **shown))


def _row(body: Any, gate: str) -> dict[str, Any]:
    """An entry of the form as a device would tell it."""
    kind, _, direction = body["way"].partition("-")
    told = {name: value for name, value in body.items() if name not in ("way", "reading")}
    reading = body["temperature"] if body["reading"] is None else body["reading"]
    return {
        **told,
        "id": body["id"] or new_id(),
        "gate": gate,
        "kind": kind,
        "direction": direction,
        "temperature": reading,
    }


def _day(call: Call) -> date:
    day: date = call.query.get("day") or today(call)
    return day
