"""The HTTP endpoint: one URL, one resource, JSON for programs and a page for people (docs/adr/0006)."""

from shared.web.access import Access, anyone, only, signed_in
from shared.web.endpoint import Call, endpoint
from shared.web.responses import Cookie, Reply
from shared.web.schemas import Empty, Shape

__all__ = ["Access", "Call", "Cookie", "Empty", "Reply", "Shape", "anyone", "endpoint", "only", "signed_in"]
