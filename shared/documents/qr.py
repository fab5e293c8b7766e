"""QR codes, for a page or for paper; dark on white whatever the theme, as cameras want them."""

import segno
from markupsafe import Markup

QUIET = 4  # modules of white around a code (ISO/IEC 18004)


def svg(text: str) -> Markup:
    """A code that fills the width it is given; it stands inline in a page, whose policy allows no other picture of ours."""
    code = segno.make(text, error="m", micro=False)
    drawn = code.svg_inline(border=QUIET, dark="#000", light="#fff", omitsize=True, svgclass="qr", lineclass=None)
    return Markup(drawn)  # noqa: S704  (segno's own drawing: the text is in its modules, not in its markup)


def modules(text: str) -> list[list[bool]]:
    """Rows of dark and light, without the white around them."""
    code = segno.make(text, error="m", micro=False)
    return [[bool(module) for module in row] for row in code.matrix]
