"""Screening rounds: begun and ended by staff, worked through at the doors, with what is left in sight."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from services.grid.domain.screening import OUTCOME_WORDS, TO_SEE_AGAIN, Round
from services.grid.endpoints.page import EVERYONE, HOME, OURS, STAFF, home, is_staff, page
from services.grid.read_views.owners import called
from services.grid.read_views.screening import Door, by_building, doors, latest_by, own_doors, round_view
from services.grid.schemas import screening as schemas
from services.grid.usecases import screening
from services.grid.usecases.screening import Said
from shared.i18n.text import Text
from shared.kernel.ids import new_id
from shared.web import Call, Reply, endpoint

ROUNDS_SHOWN = 30
LEFT_SHOWN = 200


class ScreeningDoors:
    @endpoint("GET", f"{HOME}/rounds", who=EVERYONE, out=schemas.RoundShape, many=True, page="grid/rounds.html")
    def list_rounds(self, call: Call, community: str) -> Reply:
        """The newest screening rounds and how far each is."""
        found = [round_view(call.store, one) for one in call.store.rounds(ROUNDS_SHOWN)]
        return Reply(found, page=page(call, community, cells=call.store.cells()))

    @endpoint("POST", f"{HOME}/rounds", who=STAFF, body=schemas.NewRound, out=schemas.RoundShape, again="list_rounds")
    def begin_round(self, call: Call, community: str) -> Reply:
        """Begin a round, in the whole community or in some cells."""
        begun = screening.begin_round(call.store, call.act, call.body["cells"])
        says = Text("摸排开始了，志愿者现在可以登记。", "The round has begun; volunteers can make entries now.")
        then = f"{home(community)}/rounds/{begun.id}"
        return Reply(round_view(call.store, begun), status=201, then=then, says=says)

    @endpoint("GET", f"{HOME}/rounds/<round_>", who=EVERYONE, out=schemas.RoundShape, page="grid/round.html")
    def show_round(self, call: Call, community: str, round_: str) -> Reply:
        """One round: per cell and owner how far it is, and the share of homes nobody has looked at."""
        found = call.store.load(Round, round_)
        view = round_view(call.store, found)
        more = {
            "cells": call.store.cells(),
            "buildings": call.store.buildings(),
            "tallies": by_building(call.store, found),
            "called": called(call.store, [one.of for one in view.by_owner]),
        }
        return Reply(view, page=page(call, community, **more))

    @endpoint("POST", f"{HOME}/rounds/<round_>/end", who=STAFF, out=schemas.RoundShape)
    def end_round(self, call: Call, community: str, round_: str) -> Reply:
        """End a round; what was found before still counts when it comes in later."""
        ended = screening.end_round(call.store, call.act, round_)
        then = f"{home(community)}/rounds/{round_}"
        return Reply(round_view(call.store, ended), then=then, says=Text("本轮已结束。", "The round is over."))

    @endpoint("GET", f"{HOME}/rounds/<round_>/left", who=OURS, query=schemas.Which, out=schemas.LeftShape, many=True,
          page="grid/left.html")  # fmt: skip
    def list_left(self, call: Call, community: str, round_: str) -> Reply:
        """The households still to be seen, by person: nobody has been there, or they are to be seen again; or any `outcome`."""
        found = call.store.load(Round, round_)
        asked = call.query
        all_left = [
            one
            for one in _discreet(
                call,
                community,
                doors(call.store, found, owner=asked["owner"], building=asked["building"], unit=asked["unit"]),
            )
            if (one.outcome == asked["outcome"] if asked["outcome"] else one.outcome in (None, *TO_SEE_AGAIN))
        ]
        begins = next((place + 1 for place, one in enumerate(all_left) if one.household == asked["after"]), 0)
        shown = all_left[begins : begins + LEFT_SHOWN]
        more = shown[-1].household if all_left[begins + LEFT_SHOWN :] else None
        people = called(call.store, [one.owner for one in all_left])
        groups = [(owner, [one for one in shown if one.owner == owner]) for owner in {one.owner: None for one in shown}]
        about = {"round": found, "people": people, "groups": groups, "whole": len(all_left), "listing": {"next": more}}
        return Reply(shown, page=page(call, community, **_words(call), **about))

    @endpoint("GET", f"{HOME}/rounds/<round_>/doors", who=OURS, query=schemas.Which, out=schemas.LeftShape, many=True,
          page="grid/doors.html")  # fmt: skip
    def walk_doors(self, call: Call, community: str, round_: str) -> Reply:
        """For the person at the door: the households the caller looks after, or those of a building, the next one first."""
        found = call.store.load(Round, round_)
        asked = {name: call.query.get(name, "") for name in ("building", "unit", "household")}
        if asked["building"]:
            listed = _discreet(
                call, community, doors(call.store, found, building=asked["building"], unit=asked["unit"])
            )
        else:
            listed = own_doors(call.store, found, call.store.volunteer_of(call.account))
        about = {
            "round": found,
            "next": _next(listed, asked["household"]),
            "last": latest_by(call.store, found, call.account),
            "entry": new_id(),
            "account": call.account,
            "tallies": by_building(call.store, found),
            "buildings": call.store.buildings(),
        }
        return Reply(listed, page=page(call, community, **_words(call), **about))

    @endpoint("POST", f"{HOME}/rounds/<round_>/doors", who=OURS, body=schemas.EntryBody, query=schemas.Which,
          out=schemas.TakenEntriesShape, again="walk_doors")  # fmt: skip
    def take_entry(self, call: Call, community: str, round_: str) -> Reply:
        """One entry from a form, where no script runs; the next household follows."""
        said = Said(**call.body)
        taken = screening.take_entries(call.store, call.act, round_, [said])
        if taken.refused:
            raise taken.refused[0].fault
        listed = {name: call.query[name] for name in ("building", "unit") if call.query[name]}
        return Reply(taken, then=f"{home(community)}/rounds/{round_}/doors?{urlencode(listed)}")

    @endpoint(
        "POST", f"{HOME}/rounds/<round_>/entries", who=OURS, body=schemas.DoorEntries, out=schemas.TakenEntriesShape
    )
    def take_entries(self, call: Call, community: str, round_: str) -> Reply:  # noqa: ARG002
        """Entries of a phone, as many as it kept while it was offline; each counts once, however often it is sent."""
        return Reply(
            screening.take_entries(call.store, call.act, round_, [Said(**one) for one in call.body["entries"]])
        )


def _discreet(call: Call, community: str, listed: list[Door]) -> list[Door]:
    """That somebody is unwell is for staff and for who looks after the place; others see that it was visited."""
    if is_staff(call, community):
        return listed
    me, carers = call.store.volunteer_of(call.account), call.store.carers()
    return [
        replace(one, outcome="visited")
        if one.outcome == "unwell" and not carers.may_mind(me, one.building, one.unit)
        else one
        for one in listed
    ]


def _next(listed: list[Door], wanted: str) -> Door | None:
    """The household that was asked for, else the first nobody has been at."""
    chosen = next((one for one in listed if one.household == wanted), None)
    return chosen or next((one for one in listed if one.outcome is None), None)


def _words(call: Call) -> dict[str, Any]:
    return {"outcome_words": OUTCOME_WORDS, "names": {one.id: one.name for one in call.store.buildings()}}
