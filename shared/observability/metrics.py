"""Observability: Prometheus metrics, JSON log lines, and the W3C trace context that crosses events."""

import logging
import secrets
import sys
from contextvars import ContextVar
from datetime import UTC, datetime

import orjson
from prometheus_client import Counter, Gauge, Histogram

EVENTS_PUBLISHED = Counter("lianfang_events_published_total", "Events the broker confirmed", ["source"])
EVENTS_RETURNED = Counter(
    "lianfang_events_returned_total", "Events that led to no queue: the topology lacks a binding", ["source"]
)
EVENTS_HANDLED = Counter("lianfang_events_handled_total", "Events that took effect here", ["queue"])
EVENTS_REPEATED = Counter(
    "lianfang_events_repeated_total", "Events that came again and had no further effect", ["queue"]
)
EVENTS_PARKED = Counter("lianfang_events_parked_total", "Events set aside with a reason", ["queue"])
HELD_NOW = Gauge("lianfang_events_held", "Events parked, or waiting for an earlier one", ["queue", "state"])
HANDLING_SECONDS = Histogram("lianfang_events_handling_seconds", "One batch from first look to commit", ["queue"])
JOURNAL_DEPTH = Gauge(
    "lianfang_journal_depth", "Events that wait for the broker; not counted beyond ten thousand", ["source"]
)
JOURNAL_AGE = Gauge("lianfang_journal_oldest_seconds", "How long the oldest of them has waited", ["source"])
HTTP_SECONDS = Histogram("lianfang_http_seconds", "Requests by endpoint and outcome", ["method", "route", "status"])
HTTP_OLDEST = Gauge("lianfang_http_oldest_seconds", "How long the oldest request now at work has been so")
HTTP_UNEXPECTED = Counter("lianfang_http_unexpected_total", "Answers 500: a fault nobody foresaw; the log tells it")
JOB_FAILURES = Counter(
    "lianfang_job_failures_total", "Scheduled work that failed for one id", ["service", "job", "community"]
)
JOB_FAILING = Gauge(
    "lianfang_job_failing", "Ids that failed at their last try and are set aside", ["service", "job", "community"]
)
JOB_LATE = Gauge(
    "lianfang_job_late_seconds",
    "How much longer than planned it is since a community's due work was gone through",
    ["service", "job", "community"],
)
DATABASE_SILENT = Gauge("lianfang_database_silent_seconds", "Since the database last answered")
CONSUMER_SILENT = Gauge(
    "lianfang_consumer_silent_seconds", "Since this process last read its queue, or found it empty", ["queue"]
)
LIVE_READERS = Gauge("lianfang_live_readers", "Open live pages")
LIVE_REFUSED = Counter("lianfang_live_refused_total", "Live pages refused, by whose bound was reached", ["bound"])
WORK_UNFINISHED = Counter("lianfang_work_unfinished_total", "Workers that were ended at work", ["work"])
GREENTHREADS = Gauge(
    "lianfang_greenthreads", "What runs side by side: connections, live pages, relays, consumers, timers"
)

traceparent: ContextVar[str | None] = ContextVar("traceparent", default=None)


def new_traceparent(received: str | None = None) -> str:
    """A W3C trace context: a new span in the trace received, or in a new trace."""
    parts = (received or "").split("-")
    well_formed = len(parts) == 4 and len(parts[1]) == 32 and set(parts[1]) <= set("0123456789abcdef")  # noqa: PLR2004
    trace = parts[1] if well_formed and set(parts[1]) != {"0"} else secrets.token_hex(16)
    return f"00-{trace}-{secrets.token_hex(8)}-01"


class _JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC),
            "level": record.levelname.lower(),
            "logger": record.name,
            "says": record.getMessage(),
            **getattr(record, "facts", {}),
        }
        if (trace := traceparent.get()) is not None:
            line["traceparent"] = trace
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return orjson.dumps(line, default=str).decode()


def log_to_stderr(level: str) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_JsonLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.getLogger("nameko.web.server").setLevel(logging.WARNING)  # one line a request says less than the metrics do
    logging.getLogger("nameko.containers").addFilter(_is_no_answered_fault)
    for drawing in ("fontTools", "fpdf", "PIL"):  # dozens of lines for each paper, about nothing of ours
        logging.getLogger(drawing).setLevel(logging.WARNING)


def _is_no_answered_fault(record: logging.LogRecord) -> bool:
    """An endpoint answers what its method raises and logs what nobody foresaw: what nameko says of it besides is left out."""
    worker = record.args[0] if isinstance(record.args, tuple) and record.args else None
    entrypoint = getattr(worker, "entrypoint", None)
    return not (record.exc_info and getattr(entrypoint, "answers_faults", False))
