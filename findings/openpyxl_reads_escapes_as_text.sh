#!/bin/sh
# openpyxl 3.1.5: characters that a workbook must escape are read as the escape, not as the character.
#
# Office Open XML (ECMA-376, ST_Xstring) writes what XML cannot carry as _xHHHH_: a line break that came from another program as
# CR LF is stored as `_x000D_` and a line feed. Excel shows a line break; openpyxl's cell says "_x000D_" in seven visible
# letters, which then stand in names and addresses. python-calamine reads the character.
#
# Seen on 2026-11-30 (workbook written by XlsxWriter 3.3.1), Python 3.11:
#   in the file: 3号楼_x000D_\n2单元
#   openpyxl:    '3号楼_x000D_\n2单元'
#   calamine:    '3号楼\r\n2单元'
# Around it: openpyxl.utils.escape.unescape() on every text, or another reader.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q openpyxl==3.1.5 XlsxWriter==3.3.1 python-calamine==0.9.1
"$folder/venv/bin/python" - "$folder/list.xlsx" <<'EOF'
import sys
import zipfile

import openpyxl
import python_calamine
import xlsxwriter
from openpyxl.utils.escape import unescape

path = sys.argv[1]
with xlsxwriter.Workbook(path) as book:
    book.add_worksheet().write_string(0, 0, "3号楼\r\n2单元")
stored = zipfile.ZipFile(path).read("xl/sharedStrings.xml").decode().partition("<t>")[2].partition("</t>")[0]
ours = openpyxl.load_workbook(path).active["A1"].value
theirs = python_calamine.CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()[0][0]
print("in the file:", stored.replace("\n", "\\n"))
print("openpyxl:   ", repr(ours))
print("calamine:   ", repr(theirs))
assert stored == "3号楼_x000D_\n2单元"
assert ours == stored
assert theirs == unescape(ours) == "3号楼\r\n2单元"
EOF
