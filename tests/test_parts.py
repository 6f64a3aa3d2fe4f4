"""The parts of the kernel against plain Python, on generated texts."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import p2c_recon as p2c
from p2c_recon.columns import blank, find, fold, sort_order, trim
from p2c_recon.project import NumberFormat, Project
from p2c_recon.reports.tables import FORMULA_STARTS, write_csv
from p2c_recon.transform.countries import country_codes
from p2c_recon.transform.mapping import map_task, with_parent_number
from p2c_recon.transform.numbers import TOLERANCE, canonical_numbers, differ, point_text

TEXT = st.text(
    alphabet=st.one_of(st.sampled_from(" \t\xa0\u2003\x1c\"',;=+-@\r\nabAB0İßéz漢🙂"), st.characters(exclude_categories=["Cs"])),
    max_size=12,
)
LANGUAGES = tuple(Project().countries.languages)


def large(values: list[str]) -> pa.Array:
    return pa.array(["before", *values], pa.large_string()).slice(1)


@given(st.lists(TEXT))
def test_trim_fold_and_order_are_those_of_python(values: list[str]) -> None:
    assert trim(large(values)).to_pylist() == [value.strip() for value in values]
    assert fold(large(values)).to_pylist() == [value.strip().casefold() for value in values]
    assert [values[at] for at in sort_order(large(values))] == sorted(values)
    assert blank(large(values)).tolist() == [value == "" for value in values]


@given(st.lists(TEXT, max_size=6), st.lists(TEXT, max_size=6))
def test_find_gives_the_first_position_and_no_blank(keys: list[str], within: list[str]) -> None:
    assert find(large(keys), large(within)).tolist() == [within.index(key) if key and key in within else -1 for key in keys]


@given(st.lists(st.tuples(TEXT, TEXT)))
def test_csv_comes_back_with_guarded_formulas(rows: list[tuple[str, str]]) -> None:
    table = pd.DataFrame(rows, columns=["left", "right"], dtype="str")
    with TemporaryDirectory() as folder:
        write_csv(Path(folder) / "t.csv", table)
        raw = (Path(folder) / "t.csv").read_bytes().decode()
    found = [tuple(row) for row in csv.reader(io.StringIO(raw, newline=""))][1:]
    assert found == [tuple("'" + cell if cell.startswith(FORMULA_STARTS) else cell for cell in row) for row in rows]


NUMBER = st.one_of(
    st.decimals(min_value=-(10**15), max_value=10**15, places=3).map(str),
    st.sampled_from(["", "0", "-0", "0.005", "-.5", "5.", "+7", "1e3", "00012.50", "1E-3", "99999999999999999999.004"]),
)


@given(st.lists(st.tuples(NUMBER, NUMBER)))
def test_numbers_differ_exactly_beyond_the_tolerance(pairs: list[tuple[str, str]]) -> None:
    near = [(left, str(Decimal(left or 0) + Decimal("0.005"))) for left, _ in pairs]
    for rows in (pairs, near):
        left, right = (point_text(large([row[side] for row in rows]), NumberFormat()) for side in (0, 1))
        assert differ(left, right).tolist() == [abs(Fraction(a or 0) - Fraction(b or 0)) > Fraction(TOLERANCE) for a, b in rows]


@given(st.lists(NUMBER))
def test_canonical_numbers_keep_their_value(values: list[str]) -> None:
    points = point_text(large(values), NumberFormat())
    for raw, text in zip(values, canonical_numbers(points, large(values)).to_pylist(), strict=True):
        assert text == "" if raw == "" else Decimal(text) == Decimal(raw)
        assert "e" not in text.lower()
        assert text == text.strip("+")
        assert text in ("", "0") or not text.lstrip("-").startswith("00")


@pytest.mark.parametrize("value", ["nan", "inf", "1,000", "1_000", "٣", "--1", "0x10", "1 000", "€5"])
def test_what_is_no_number(value: str) -> None:
    assert point_text(large([value]), NumberFormat()).to_pylist() == [None]


def test_numbers_with_other_signs() -> None:
    numbers = NumberFormat(decimal=",", thousands=".")
    assert point_text(large(["1.234,5", "1234,5", "1.23,4", "1.5", "-1.000.000", ""]), numbers).to_pylist() == [
        "1234.5",
        "1234.5",
        None,
        None,
        "-1000000",
        "",
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("nl", "NL"),
        ("NLD", "NL"),
        ("Nederland", "NL"),
        ("DEUTSCHLAND", "DE"),
        ("États-Unis", "US"),
        ("Holland", None),
        ("Kongo", None),
        ("XX", None),
    ],
)
def test_countries_are_known_or_not_but_never_guessed(text: str, code: str | None) -> None:
    assert country_codes(LANGUAGES).get(text.casefold()) == code


def test_functions_do_not_change_the_frames_they_are_given() -> None:
    sample = p2c.generate(300)
    sales, finops = p2c.Side("Sales", sample.sales), p2c.Side("Fin and Ops", sample.finops)
    before = {name: frame.copy(deep=True) for side in (sales, finops) for name, frame in side.tables.items()}
    p2c.reconcile(sales, finops, "usmf")
    task = next(task for task in p2c.load_tasks() if task.name == "Contacts")
    map_task(with_parent_number(sales["contacts"], sales["accounts"]), task)
    p2c.route_contacts(sales["contacts"])
    for side in (sales, finops):
        for name, frame in side.tables.items():
            pd.testing.assert_frame_equal(frame, before[name])


def test_frames_of_one_s_own_may_have_types_and_nulls() -> None:
    sample = p2c.generate(300)
    plain = p2c.reconcile(p2c.Side("Sales", sample.sales), p2c.Side("Fin and Ops", sample.finops), "usmf")
    typed = {name: frame.mask((frame == "").to_numpy()).astype(object) for name, frame in sample.sales.items()}
    typed["contacts"]["statecode"] = typed["contacts"]["statecode"].astype(float)
    other = p2c.reconcile(p2c.Side("Sales", typed), p2c.Side("Fin and Ops", sample.finops), "usmf")
    pd.testing.assert_frame_equal(plain.findings, other.findings)
    pd.testing.assert_frame_equal(plain.ledger, other.ledger)


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = "import sys, p2c_recon, p2c_recon.cli; print(sorted({'pandas', 'pyarrow', 'numpy', 'openpyxl', 'altair'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_public_names_are_there() -> None:
    assert all(hasattr(p2c, name) for name in p2c.__all__)
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = p2c.no_such_name
