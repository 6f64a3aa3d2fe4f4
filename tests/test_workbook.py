"""The workbook: safe texts, decisions offered, splitting, and what reading back will need."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from python_calamine import CalamineWorkbook

from p2c_recon.reports import workbook
from p2c_recon.reports.cell_text import CATEGORIES, COLUMNS, DECISIONS, EFFECTS, FIELDS, MAX_UNITS, canonical, cell_text, row_key
from p2c_recon.reports.workbook import write_workbook

FINDING = ("task", "category", "company", "key", "source_id", "field", "expected", "actual", "reason")
KEYED = ("category", "task", "company", "key", "source_id", "field", "expected", "actual", "reason")
BAD = "\N{REPLACEMENT CHARACTER}"

# text as found -> text as openpyxl reads it back; what isn't named here comes back equal
REPLACED = {
    "a\x0bb\x00c": f"a{BAD}b{BAD}c",
    "high \ud83d alone": f"high {BAD} alone",
    "low \ude00 alone": f"low {BAD} alone",
    "end \ud83d": f"end {BAD}",
    "two halves \ud83d\ude00 joined": "two halves 😀 joined",
    "not a character \uffff": f"not a character {BAD}",
    "carriage\rreturn": "carriage\nreturn",
    "carriage\r\nreturn and line feed": "carriage\nreturn and line feed",
    "\r=1+1": "\n=1+1",
    "_x000D_": "_x005F_x000D_",
    "_x0041_x0042_": "_x005F_x0041_x005F_x0042_",
}
KEPT = [
    '=HYPERLINK("http://example.invalid","x")',
    "=1+1",
    "{=SUM(A1:A2)}",
    "+31 30 123 45 67",
    "-5",
    "@SUM(A1)",
    "\t=1",
    "tab\tinside",
    "'quoted",
    "00123",
    "12345678901234567890",
    "1E5",
    "0.10",
    "TRUE",
    "#N/A",
    "2024-01-02",
    "line one\nline two",
    "  blanks around  ",
    "\u00a0no-break\u00a0",
    "next line \u0085 and \u2028",
    "Ünï 漢字 🙂 🏴\U000e0067\U000e007f",
    "right to left \u202e override",
    "<c><f>1+1</f></c> &amp; ]]>",
    "100 % %s %d {0}",
    "_x00",
    "x" * MAX_UNITS,
]


def frame(*rows: dict[str, str], dtype: str = "str") -> pd.DataFrame:
    """Return findings; what a row doesn't name is blank."""
    blank = {**dict.fromkeys(FINDING, ""), "task": "Contacts", "company": "usmf"}
    return pd.DataFrame([{**blank, **row} for row in rows], columns=list(FINDING), dtype=dtype)


def mismatched(*texts: str) -> pd.DataFrame:
    # object, for Arrow's str can't hold the half of a surrogate pair
    rows = [{"category": "mismatched", "key": str(number), "expected": text} for number, text in enumerate(texts)]
    return frame(*rows, dtype="object")


def one_of_each() -> pd.DataFrame:
    return frame(
        {"category": "blocked", "key": "CON-1", "source_id": "c1", "field": "CustomerGroupId", "reason": "required column blank"},
        {"category": "extra", "key": "CON-9", "field": "AssociatedPartyNumber", "actual": "ACC-1", "reason": "no Sales record"},
        {
            "category": "flag_disagrees",
            "key": "CON-2",
            "source_id": "c2",
            "field": "msdynce_isactivecustomer",
            "expected": "Yes",
            "actual": "No",
        },
        {"category": "mismatched", "key": "CON-3", "source_id": "c3", "field": "LastName", "expected": "de Vries", "actual": "De Vries"},
        {"category": "missing", "key": "CON-4", "source_id": "c4"},
        {"category": "wrong_entity", "key": "CON-5", "source_id": "c5"},
    )


def summary(**changes: Any) -> dict[str, Any]:
    return {
        "run_id": "4f2a9c1e7b3d5a60",
        "company": "usmf",
        "version": "1.2.3",
        "sources": {
            "sales": [{"table": "contacts", "file": "=cmd().csv", "rows": 6, "sha256": "ab" * 32}],
            "finops": [{"table": "CDSContactPersons", "file": "CDSContactPersons.csv", "rows": 3, "sha256": "cd" * 32}],
        },
        "left_out": [{"what": "CustomersV2.Fax", "why": "not in the file"}],
        "warnings": ["+1 warning"],
        "tasks": [
            {"task": "Contacts", "total": 6, "statuses": {"in_sync": 2, "mismatched": 1, "missing": 1, "wrong_entity": 1, "blocked": 1}}
        ],
        "categories": {"Contacts": {"mismatched": 1}},
        "columns": [{"task": "Contacts", "field": "LastName", "mismatched": 1}],
        "finops": [{"table": "CDSContactPersons", "rows": 3, "statuses": {"matched": 2, "extra": 1}}],
        "conservation": [{"side": "Sales", "table": "contacts", "rows_read": 6, "rows_accounted": 6}],
        **changes,
    }


def texts(book: Workbook, title: str, header: str) -> list[str | None]:
    rows = list(book[title].iter_rows(values_only=True))
    return [None if row[rows[0].index(header)] is None else str(row[rows[0].index(header)]) for row in rows[1:]]


def soffice() -> str:
    """Return LibreOffice's path; without it the test is skipped, but not where CI promises it."""
    path = shutil.which("soffice")
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail("LibreOffice (soffice) is missing, which CI must have")
        pytest.skip("LibreOffice (soffice) is not installed")
    return path


def saved_by_libreoffice(path: Path, tmp_path: Path) -> Path:
    profile = (tmp_path / "profile").as_uri()
    command = [soffice(), "--headless", f"-env:UserInstallation={profile}", "--convert-to", "xlsx:Calc MS Excel 2007 XML"]
    subprocess.run([*command, "--outdir", str(tmp_path / "saved"), str(path)], check=True, capture_output=True, timeout=180)
    return tmp_path / "saved" / path.name


def keys_of(book: Workbook) -> list[tuple[str, str]]:
    """Return the key that each row carries and the one that its other cells give, as a reader will make it."""
    company = next(row[1] for row in book["_meta"].iter_rows(values_only=True) if row[0] == "company")
    found = []
    for _, title, category, *_ in (row for row in book["_meta"].iter_rows(values_only=True) if row[0] == "sheet"):
        rows = list(book[str(title)].iter_rows(values_only=True))
        for row in rows[1:]:
            shown = {FIELDS.get(str(header), ""): value for header, value in zip(rows[0], row, strict=True)}
            shown |= {"category": category, "company": company}
            found.append((str(row[-1]), row_key(str(shown.get(field) or "") for field in KEYED)))
    return found


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "mismatches.xlsx"
    write_workbook(path, one_of_each(), summary())
    return path


def test_hostile_texts_come_back_as_they_were(tmp_path: Path) -> None:
    given_texts = [*KEPT, *REPLACED]
    path = tmp_path / "hostile.xlsx"
    write_workbook(path, mismatched(*given_texts), summary())
    assert texts(load_workbook(path), "mismatched", "Expected") == [*KEPT, *REPLACED.values()]


def test_every_text_is_text_and_nothing_is_a_formula(tmp_path: Path) -> None:
    path = tmp_path / "hostile.xlsx"
    write_workbook(path, mismatched(*KEPT, *REPLACED), summary())
    for sheet in load_workbook(path):
        for cell in (cell for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)):
            assert (cell.data_type, cell.number_format, cell.quotePrefix) == ("s", "@", True), (sheet.title, cell)
    with zipfile.ZipFile(path) as archive:
        for name in (name for name in archive.namelist() if name.startswith("xl/worksheets/sheet")):
            xml = archive.read(name)
            assert b"<f>" not in xml
            assert b"<f " not in xml


def test_escapes_are_what_other_readers_decode(tmp_path: Path) -> None:
    path = tmp_path / "escapes.xlsx"
    write_workbook(path, mismatched("_x000D_", "_x0041_x0042_"), summary())
    rows = CalamineWorkbook.from_path(path).get_sheet_by_name("mismatched").to_python()
    assert [row[rows[0].index("Expected")] for row in rows[1:]] == ["_x000D_", "_x0041_x0042_"]


@pytest.mark.parametrize("letter", ["x", "é", "漢", "😀"])
def test_long_texts_are_cut_with_a_visible_mark(letter: str) -> None:
    cut = cell_text(letter * 40_000)
    assert len(cut.encode("utf-16-le")) // 2 in (MAX_UNITS - 1, MAX_UNITS)
    assert cut.startswith(letter * 16_000)
    assert "[cut: 40,000 characters" in cut
    assert BAD not in cut
    assert cut != cell_text(letter * 39_999 + "!")


@given(st.text(st.characters(codec=None, exclude_categories=()), max_size=40) | st.text("_x0D5F41\r\n", max_size=40))
def test_canonical_form_survives_any_number_of_saves(text: str) -> None:
    shown = cell_text(text)
    assert canonical(shown) == canonical(cell_text(shown)) == canonical(canonical(shown))
    shown.encode()
    assert row_key([shown, "b"]) != row_key([shown + "b", ""])


def test_sheets_split_before_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "ROWS_PER_SHEET", 2)
    path = tmp_path / "split.xlsx"
    titles = write_workbook(path, pd.concat([mismatched("a", "b", "c", "d", "e"), frame({"category": "missing"})]), summary())
    assert titles == ["Summary", "missing", "mismatched", "mismatched 2", "mismatched 3"]
    book = load_workbook(path)
    assert book.sheetnames == [*titles, "_meta"]
    assert [texts(book, title, "Expected") for title in titles[2:]] == [["a", "b"], ["c", "d"], ["e"]]
    assert len({name for title in titles for name in book[title].tables}) == 4


def test_each_category_offers_only_decisions_that_make_sense(book: Path) -> None:
    loaded = load_workbook(book)
    assert loaded.sheetnames == ["Summary", "blocked", "wrong_entity", "missing", "mismatched", "extra", "flag_disagrees", "_meta"]
    for category, offered in DECISIONS.items():
        (validation,) = loaded[category].data_validations.dataValidation
        assert (validation.type, str(validation.sqref), validation.showErrorMessage) == ("list", "A2", True)
        assert validation.formula1 == f'"{",".join(offered)}"'
        assert len(str(validation.formula1)) <= 255
        assert len(str(validation.prompt)) <= 255
    assert DECISIONS["mismatched"] == ("Sales is right", "F&O is right", "accept difference", "ignore for now")
    assert "F&O is right" not in DECISIONS["missing"]
    assert DECISIONS.keys() == COLUMNS.keys() == CATEGORIES.keys() == EFFECTS.keys()


def test_a_sheet_is_ready_to_work_in_and_to_print(book: Path) -> None:
    loaded = load_workbook(book)
    for category, columns in COLUMNS.items():
        sheet = loaded[category]
        headers = ["Decision", "Comment", *columns, "Row key"]
        assert [cell.value for cell in sheet[1]] == headers
        (table,) = sheet.tables.values()
        assert table.column_names == headers
        assert table.autoFilter is not None
        assert table.ref == table.autoFilter.ref == sheet.dimensions
        assert sheet.freeze_panes == "C2"
        assert sheet.column_dimensions[get_column_letter(len(headers))].hidden
        assert (sheet.print_title_rows, sheet.page_setup.orientation) == ("$1:$1", "landscape")
        assert sheet.page_setup.fitToWidth == 1
        assert not sheet.protection.sheet
    header, row = loaded["mismatched"][1], loaded["mismatched"][2]
    fills = {name.value: cell.fill.fgColor.rgb for name, cell in zip(header, row, strict=True)}
    assert (fills["Expected"], fills["Actual"]) == ("00E4F2E0", "00FBE4E1")


def test_rows_show_the_finding_and_the_name(tmp_path: Path) -> None:
    path = tmp_path / "named.xlsx"
    names = pd.DataFrame({"source_id": ["c3", "c9"], "name": ["Anna de Vries", "Nobody"]}, dtype="str")
    write_workbook(path, one_of_each(), summary(), names=names)
    row = [cell.value for cell in load_workbook(path)["mismatched"][2]]
    assert row[:-1] == [None, None, "Contacts", "CON-3", "Anna de Vries", "LastName", "de Vries", "De Vries", "c3"]
    assert len(str(row[-1])) == 32


def test_the_hidden_sheet_holds_what_reading_back_checks(book: Path) -> None:
    loaded = load_workbook(book)
    assert loaded["_meta"].sheet_state == "hidden"
    rows = [[value for value in row if value is not None] for row in loaded["_meta"].iter_rows(values_only=True)]
    assert rows[:3] == [["schema", "p2c_recon/workbook", "1"], ["run", "4f2a9c1e7b3d5a60"], ["company", "usmf"]]
    assert ["decision", "missing", "accept difference"] in rows
    key = str(loaded["mismatched"].cell(2, 10).value)
    assert ["sheet", "mismatched", "mismatched", "1", hashlib.sha256(key.encode()).hexdigest()] in rows


def test_keys_can_be_made_again_from_what_a_sheet_shows(tmp_path: Path) -> None:
    path = tmp_path / "keys.xlsx"
    write_workbook(path, pd.concat([one_of_each(), mismatched(*KEPT, *REPLACED)]), summary())
    loaded = load_workbook(path)
    found = keys_of(loaded)
    assert len({key for key, _ in found}) == len(found) == 6 + len(KEPT) + len(REPLACED)
    assert all(key == again for key, again in found)
    loaded.save(path)
    assert keys_of(load_workbook(path)) == found


def test_names_do_not_change_a_key(tmp_path: Path) -> None:
    names = pd.DataFrame({"source_id": ["c3"], "name": ["Anna"]}, dtype="str")
    write_workbook(tmp_path / "with.xlsx", one_of_each(), summary(), names=names)
    write_workbook(tmp_path / "without.xlsx", one_of_each(), summary())
    assert keys_of(load_workbook(tmp_path / "with.xlsx")) == keys_of(load_workbook(tmp_path / "without.xlsx"))


def test_the_workbook_survives_a_save_by_libreoffice(tmp_path: Path) -> None:
    path = tmp_path / "mismatches.xlsx"
    findings = pd.concat([one_of_each(), mismatched(*KEPT, *REPLACED, "=" + "😀" * 40_000)])
    write_workbook(path, findings, summary())
    before, after = load_workbook(path), load_workbook(saved_by_libreoffice(path, tmp_path))
    assert after.sheetnames == before.sheetnames
    assert keys_of(after) == keys_of(before)
    assert all(key == again for key, again in keys_of(after))
    for category, offered in DECISIONS.items():
        assert [rule.formula1 for rule in after[category].data_validations.dataValidation] == [f'"{",".join(offered)}"']
    assert all(cell.data_type != "f" for sheet in after for row in sheet.iter_rows() for cell in row)


def test_the_summary_counts_in_numbers_and_links_to_every_sheet(book: Path) -> None:
    sheet = load_workbook(book)["Summary"]
    rows = {str(row[0].value): row for row in sheet.iter_rows() if row[0].value}
    assert [cell.value for cell in rows["Contacts"]][:3] == ["Contacts", 1, "LastName"]  # the last table with that task
    assert [cell.value for cell in rows["CDSContactPersons"]][:7] == ["CDSContactPersons", 3, 2, 0, 1, 0, 0]
    for category in CATEGORIES:
        count, link = rows[category][1], rows[category][2]
        assert (count.value, count.data_type) == (1, "n")
        assert link.hyperlink is not None
        assert link.hyperlink.location == f"'{category}'!A1"
    words = {str(cell.value) for row in sheet.iter_rows() for cell in row}
    assert {"adds up", "+1 warning", "not in the file", f"=cmd().csv (SHA-256 {'ab' * 32})"} <= words


def test_a_run_without_findings_says_so(tmp_path: Path) -> None:
    path = tmp_path / "none.xlsx"
    empty = summary(tasks=[], columns=[], finops=[], conservation=[], left_out=[], warnings=[])
    assert write_workbook(path, frame(), empty) == ["Summary"]
    words = [str(cell.value) for row in load_workbook(path)["Summary"].iter_rows() for cell in row]
    assert "The run found no difference: there is nothing to decide." in words


def test_same_input_gives_the_same_bytes(book: Path, tmp_path: Path) -> None:
    findings, before = one_of_each(), one_of_each()
    write_workbook(tmp_path / "again.xlsx", findings, summary())
    assert book.read_bytes() == (tmp_path / "again.xlsx").read_bytes()
    with zipfile.ZipFile(book) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    pd.testing.assert_frame_equal(findings, before)
