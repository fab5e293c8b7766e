"""The forms of a page as a browser has them: what is sent if nobody changes anything (HTML, "constructing the entry list")."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

Attributes = list[tuple[str, str | None]]


@dataclass
class Form:
    """`fields` in the order of the page, a name as often as it is sent; `offered`: every value a list or box could have."""

    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    offered: dict[str, list[str]] = field(default_factory=dict)
    typed: set[str] = field(default_factory=set)

    def values(self, name: str) -> list[str]:
        return [value for known, value in self.fields if known == name]

    @property
    def shown(self) -> dict[str, list[str]]:
        """What it holds, without what belongs to the page."""
        return {name: self.values(name) for name, _ in self.fields if name not in ("csrf_token", "once")}


class _Reader(HTMLParser):
    def __init__(self, at: str) -> None:
        super().__init__(convert_charrefs=True)
        self.at, self.forms = at, list[Form]()
        self._form: Form | None = None
        self._area: str | None = None
        self._words = ""
        self._select: str | None = None
        self._options: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            action = urljoin(self.at, given.get("action") or self.at)
            self._form = Form(action, given.get("method", "get").lower())
            self.forms.append(self._form)
        elif self._form is not None and given.get("name") and "disabled" not in given:
            self._control(self._form, tag, given)
        elif tag == "option":
            self._options.append((given.get("value", ""), "selected" in given))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "textarea" and self._area is not None:
            self._write(self._area, re.sub(r"\r\n|\r|\n", "\r\n", self._words.removeprefix("\n")))
            self._area = None
        elif tag == "select" and self._select is not None:
            chosen = [value for value, selected in self._options if selected] or [v for v, _ in self._options[:1]]
            for value in chosen[-1:]:
                self._write(self._select, value)
            self._offer(self._select, *(value for value, _ in self._options))
            self._select = None

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._words += data

    def _control(self, form: Form, tag: str, given: dict[str, str]) -> None:
        name, kind = given["name"], given.get("type", "text")
        if tag == "textarea":
            self._area, self._words = name, ""
            form.typed.add(name)
        elif tag == "select":
            self._select, self._options = name, []
        elif tag == "input" and kind in ("checkbox", "radio"):
            self._offer(name, given.get("value", "on"))
            if "checked" in given:
                self._write(name, given.get("value", "on"))
        elif tag == "input" and kind not in ("submit", "button", "image", "reset", "file"):
            if kind == "hidden":
                self._write(name, re.sub(r"\r\n|\r|\n", "\r\n", given.get("value", "")))
            else:
                self._write(name, re.sub(r"[\r\n]", "", given.get("value", "")))
                form.typed.add(name)

    def _write(self, name: str, value: str) -> None:
        if self._form is not None:
            self._form.fields.append((name, value))

    def _offer(self, name: str, *values: str) -> None:
        if self._form is not None:
            self._form.offered.setdefault(name, []).extend(values)


def forms_of(page: str, at: str) -> list[Form]:
    """All forms of a page that was had from the address `at`."""
    reader = _Reader(at)
    reader.feed(page)
    reader.close()
    return reader.forms


def form_to(page: str, at: str, action: str) -> Form:
    """The one form of the page that is sent to `action`."""
    found = [one for one in forms_of(page, at) if one.action == action and one.method == "post"]
    assert len(found) == 1, f"{len(found)} forms to {action} at {at}"
    return found[0]
