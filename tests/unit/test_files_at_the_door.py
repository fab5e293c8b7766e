"""Files at the HTTP door: read from a form, told apart from text, and answered under their own names."""

import io
from typing import Any

import pytest
from marshmallow import ValidationError
from werkzeug.datastructures import FileStorage
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from shared.kernel.errors import TooLarge
from shared.web import Reply
from shared.web.request import Upload, Visit
from shared.web.schemas import Shape, UploadField

ORIGIN = "http://127.0.0.1:8080"


class Sent(Shape):
    photo = UploadField(required=True)


def visit(largest: int = 1024, **fields: Any) -> Visit:
    builder = EnvironBuilder("/photo", method="POST", data=fields, content_type="multipart/form-data")
    return Visit(Request(builder.get_environ()), ORIGIN, largest)


def file(content: bytes, name: str = "王叔.jpg") -> FileStorage:
    return FileStorage(io.BytesIO(content), name, content_type="image/jpeg")


def test_a_form_carries_words_and_files() -> None:
    it = visit(note="门口", photo=file(b"\xff\xd8\0"))
    assert it.body == {"note": "门口", "photo": Upload("王叔.jpg", "image/jpeg", b"\xff\xd8\0")}


def test_a_file_field_in_which_nothing_was_chosen_is_left_out() -> None:
    assert visit(photo=file(b"", "")).body == {}


def test_a_body_larger_than_the_door_takes_is_refused_with_the_limit_in_words() -> None:
    with pytest.raises(TooLarge) as refused:
        _ = visit(1024 * 1024, photo=file(bytes(1024 * 1024))).body
    assert refused.value.sentence("zh") == "内容过大，最多 1 MB。"


@pytest.mark.parametrize("sent", [{}, {"photo": "no file"}, {"photo": None}])
def test_words_are_no_file(sent: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as refused:
        Sent().load(sent)
    assert refused.value.messages["photo"][0].en == "Please choose a file."


def test_a_repeated_upload_is_known_by_its_bytes() -> None:
    def key(content: bytes) -> str | None:
        it = visit(photo=file(content), once="o1")
        return it.idempotency_key()

    assert key(b"\xff\xd8") == key(b"\xff\xd8") != key(b"\xff\xd9")


def test_a_file_is_answered_under_its_chinese_name_and_kept_by_nobody() -> None:
    answer = Reply.file(b"%PDF", "application/pdf", '值守表 "三月".pdf').raw
    assert answer is not None
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Content-Disposition"] == (
        "attachment; filename=\"_ _.pdf\"; filename*=UTF-8''%E5%80%BC%E5%AE%88%E8%A1%A8%20%22%E4%B8%89%E6%9C%88%22.pdf"
    )


def test_what_a_browser_may_hold_it_must_ask_for_each_time() -> None:
    answer = Reply.file(b"\xff\xd8", "image/jpeg", "photo.jpg", shown=True, version="v1").raw
    assert answer is not None
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.headers["ETag"] == '"v1"'
    assert answer.headers["Content-Disposition"].startswith("inline;")
