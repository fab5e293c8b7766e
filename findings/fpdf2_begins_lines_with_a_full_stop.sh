#!/bin/sh
# fpdf2 2.8.9: breaks Chinese text where no line may be broken, so lines begin with a full stop or end with an opening bracket.
#
# Text without spaces is cut where the line is full. Chinese setting (GB/T 15834, Unicode's UAX 14, "kinsoku" in Japanese) keeps
# 。 ， ） with what stands before and （ 《 with what follows. multi_cell() knows neither rule, in either wrapmode, and has no
# switch for it; a poster in large print shows it at once.
#
# Seen on 2026-11-30 (a made font whose letters are all as wide as high), Python 3.11:
#   WORD: ['请走西门', '。夜里（', '二十点）']
#   CHAR: ['请走西门', '。夜里（', '二十点）']
# Around it: break lines oneself (UAX 14 by a library) and write each with cell().
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q fpdf2==2.8.9 fonttools==4.60.1
"$folder/venv/bin/python" - "$folder/made.ttf" <<'EOF'
import sys

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fpdf import FPDF

TEXT = "请走西门。夜里（二十点）"
names = [".notdef", *(f"u{ord(letter):04X}" for letter in dict.fromkeys(TEXT))]
pen = TTGlyphPen(None)
for step, corner in enumerate(((0, 0), (0, 900), (900, 900), (900, 0))):
    (pen.lineTo if step else pen.moveTo)(corner)
pen.closePath()
font = FontBuilder(1000, isTTF=True)
font.setupGlyphOrder(names)
font.setupCharacterMap({int(name[1:], 16): name for name in names[1:]})
font.setupGlyf(dict.fromkeys(names, pen.glyph()))
font.setupHorizontalMetrics(dict.fromkeys(names, (1000, 0)))
font.setupHorizontalHeader(ascent=900, descent=-100)
font.setupNameTable({"familyName": "Made", "styleName": "Regular"})
font.setupOS2(sTypoAscender=900, sTypoDescender=-100)
font.setupPost()
font.save(sys.argv[1])

paper = FPDF(unit="pt")
paper.add_page()
paper.add_font("made", fname=sys.argv[1])
paper.set_font("made", size=10)
paper.c_margin = 0
for mode in ("WORD", "CHAR"):
    lines = paper.multi_cell(w=41, text=TEXT, dry_run=True, output="LINES", wrapmode=mode)
    print(f"{mode}: {lines}")
    assert lines == ["请走西门", "。夜里（", "二十点）"]
EOF
