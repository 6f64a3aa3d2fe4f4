"""Loading exports: every form in which people hand them over, and every way in which they can be wrong."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import exports
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl import Workbook

from p2c_recon.errors import InputError
from p2c_recon.project import Project
from p2c_recon.systems.files import load_finops, load_sales

TEXTS = ["Ünï 漢字", "line1\nline2", 'say "hi"', "a,b;c\td", "NA", "None", "null", "00123", "=1+1", " pad ", "1E5", "x" * 40_000]


def sales_folder(folder: Path, **written: str) -> Path:
    made = exports.tables()
    made["sales"]["contacts"] = [exports.contact(f"CON-{n}", description=text) for n, text in enumerate(TEXTS)]
    return exports.write(folder, made, **written) / "sales"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_in_every_encoding_and_delimiter(tmp_path: Path, encoding: str, delimiter: str) -> None:
    side = load_sales(sales_folder(tmp_path, encoding=encoding, delimiter=delimiter))
    assert side["contacts"]["description"].tolist() == TEXTS


def test_csv_in_windows_1252(tmp_path: Path) -> None:
    made = exports.tables()
    made["sales"]["contacts"][0]["lastname"] = "Müller – Café €"
    folder = exports.write(tmp_path, made, encoding="cp1252")
    assert load_sales(folder / "sales")["contacts"]["lastname"][0] == "Müller – Café €"


def test_csv_with_the_separator_line_of_excel(tmp_path: Path) -> None:
    folder = exports.write(tmp_path, exports.tables(), delimiter=";") / "sales"
    path = folder / "contacts.csv"
    path.write_bytes(b"sep=;\r\n" + path.read_bytes())
    assert len(load_sales(folder)["contacts"]) == 2


def test_unpaired_surrogates_become_replacement_characters(tmp_path: Path) -> None:
    folder = exports.write(tmp_path, exports.tables()) / "sales"
    path = folder / "contacts.csv"
    path.write_bytes(path.read_bytes().replace(b"Ann", b"A\xed\xa0\x80\xc3\xa9", 1))
    assert load_sales(folder)["contacts"]["firstname"][0].startswith("A�")
    assert load_sales(folder)["contacts"]["firstname"][0].endswith("é")


def test_typed_cells_become_canonical_text(tmp_path: Path) -> None:
    folder = exports.write(tmp_path, exports.tables()) / "sales"
    (folder / "accounts.csv").unlink()
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["(Do Not Modify) Account", "Account Number", "Credit Limit", "Number of Employees", "Description", "Main Phone", "Fax"])
    sheet.append(["a1", 123, 1000.5, 3.0, dt.datetime(2024, 1, 2), True, 1e21])  # noqa: DTZ001 - cells of a workbook have no zone
    sheet.append(["a2", "00123", 0.1, None, dt.datetime(2024, 1, 2, 3, 4, 5), False, -0.0])  # noqa: DTZ001
    book.save(folder / "Account.xlsx")
    accounts = load_sales(folder)["accounts"]
    assert accounts["accountnumber"].tolist() == ["123", "00123"]
    assert accounts["creditlimit"].tolist() == ["1000.5", "0.1"]
    assert accounts["numberofemployees"].tolist() == ["3", ""]
    assert accounts["description"].tolist() == ["2024-01-02", "2024-01-02T03:04:05"]
    assert accounts["telephone1"].tolist() == ["true", "false"]
    assert accounts["fax"].tolist() == ["1000000000000000000000", "0"]


def test_typed_parquet_columns_become_canonical_text(tmp_path: Path) -> None:
    folder = exports.write(tmp_path, exports.tables()) / "sales"
    (folder / "accounts.csv").unlink()
    columns = {
        "accountid": pa.array(["a1", "a2"]).dictionary_encode(),
        "accountnumber": pa.array([7, None], pa.int64()),
        "creditlimit": pa.array([Decimal("10.50"), None], pa.decimal128(10, 2)),
        "numberofemployees": pa.array([3.0, float("nan")]),
        "description": pa.array([dt.datetime(2024, 1, 2, 3, 4, 5, tzinfo=dt.UTC), None], pa.timestamp("us", "UTC")),
        "telephone1": pa.array([True, False]),
        "transactioncurrencyid": pa.array([{"isocurrencycode": "EUR"}, None]),
    }
    pq.write_table(pa.table(columns), folder / "accounts.parquet")
    accounts = load_sales(folder)["accounts"]
    assert accounts["accountnumber"].tolist() == ["7", ""]
    assert accounts["creditlimit"].tolist() == ["10.5", ""]
    assert accounts["numberofemployees"].tolist() == ["3", ""]
    assert accounts["description"].tolist() == ["2024-01-02T03:04:05Z", ""]
    assert accounts["telephone1"].tolist() == ["true", "false"]
    assert accounts["transactioncurrencyid.isocurrencycode"].tolist() == ["EUR", ""]


def test_data_management_names_take_the_company_of_the_run_and_say_so(tmp_path: Path) -> None:
    made = exports.tables()
    made["finops"] = {
        name: [{key.upper(): value for key, value in row.items() if key != "dataAreaId"} for row in rows]
        for name, rows in made["finops"].items()
    }
    side = load_finops(exports.write(tmp_path, made) / "finops", "usmf")
    assert side["CustomersV2"]["dataAreaId"].tolist() == ["usmf", "usmf"]
    assert sum("company" in note for note in side.notes) == 3


def test_names_of_companies_are_resolved_when_one_record_bears_them(tmp_path: Path) -> None:
    made = exports.tables()
    made["sales"]["accounts"] += [
        {"accountid": "id-ACC-2", "accountnumber": "ACC-2", "name": "Twice"},
        {"accountid": "id-ACC-3", "accountnumber": "ACC-3", "name": "Twice"},
    ]
    people = [("CON-1", "Contoso"), ("CON-2", "Twice"), ("CON-3", "Nobody"), ("CON-4", ""), ("CON-5", "Ann One")]
    made["sales"]["contacts"] = [
        {
            "(Do Not Modify) Contact": f"id-{number}",
            "Contact Number": number,
            "Is Active Customer": "No",
            "Company Name": company,
            "Full Name": "Ann One" if number == "CON-1" else number,
            "Gender": "Female",
            "Status": "Inactive",
        }
        for number, company in people
    ]
    side = load_sales(exports.write(tmp_path, made) / "sales")
    contacts = side["contacts"]
    assert contacts["_parentcustomerid_value"].tolist() == ["id-ACC-1", "Twice", "Nobody", "", "id-CON-1"]
    assert contacts[exports.TYPE].tolist() == ["account", "unknown", "unknown", "", "contact"]
    assert contacts["gendercode"].tolist() == ["2"] * 5
    assert contacts["statecode"].tolist() == ["1"] * 5
    assert any("2 of 5 rows name a parentcustomerid" in note for note in side.notes)


def test_ignored_columns_and_files_are_listed(tmp_path: Path) -> None:
    made = exports.tables()
    made["sales"]["contacts"][0]["new_shoesize"] = "43"
    folder = exports.write(tmp_path, made) / "sales"
    (folder / "leads.csv").write_text("a\n1\n")
    side = load_sales(folder)
    assert side.sources[0].ignored == ("new_shoesize",)
    assert any("leads.csv" in note for note in side.notes)


def test_a_project_names_files_labels_and_choices(tmp_path: Path) -> None:
    made = exports.tables()
    rows = made["sales"].pop("contacts")
    for row in rows:
        row["Nummer"] = row.pop("msdynce_contactnumber")
    made["sales"]["Personen"] = rows
    made["sales"]["Personen"][0]["gendercode"] = "Vrouw"
    project = Project.model_validate(
        {
            "sales": {
                "files": {"contacts": "Personen.csv"},
                "labels": {"contacts": {"Nummer": "msdynce_contactnumber"}},
                "choices": {"contacts": {"gendercode": {"Vrouw": "2"}}},
            }
        }
    )
    contacts = load_sales(exports.write(tmp_path, made) / "sales", project)["contacts"]
    assert contacts["msdynce_contactnumber"].tolist() == ["CON-1", "CON-2"]
    assert contacts["gendercode"].tolist() == ["2", "2"]


def test_blank_rows_are_left_out_and_counted(tmp_path: Path) -> None:
    folder = exports.write(tmp_path, exports.tables()) / "sales"
    with (folder / "contacts.csv").open("a") as file:
        file.write("," * 11 + "\n\n")
    side = load_sales(folder)
    assert len(side["contacts"]) == 2
    assert any("1 rows are blank" in note for note in side.notes)


def test_wrong_files_say_what_is_wrong_where_and_what_to_do(tmp_path: Path) -> None:
    def failing(name: str, content: bytes) -> str:
        folder = exports.write(tmp_path / str(len(list(tmp_path.iterdir()))), exports.tables()) / "sales"
        (folder / "accounts.csv").unlink()
        (folder / name).write_bytes(content)
        with pytest.raises(InputError) as caught:
            load_sales(folder)
        return str(caught.value)

    assert "accounts.csv: the file is empty" in failing("accounts.csv", b"")
    assert "row 3 (line 4) has 4 fields, more than the 3" in failing("accounts.csv", b'accountid,accountnumber,name\n1,"a\nb",c\n2,3,4,5\n')
    assert "row 2 (line 2) has 2 fields, fewer" in failing("accounts.csv", b"accountid,accountnumber,name\n1,a\n")
    assert "'accountnumber' (or its label 'Account Number') is missing (did you mean 'accountnumer'?)" in failing(
        "accounts.csv", b"accountid,accountnumer\n1,2\n"
    )
    assert "encrypted" in failing("accounts.xlsx", bytes.fromhex("D0CF11E0A1B11AE1") + b"\0" * 600)
    assert "not a readable workbook" in failing("accounts.xlsx", b"PK\x03\x04 this is no zip")
    assert "not a readable Parquet file" in failing("accounts.parquet", b"PAR1 no")
    assert "neither UTF-8, UTF-16 nor Windows-1252" in failing("accounts.csv", b"accountid,accountnumber\n\x81\x8d,1\n")
    assert "both hold accountnumber" in failing("accounts.csv", b"accountid,accountnumber,AccountNumber\n1,2,3\n")
    assert "required file accounts.csv" in failing("other.csv", b"a,b\n1,2\n")


@pytest.mark.parametrize(
    "content",
    [
        "\naccountid,accountnumber,name\nid-ACC-1,ACC-1,x\n",
        "\r\n  \r\naccountid,accountnumber\r\nid-ACC-1,ACC-1\r\n\r\n",
        "sep=\t\naccountid\taccountnumber\nid-ACC-1\tACC-1\n",
        '"sep=;"\r\naccountid;accountnumber\r\nid-ACC-1;ACC-1',
        "accountid,accountnumber\rid-ACC-1,ACC-1\r",
    ],
)
def test_odd_beginnings_and_ends_of_csv(tmp_path: Path, content: str) -> None:
    folder = exports.write(tmp_path, exports.tables()) / "sales"
    (folder / "accounts.csv").write_bytes(content.encode())
    accounts = load_sales(folder)["accounts"]
    assert accounts[["accountid", "accountnumber"]].to_numpy().tolist() == [["id-ACC-1", "ACC-1"]]


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_a_table_without_rows_is_a_table(tmp_path: Path, end: str) -> None:
    folder = exports.write(tmp_path, exports.tables()) / "finops"
    (folder / "CDSContactPersons.csv").write_text(
        "dataAreaId,ContactPersonPartyNumber,AssociatedPartyNumber,IsContactPersonExternallyMaintained" + end
    )
    assert len(load_finops(folder, "usmf")["CDSContactPersons"]) == 0


def test_the_project_s_encoding_is_for_files_that_are_not_utf_8(tmp_path: Path) -> None:
    made = exports.tables()
    made["sales"]["contacts"][0]["lastname"] = "Łódź"
    project = Project.model_validate({"sales": {"encoding": "cp1250"}})
    for encoding in ("utf-8", "cp1250"):
        folder = exports.write(tmp_path / encoding, made, encoding=encoding)
        assert load_sales(folder / "sales", project)["contacts"]["lastname"][0] == "Łódź"


def test_one_wrong_byte_does_not_change_the_encoding_of_a_file(tmp_path: Path) -> None:
    made = exports.tables()
    made["sales"]["contacts"][0]["lastname"] = "Zürich – Łódź"
    folder = exports.write(tmp_path, made) / "sales"
    (folder / "contacts.csv").write_bytes((folder / "contacts.csv").read_bytes().replace(b"CON-2", b"CON-\xe9", 1))
    with pytest.raises(InputError, match=r"contacts\.csv: line 3 holds bytes that are not UTF-8"):
        load_sales(folder)


def test_an_id_beside_a_name_wins(tmp_path: Path) -> None:
    made = exports.tables()
    made["sales"]["accounts"].append({"accountid": "id-ACC-2", "accountnumber": "ACC-2", "name": "Contoso"})
    for row in made["sales"]["contacts"]:
        del row[exports.TYPE]
        row["Company Name"] = "Contoso"
    contacts = load_sales(exports.write(tmp_path, made) / "sales")["contacts"]
    assert contacts["_parentcustomerid_value"].tolist() == ["id-ACC-1", "id-ACC-1"]
    assert contacts[exports.TYPE].tolist() == ["account", "account"]


def test_currencies_by_id_without_their_table_are_not_compared(tmp_path: Path) -> None:
    made = exports.tables()
    for row in made["sales"]["contacts"]:
        del row["transactioncurrencyid.isocurrencycode"]
        row["_transactioncurrencyid_value"] = "5b1f2f6e-0000-4000-8000-000000000001"
    folder = exports.write(tmp_path, made) / "sales"
    side = load_sales(folder)
    assert "transactioncurrencyid.isocurrencycode" not in side["contacts"].columns
    assert any("Export transactioncurrencies" in note for note in side.notes)
    (folder / "transactioncurrencies.csv").write_text("transactioncurrencyid,isocurrencycode\n5B1F2F6E-0000-4000-8000-000000000001,EUR\n")
    assert load_sales(folder)["contacts"]["transactioncurrencyid.isocurrencycode"].tolist() == ["EUR", "EUR"]


def test_text_of_parquet_that_is_not_utf_8(tmp_path: Path) -> None:
    folder = exports.write(tmp_path, exports.tables()) / "sales"
    (folder / "accounts.csv").unlink()
    broken = pa.Array.from_buffers(pa.string(), 1, [None, pa.py_buffer(b"\0\0\0\0\5\0\0\0"), pa.py_buffer(b"A\xed\xa0\x80B")])
    pq.write_table(pa.table({"accountid": ["a1"], "accountnumber": ["ACC-1"], "name": broken}), folder / "accounts.parquet")
    assert load_sales(folder)["accounts"]["name"][0].startswith("A�")


def test_two_files_for_one_table(tmp_path: Path) -> None:
    folder = exports.write(tmp_path, exports.tables()) / "sales"
    (folder / "account.csv").write_text("accountid,accountnumber\n")
    with pytest.raises(InputError, match=r"account\.csv and accounts\.csv both hold accounts"):
        load_sales(folder)


def test_frames_of_a_side_are_text(tmp_path: Path) -> None:
    side = load_sales(exports.write(tmp_path, exports.tables()) / "sales")
    assert all(isinstance(kind, pd.StringDtype) for kind in side["contacts"].dtypes)
    assert not side["contacts"].isna().any().any()
