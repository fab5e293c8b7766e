"""Takes the pictures in docs/pictures/ from a district that `make run` runs: `make pictures` while it does."""

import os
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.chromium import CHROMIUM, FLAGS

PICTURES = Path(__file__).parents[1] / "docs/pictures"
DESK, PHONE = (1440, 900), (390, 844)
SHOTS = (
    ("overview", "DISTRICT", DESK, "/district/"),
    ("overview-phone", "DISTRICT", PHONE, "/district/"),
    ("community", "DISTRICT", DESK, "/district/communities/yueran"),
    ("coverage", "STAFF", DESK, "/communities/yueran/shifts/coverage"),
    ("coverage-phone", "CAPTAIN", PHONE, "/communities/yueran/shifts/coverage"),
    ("volunteers", "STAFF", DESK, "/volunteers/yueran/"),
    ("plan", "STAFF", DESK, "/communities/yueran/shifts/plan"),
    ("closing", "STAFF", DESK, "/communities/yueran/shifts/posts/gate-2/closing?look=true&move_to=gate-3"),
    ("screen-phone", "CAPTAIN", PHONE, "/communities/yueran/shifts/posts/gate-2/screen"),
    ("board-phone", "VOLUNTEER", PHONE, "/communities/yueran/shifts/"),
    ("mine-phone", "VOLUNTEER", PHONE, "/communities/yueran/shifts/mine"),
    ("me-phone", "VOLUNTEER", PHONE, "/accounts/"),
    ("people", "OPERATOR", DESK, "/accounts/people"),
    ("landing-phone", None, PHONE, "/"),
    ("sign-in-phone", None, PHONE, "/accounts/sign-in"),
)


def main(home: Path, target: Path) -> None:
    known = dict(line.split("=", 1) for line in (home / "env").read_text().splitlines())
    values = {name: "".join(shlex.split(value)) for name, value in known.items()}
    target.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for name, who, size, path in SHOTS:
            with _page(browser, size, values, who) as page:
                page.goto(values["BASE_URL"] + path)
                page.wait_for_load_state("load")
                page.screenshot(path=target / f"{name}.png")
                print(f"{name}.png", flush=True)
        browser.close()


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
