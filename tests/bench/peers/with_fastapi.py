"""FastAPI with pymongo's asynchronous client: taking a shift with the same checks, and an outbox: `with_fastapi.py PORT`."""

import json
import sys
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import jwt
import uvicorn
from fastapi import Depends, FastAPI, Header, HTTPException
from gate import MAJORITY, told
from pydantic import BaseModel
from pymongo import AsyncMongoClient

SHANGHAI = ZoneInfo("Asia/Shanghai")
REST = timedelta(hours=8)
A_DAY, A_WEEK, NIGHTS = timedelta(hours=12), timedelta(hours=40), 3
KEY = jwt.PyJWK(json.loads(Path(told("TOKEN_PUBLIC_KEYS")).read_bytes())["keys"][0]).key


class ForWhom(BaseModel):
    volunteer: str | None = None


class Held(BaseModel):
    volunteer: str
    at: datetime


class ShiftShape(BaseModel):
    id: str
    post: str
    starts: datetime
    ends: datetime
    head_count: int
    claims: list[Held]


@asynccontextmanager
async def connected(app: FastAPI) -> Any:
    app.state.database = AsyncMongoClient(told("MONGODB_URI"), tz_aware=True)[told("DATABASE")]
    yield


app = FastAPI(lifespan=connected)


def caller(authorization: Annotated[str, Header()]) -> str:
    """The account a genuine token speaks for, if it is a volunteer here."""
    try:
        claims = jwt.decode(authorization.removeprefix("Bearer "), KEY, ["EdDSA"], audience="district")
    except jwt.InvalidTokenError:
        raise HTTPException(401) from None
    if "volunteer" not in json.dumps(claims):
        raise HTTPException(403)
    return claims["sub"]


@app.post("/shifts/{shift_id}/claims")
async def claim(shift_id: str, _body: ForWhom, account: Annotated[str, Depends(caller)]) -> ShiftShape:
    database = app.state.database
    at = datetime.now(UTC)

    async def body(session: Any) -> dict[str, Any]:
        shift = await database["shifts"].find_one({"_id": shift_id}, session=session)
        roster = await database["rosters"].find_one({"account": account}, session=session)
        if shift is None or roster is None:
            raise HTTPException(404)
        check(shift, roster, at)
        shift["claims"].append({"volunteer": roster["_id"], "at": at})
        roster["duties"].append({"shift": shift_id, "starts": shift["starts"], "ends": shift["ends"]})
        for name, one in (("shifts", shift), ("rosters", roster)):
            known = {"_id": one["_id"], "version": one["version"]}
            one["version"] += 1
            done = await database[name].replace_one(known, one, session=session)
            if done.matched_count != 1:
                raise HTTPException(409)
        event = {
            "_id": str(uuid4()),
            "type": "shift.claimed",
            "subject": shift_id,
            "sequence": shift["version"],
            "time": at,
            "data": {"volunteer": roster["_id"]},
            "unpublished": True,
        }
        await database["outbox"].insert_one(event, session=session)
        return shift

    async with database.client.start_session() as session:
        shift = await session.with_transaction(body, **MAJORITY)
    return ShiftShape(id=shift.pop("_id"), **shift)


def check(shift: dict[str, Any], roster: dict[str, Any], at: datetime) -> None:
    """Approved, before the start, a free place, no overlap, rest, hours a day and a week, nights in a row."""
    if roster["standing"] != "approved" or at >= shift["starts"] or len(shift["claims"]) >= shift["head_count"]:
        raise HTTPException(409)
    duties = [*roster["duties"], shift]
    for duty in roster["duties"]:
        if shift["starts"] < duty["ends"] + REST and duty["starts"] < shift["ends"] + REST:
            raise HTTPException(409)
    day = shift["starts"].astimezone(SHANGHAI).date()
    monday = day - timedelta(days=day.weekday())
    local = [(one["starts"].astimezone(SHANGHAI), one["ends"] - one["starts"]) for one in duties]
    if sum((length for starts, length in local if starts.date() == day), timedelta()) > A_DAY:
        raise HTTPException(409)
    week = (length for starts, length in local if monday <= starts.date() < monday + timedelta(days=7))
    if sum(week, timedelta()) > A_WEEK:
        raise HTTPException(409)
    nights = sorted({starts.date() for starts, _ in local if starts.hour < 6 or starts.hour >= 22})
    if len(nights) > NIGHTS and nights[-1] - nights[0] == timedelta(days=len(nights) - 1):
        raise HTTPException(409)


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="error", access_log=False)
