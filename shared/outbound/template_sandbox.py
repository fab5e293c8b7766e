"""Texts with gaps that people write themselves ("{{ post }} needs {{ missing }} people"), filled without letting them do more.

Only names, comparisons and if/else are a template's language here: no attribute, no call, no loop, no arithmetic. So filling one
takes no longer than it is long, whatever it says.
"""

from collections.abc import Collection, Mapping
from functools import lru_cache

from jinja2 import StrictUndefined, Template, TemplateError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from shared.i18n.text import Text
from shared.kernel.errors import Fault

LONGEST_TEMPLATE = 4_000  # characters
LONGEST_FACT = 300
LONGEST_TEXT = 8_000

_LANGUAGE = (
    nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.If, nodes.CondExpr, nodes.Compare, nodes.Operand,
    nodes.And, nodes.Or, nodes.Not,
)  # fmt: skip
_sandbox = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False, trim_blocks=True)
_sandbox.globals.clear()
_sandbox.filters.clear()
_sandbox.tests.clear()


class BadTemplate(Fault):
    """`field` is where it was typed; `what` is the part that is not allowed, unknown or broken off."""

    code = "bad-template"
    status = 422
    says = Text(
        "模板里的“{what}”不能用。可以写的只有这些：{known}", "“{what}” cannot stand in a template. What can: {known}"
    )


def check_template(text: str, known: Collection[str], field: str | None = None) -> None:
    """Raises BadTemplate for what is no template of ours, or names what is not `known`."""
    told = "、".join(f"{{{{ {name} }}}}" for name in known)
    if len(text) > LONGEST_TEMPLATE:
        raise BadTemplate(field, what=f"{len(text)} > {LONGEST_TEMPLATE}", known=told)
    try:
        tree = _sandbox.parse(text)
    except (TemplateError, RecursionError) as fault:
        raise BadTemplate(field, what=str(fault) or "…", known=told) from fault
    for node in tree.find_all(nodes.Node):
        if not isinstance(node, _LANGUAGE):
            raise BadTemplate(field, what=type(node).__name__.lower(), known=told)
        if isinstance(node, nodes.Name) and node.name not in known:
            raise BadTemplate(field, what=node.name, known=told)


def fill(text: str, facts: Mapping[str, object]) -> str:
    """The template with its gaps filled. Raises BadTemplate, also when the result is too long to be sent."""
    check_template(text, facts)
    short = {name: str(fact)[:LONGEST_FACT] for name, fact in facts.items()}
    try:
        filled = _compiled(text).render(short)
    except (TemplateError, TypeError, RecursionError) as fault:
        raise BadTemplate(what=str(fault), known="") from fault
    if len(filled) > LONGEST_TEXT:
        raise BadTemplate(what=f"{len(filled)} > {LONGEST_TEXT}", known="")
    return filled


@lru_cache(maxsize=500)
def _compiled(text: str) -> Template:
    return _sandbox.from_string(text)
