"""Takes the pictures in docs/pictures/, and of every other page in pages/ there, from a district that `make run` runs:
`make pictures` while it does."""

import io
import os
import re
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from deploy.demo.doors import Account, Doors
from tests.chromium import CHROMIUM, FLAGS
from tests.look import DESK, PHONE
from tests.pages import PAGES, ids_now

PICTURES = Path(__file__).parents[1] / "docs/pictures"
WALL = (1920, 1080)
SHIFTS, GRID = "/communities/yueran/shifts", "/communities/yueran/grid"
Shot = tuple[str, str | None, tuple[int, int], str]  # its name, who looks, the screen, the address
SHOTS: tuple[Shot, ...] = (
    ("overview", "DISTRICT", DESK, "/district/"),
    ("overview-phone", "DISTRICT", PHONE, "/district/"),
    ("wall", "DISTRICT", WALL, "/district/?wall=1"),
    ("community", "DISTRICT", DESK, "/district/communities/yueran"),
    ("community-phone", "DISTRICT", PHONE, "/district/communities/yueran"),
    ("alerts", "DISTRICT", DESK, "/district/alerts"),
    ("alerts-phone", "DISTRICT", PHONE, "/district/alerts"),
    ("help", "DISTRICT", DESK, "/district/help"),
    ("gaps", "DISTRICT", DESK, "/district/gaps"),
    ("flow", "DISTRICT", DESK, "/district/flow"),
    ("events", "DISTRICT", DESK, "/district/events"),
    ("screening", "DISTRICT", DESK, "/district/screening"),
    ("report", "DISTRICT", DESK, "/district/report"),
    ("duty", "DISTRICT", DESK, "/district/duty"),
    ("missions", "DISTRICT", DESK, "/district/missions"),
    ("shortages", "DISTRICT", DESK, "/district/shortages"),
    ("needs", "DISTRICT", DESK, "/district/needs"),
    ("transfers", "DISTRICT", DESK, "/district/transfers"),
    ("district-volunteers", "DISTRICT", DESK, "/district/volunteers"),
    ("district-buildings", "DISTRICT", DESK, "/district/buildings"),
    ("district-notices", "DISTRICT", DESK, "/district/notices"),
    ("alert-rules", "DISTRICT", DESK, "/district/alerts/rules"),
    ("search", "DISTRICT", DESK, "/district/search?q=3"),
    ("rebuilds", "OPERATOR", DESK, "/district/rebuilds"),
    ("parts", "OPERATOR", DESK, "/district/parts"),
    ("people", "OPERATOR", DESK, "/accounts/people"),
    ("communities", "OPERATOR", DESK, "/accounts/communities"),
    ("coverage", "STAFF", DESK, f"{SHIFTS}/coverage"),
    ("coverage-phone", "CAPTAIN", PHONE, f"{SHIFTS}/coverage"),
    ("plan", "STAFF", DESK, f"{SHIFTS}/plan"),
    ("posts", "STAFF", DESK, f"{SHIFTS}/posts"),
    ("duty-rules", "STAFF", DESK, f"{SHIFTS}/rules"),
    ("calendar-phone", "VOLUNTEER", PHONE, f"{SHIFTS}/calendar"),
    ("rota", "STAFF", DESK, f"{SHIFTS}/proposals"),
    ("closing", "STAFF", DESK, f"{SHIFTS}/posts/gate-2/closing?look=true&move_to=gate-3"),
    ("screen-phone", "CAPTAIN", PHONE, f"{SHIFTS}/posts/gate-2/screen"),
    ("board-phone", "VOLUNTEER", PHONE, f"{SHIFTS}/"),
    ("mine-phone", "VOLUNTEER", PHONE, f"{SHIFTS}/mine"),
    ("grid", "STAFF", DESK, f"{GRID}/"),
    ("rounds", "STAFF", DESK, f"{GRID}/rounds"),
    ("gates-phone", "STAFF", PHONE, f"{GRID}/gates/"),
    ("requests-phone", "VOLUNTEER", PHONE, f"{GRID}/requests/"),
    ("gate-log", "STAFF", DESK, f"{GRID}/gate-log/"),
    ("gate-flow", "STAFF", DESK, f"{GRID}/gate-log/flow"),
    ("owners", "STAFF", DESK, f"{GRID}/owners"),
    ("care", "STAFF", DESK, f"{GRID}/care"),
    ("disinfection", "STAFF", DESK, f"{GRID}/disinfection"),
    ("volunteers", "STAFF", DESK, "/volunteers/yueran/"),
    ("participation", None, DESK, "/volunteers/yueran/board"),
    ("buildings", "STAFF", DESK, "/volunteers/yueran/buildings"),
    ("teams", "STAFF", DESK, "/volunteers/yueran/teams"),
    ("certificates", "STAFF", DESK, "/volunteers/yueran/certificates"),
    ("imports", "STAFF", DESK, "/volunteers/yueran/imports"),
    ("record-phone", "VOLUNTEER", PHONE, "/volunteers/yueran/me/record"),
    ("loans", "STAFF", DESK, "/volunteers/yueran/loans"),
    ("supplies", "STAFF", DESK, "/supplies/yueran/"),
    ("stock-phone", "STAFF", PHONE, "/supplies/yueran/stock"),
    ("sharing", "DISTRICT", DESK, "/supplies/district/communities"),
    ("supply-transfers", "STAFF", DESK, "/supplies/yueran/transfers"),
    ("pledges", "STAFF", DESK, "/supplies/yueran/pledges"),
    ("gifts-phone", "DONOR", PHONE, "/supplies/pledges/mine"),
    ("needed-phone", "DONOR", PHONE, "/supplies/"),
    ("notices", "STAFF", DESK, "/notices/yueran/desk"),
    ("new-notice", "STAFF", DESK, "/notices/yueran/new"),
    ("posters", "STAFF", DESK, "/notices/yueran/posters"),
    ("inbox-phone", "VOLUNTEER", PHONE, "/notices/inbox"),
    ("rescue", "DISTRICT", DESK, "/rescue/"),
    ("rescue-teams", "DISTRICT", DESK, "/rescue/teams"),
    ("missions-phone", "RESCUE", PHONE, "/rescue/inbox/blue-sky"),
    ("me-phone", "VOLUNTEER", PHONE, "/accounts/"),
    ("landing-phone", None, PHONE, "/"),
    ("sign-in-phone", None, PHONE, "/accounts/sign-in"),
)
BY_PHONE = ("CAPTAIN", "VOLUNTEER", "DONOR", "RESCUE")
SHADES = 128  # colours of a picture: pages have few, and the files stay small


def main(home: Path, target: Path) -> None:
    known = dict(line.split("=", 1) for line in (home / "env").read_text().splitlines())
    values = {name: "".join(shlex.split(value)) for name, value in known.items()}
    (target / "pages").mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        ids = ids_now(partial(_ask, values))
        for (who, size), shots in groupby(sorted([*SHOTS, *_others()], key=_by_reader), key=_by_reader):
            with _page(browser, size, values, who or None) as page:
                for name, _, _, path in shots:
                    page.goto(values["BASE_URL"] + path.format(**ids))
                    page.wait_for_load_state("networkidle")
                    _keep(page.screenshot(), target / f"{name}.png")
                    print(f"{name}.png", flush=True)
        browser.close()


def _others() -> Iterator[Shot]:
    """Pages that have no picture of their own name, named by their address."""
    shown = {path for _, _, _, path in SHOTS}
    for who, path in PAGES:
        if path not in shown:
            name = re.sub(r"[^a-z0-9]+", "-", path.replace("/communities/yueran", "")).strip("-")
            yield f"pages/{who.lower()}-{name}", who, PHONE if who in BY_PHONE else DESK, path


def _ask(values: dict[str, str], who: str, path: str) -> Any:
    doors = Doors(values["BASE_URL"])
    return Account(doors, values[f"DEMO_{who}_USER"], values[f"DEMO_{who}_PASSWORD"]).get(path)


def _by_reader(shot: Shot) -> tuple[str, tuple[int, int]]:
    """Who looks, and on what: one sign-in serves all they look at."""
    return shot[1] or "", shot[2]


def _keep(screenshot: bytes, path: Path) -> None:
    Image.open(io.BytesIO(screenshot)).convert("RGB").quantize(SHADES, dither=Image.Dither.NONE).save(
        path, optimize=True
    )


@contextmanager
def _page(browser: Browser, size: tuple[int, int], values: dict[str, str], who: str | None) -> Iterator[Page]:
    width, height = size
    context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
    page = context.new_page()
    if who:
        page.goto(values["BASE_URL"] + "/accounts/sign-in")
        page.fill("[name=user]", values[f"DEMO_{who}_USER"])
        page.fill("[name=password]", values[f"DEMO_{who}_PASSWORD"])
        page.click("main button")
        page.wait_for_url(lambda url: "sign-in" not in url)
    yield page
    context.close()


if __name__ == "__main__":
    main(Path(os.environ.get("LIANFANG_HOME", ".local")), Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURES)
