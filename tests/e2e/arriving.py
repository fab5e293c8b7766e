"""How the demo's people come to the district in a browser: by the form, or with a session at once where that is not the matter."""

import re

from playwright.sync_api import Page

from tests.e2e.demo import Demo

HIDDEN = re.compile(r'name="(csrf_token|once)" value="([^"]*)"')


def sign_in(demo: Demo, page: Page, name: str) -> Page:
    """By the form, as a person does; ends at the role's start page."""
    page.goto(demo.url + "/accounts/sign-in")
    page.fill("[name=user]", demo.sign_ins[f"DEMO_{name}_USER"])
    page.fill("[name=password]", demo.sign_ins[f"DEMO_{name}_PASSWORD"])
    page.click("main form button")
    page.wait_for_url(lambda url: "sign-in" not in url)
    return page


def arrive(demo: Demo, page: Page, name: str, at: str = "") -> Page:
    """What the form sends, without drawing it; ends at the page `at`, or where the role's work is."""
    door = demo.url + "/accounts/sign-in"
    form = dict(HIDDEN.findall(page.request.get(door, headers={"Accept": "text/html"}).text()))
    who = {part.lower(): demo.sign_ins[f"DEMO_{name}_{part}"] for part in ("USER", "PASSWORD")}
    answer = page.request.post(door, form={**form, **who, "next": at}, headers={"Accept": "text/html"}, max_redirects=0)
    assert answer.status == 303, answer.text()
    page.goto(demo.url + (at or answer.headers["location"]))
    return page
