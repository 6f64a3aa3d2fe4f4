"""The sample data: the same for the same arguments, complete, and with every fault it promises."""

from __future__ import annotations

import csv
import hashlib
import os
import subprocess
import sys
import tomllib
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any

import oracle
import pandas as pd
import pycountry
import pytest
from babel import Locale
from openpyxl import load_workbook

from p2c_recon.errors import P2CError
from p2c_recon.sandbox.export import write, write_parts
from p2c_recon.sandbox.generator import generate, generate_parts
from p2c_recon.sandbox.sample import Sample

PARENT, CUSTOMER = "_parentcustomerid_value", "_customerid_value"
TYPE = "@Microsoft.Dynamics.CRM.lookuplogicalname"
TASKS = {
    "accounts_to_customers": ("accounts", "CustomersV2"),
    "contacts": ("contacts", "CDSContactPersons"),
    "contacts_to_customer": ("contacts", "CustomersV2"),
}
CAUSES = {
    "letter_case", "white_space", "punctuation", "truncated", "phone_format", "leading_zeros", "country_id", "preference_inverted",
    "template_default", "blank", "swapped", "mojibake", "rounding", "association_moved", "stale", "not_readable",
}  # fmt: skip
REASONS = {
    *(f"{what} number missing" for what in ("contact", "account")),
    *(f"{what} number invalid" for what in ("contact", "account")),
    *(f"duplicate {what} number" for what in ("contact", "account")),
    "account not synchronized",
    "required column blank",
    "value not mapped",
    "value not readable",
    "value too long",
}
EXTRAS = {"stale association", "now a customer", "now a contact", "not routed here", "no Sales record"}


@pytest.fixture(scope="module")
def sample() -> Sample:
    return generate()


@pytest.fixture(scope="module")
def larger() -> Sample:
    return generate(3000, seed=5)


def tables(sample: Sample) -> dict[str, pd.DataFrame]:
    return sample.sales | sample.finops


def digest(sample: Sample) -> str:
    frames = (*tables(sample).values(), sample.seeded)
    return hashlib.sha256("".join(frame.to_csv(index=False) for frame in frames).encode()).hexdigest()


def judged(sample: Sample) -> oracle.Result:
    def rows(side: dict[str, pd.DataFrame]) -> oracle.Tables:
        return {
            name: oracle.Table([dict(zip(frame.columns, row, strict=True)) for row in frame.to_numpy()], list(frame.columns))
            for name, frame in side.items()
        }

    return oracle.reconcile(rows(sample.sales), rows(sample.finops), "usmf")


def test_same_arguments_give_the_same_sample(sample: Sample) -> None:
    assert digest(generate()) == digest(sample)
    assert digest(generate(seed=1)) != digest(sample)


def test_the_hash_seed_of_the_process_does_not_matter(sample: Sample) -> None:
    code = "import test_generator as t; print(t.digest(t.generate()))"
    environment = os.environ | {"PYTHONHASHSEED": "12345", "PYTHONPATH": os.pathsep.join(sys.path)}
    printed = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True).stdout
    assert printed.strip() == digest(sample)


def test_every_column_is_text_without_nulls(larger: Sample) -> None:
    for frame in (*tables(larger).values(), larger.seeded):
        assert set(map(str, frame.dtypes)) == {"str"}
        assert not frame.isna().to_numpy().any()


@pytest.mark.parametrize("template", TASKS)
def test_every_mapped_column_is_there(template: str, sample: Sample) -> None:
    text = files("p2c_recon").joinpath("templates", f"{template}.toml").read_text("utf-8")
    columns = tomllib.loads(text)["columns"]
    sources = {line if isinstance(line, str) else line.get("from") for line in columns.values()}
    plain = {PARENT if source.startswith("parentcustomerid.") else source for source in sources if source}
    source, destination = TASKS[template]
    assert plain <= set(sample.sales[source].columns)
    assert {"dataAreaId", *columns} <= set(sample.finops[destination].columns)


def test_there_are_no_helper_columns(sample: Sample) -> None:
    names = [name for frame in tables(sample).values() for name in frame.columns]
    assert not [name for name in names if "<" in name]
    assert {PARENT, PARENT + TYPE, "msdynce_isactivecustomer", "msdynce_iscompanyanaccount"} <= set(names)


def test_sizes(sample: Sample, larger: Sample) -> None:
    assert [len(frame) for frame in (sample.sales["contacts"], sample.sales["accounts"])] == [200, 40]
    assert [len(frame) for frame in (larger.sales["contacts"], larger.sales["accounts"])] == [3000, 600]
    assert {name for name, frame in tables(sample).items() if frame.empty} == set()


@pytest.mark.parametrize("contacts", [1, 2, 7, 30, 120])
def test_small_samples_can_be_reconciled(contacts: int) -> None:
    made = generate(contacts)
    assert len(made.sales["contacts"]) == contacts
    assert sum(judged(made).finops["CustomersV2"].values()) == len(made.finops["CustomersV2"])


def test_ids_and_keys_do_not_repeat(larger: Sample) -> None:
    for name, key in (
        ("contacts", "contactid"),
        ("accounts", "accountid"),
        ("quotes", "quoteid"),
        ("salesorders", "salesorderid"),
        ("invoices", "invoiceid"),
    ):
        assert larger.sales[name][key].is_unique
        assert larger.sales[name][key].str.fullmatch("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}").all()
    for name, keys in (
        ("CustomersV2", ["dataAreaId", "CustomerAccount"]),
        ("CDSContactPersons", ["dataAreaId", "ContactPersonPartyNumber", "AssociatedPartyNumber"]),
    ):
        normalised = larger.finops[name][keys].apply(lambda column: column.str.strip().str.casefold())
        assert not normalised.duplicated().any()


def test_numbers_look_like_the_solutions_own(sample: Sample) -> None:
    plain = sample.sales["contacts"]["msdynce_contactnumber"].str.fullmatch(r"CON-\d{5,}-[A-Z0-9]{6} ?")
    assert plain.mean() > 0.95
    assert sample.sales["accounts"]["accountnumber"].str.fullmatch(r"ACC-\d{5,}-[A-Z0-9]{6} ?").mean() > 0.85


def test_names_that_lookups_point_to_are_unique(larger: Sample) -> None:
    contacts, accounts = larger.sales["contacts"], larger.sales["accounts"]
    names = pd.concat([contacts.set_index("contactid")["fullname"], accounts.set_index("accountid")["name"]]).str.strip().str.casefold()
    shared = names[names.duplicated(keep=False) & (names != "")]
    assert len(shared) == 4, "two contacts and two accounts share a name on purpose"
    used = {*contacts[PARENT], *(customer for name in ("quotes", "salesorders", "invoices") for customer in larger.sales[name][CUSTOMER])}
    assert not used & set(shared.index)
    assert not used & set(names.index[names == ""])


@pytest.mark.parametrize("seed", [0, 1])
def test_two_hundred_contacts_show_everything(seed: int) -> None:
    made = generate(200, seed=seed)
    result = judged(made)
    assert {line[4] for line in result.ledger} == {"not_synchronized", "blocked", "wrong_entity", "missing", "mismatched", "in_sync"}
    assert {line[5] for line in result.ledger if line[4] == "not_synchronized"} == {
        "parent is a contact",
        "no parent",
        "flag IsCompanyAnAccount is No",
    }
    assert {line[1] for line in result.findings} == {"blocked", "wrong_entity", "missing", "mismatched", "extra", "flag_disagrees"}
    assert {line[8] for line in result.findings if line[1] == "blocked"} == REASONS
    assert {line[8] for line in result.findings if line[1] == "extra"} == EXTRAS
    blank = {line[5] for line in result.findings if line[8] == "required column blank"}
    country = "AddressCountryRegionISOCode"
    assert blank == {
        *("SalesCurrencyCode", "PersonLastName", "LastName", "OrganizationName", country, f"Primary{country}", f"Delivery{country}")
    }
    flags = {line[5:7] for line in result.findings if line[1] == "flag_disagrees"}
    assert flags == {(flag, word) for flag in ("msdynce_isactivecustomer", "msdynce_iscompanyanaccount") for word in ("Yes", "No")}
    assert all(count for statuses in result.finops.values() for count in statuses.values())
    routed = [line[4] for line in result.ledger if line[4] != "not_synchronized"]
    assert 0.7 < routed.count("in_sync") / len(routed) < 0.85
    assert set(made.seeded["cause"]) == CAUSES


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_seeded_cells_are_exactly_those_that_differ(seed: int) -> None:
    made = generate(500, seed=seed)
    differing = {(line[0], line[3], line[5]) for line in judged(made).findings if line[1] == "mismatched"}
    seeded = list(made.seeded[["task", "key", "field"]].itertuples(index=False, name=None))
    assert len(seeded) == len(set(seeded))
    assert set(seeded) == differing


def test_unreadable_numbers_stay_within_one_in_a_hundred(sample: Sample, larger: Sample) -> None:
    for made in (sample, larger):
        for table, column in (("contacts", "creditlimit"), ("accounts", "creditlimit"), ("CustomersV2", "CreditLimit")):
            filled = tables(made)[table][column].loc[lambda values: values != ""]
            assert filled.str.contains(",").sum() * 100 <= len(filled)


def test_the_second_company_shares_numbers(sample: Sample) -> None:
    rows = sample.finops["CustomersV2"]
    ours = rows["dataAreaId"].str.casefold() == "usmf"
    assert set(rows.loc[~ours, "dataAreaId"]) == {"demf"}
    assert set(rows.loc[ours, "CustomerAccount"]) & set(rows.loc[~ours, "CustomerAccount"])
    assert set(generate(50, company="demf").finops["CustomersV2"]["dataAreaId"].str.casefold()) == {"demf", "usmf"}


def test_countries_resolve_and_nicknames_do_not() -> None:
    meanings: dict[str, set[str]] = {}
    for country in pycountry.countries:
        languages = ("en", "nl", "de", "fr", "es", "it", "pt", "da", "sv", "nb", "fi", "pl")
        names = [Locale.parse(language).territories.get(country.alpha_2, "") for language in languages]
        for name in (country.alpha_2, country.alpha_3, *names):
            meanings.setdefault(name.casefold(), set()).add(country.alpha_2)
    lands = tomllib.loads(files("p2c_recon.sandbox").joinpath("names.toml").read_text("utf-8"))["countries"]
    for land in lands:
        assert [meanings[text.casefold()] for text in land["texts"]] == [{land["iso"]}] * len(land["texts"])
        assert land["nickname"].casefold() not in meanings
        assert meanings[land["id"].casefold()] == {land["iso"]}


def test_parts_make_one_sample(tmp_path: Path) -> None:
    parts = list(generate_parts(250, rows_per_part=100))
    assert [len(part.sales["contacts"]) for part in parts] == [100, 100, 50]
    assert [len(part.finops["CustomerGroups"]) for part in parts] == [6, 0, 0]
    numbers = [set(part.finops["CustomersV2"]["CustomerAccount"].str.strip().str.casefold()) for part in parts]
    assert not any(one & other for one, other in pairwise(numbers))
    written = write_parts(parts, tmp_path)
    assert len(written) == 8
    read = pd.read_parquet(tmp_path / "sales" / "contacts.parquet")
    pd.testing.assert_frame_equal(read, pd.concat([part.sales["contacts"] for part in parts], ignore_index=True))


def test_csv_holds_what_the_tables_hold(sample: Sample, tmp_path: Path) -> None:
    for path in write(sample, tmp_path):
        frame = tables(sample)[path.stem]
        with path.open(encoding="utf-8", newline="") as file:
            assert list(csv.reader(file)) == [list(frame.columns), *map(list, frame.itertuples(index=False, name=None))]
    assert b"\r" not in (tmp_path / "sales" / "contacts.csv").read_bytes()


def test_xlsx_holds_text_and_no_clock(sample: Sample, tmp_path: Path) -> None:
    first, second = (write(sample, tmp_path / name, format="xlsx") for name in ("one", "two"))
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]
    for path in first:
        rows = list(load_workbook(path).worksheets[0].iter_rows())
        frame = tables(sample)[path.stem]
        assert [[cell.value or "" for cell in row] for row in rows[1:]] == frame.to_numpy().tolist()
        assert {cell.data_type for row in rows for cell in row if cell.value} == {"s"}
    assert sample.sales["contacts"]["description"].str.startswith("=").any()


def test_parquet_holds_what_the_tables_hold(sample: Sample, tmp_path: Path) -> None:
    for path in write(sample, tmp_path, format="parquet"):
        pd.testing.assert_frame_equal(pd.read_parquet(path), tables(sample)[path.stem])


def test_display_names(sample: Sample, tmp_path: Path) -> None:
    write(sample, tmp_path, display_names=True)
    contacts = pd.read_csv(tmp_path / "sales" / "contacts.csv", dtype="str", keep_default_na=False)
    source = sample.sales["contacts"]
    assert not [name for name in contacts.columns if name.islower() or "_" in name]
    assert contacts["(Do Not Modify) Contact"].tolist() == source["contactid"].tolist()
    assert set(contacts["Is Active Customer"]) == {"Yes", "No", ""}
    assert set(contacts["Do not allow Emails"]) == {"Allow", "Do Not Allow"}
    assert set(contacts["Gender"]) == {"Male", "Female", "", "3"}
    assert {"Euro", "US Dollar", "Danish Krone", ""} <= set(contacts["Currency"])
    names = sample.sales["accounts"].set_index("accountid")["name"]
    of_account = (source[PARENT + TYPE] == "account") & source[PARENT].isin(names.index)
    assert contacts.loc[of_account, "Company Name"].tolist() == source.loc[of_account, PARENT].map(names).tolist()
    orders = pd.read_csv(tmp_path / "sales" / "salesorders.csv", dtype="str", keep_default_na=False)
    assert list(orders.columns) == ["(Do Not Modify) Order", "Customer"]
    assert set(orders["Customer"]) <= {*names, *source["fullname"]}
    assert (tmp_path / "finops" / "CustomersV2.csv").read_text("utf-8").startswith("dataAreaId,")


def test_labels_of_ones_own(sample: Sample, tmp_path: Path) -> None:
    labels: dict[str, Any] = {name: {"labels": {}} for name in sample.sales}
    labels["contacts"] = {"labels": {"Kontaktnummer": "msdynce_contactnumber"}, "choices": {"gendercode": {"Männlich": "1"}}}
    write(sample, tmp_path, display_names=True, labels=labels)
    contacts = pd.read_csv(tmp_path / "sales" / "contacts.csv", dtype="str", keep_default_na=False)
    assert {"Kontaktnummer", "parentcustomerid"} <= set(contacts.columns)
    assert "Männlich" in set(contacts["gendercode"])


def test_wrong_arguments() -> None:
    with pytest.raises(P2CError, match="0 contacts"):
        generate(0)
    with pytest.raises(P2CError, match="csv, xlsx, parquet"):
        write(generate(1), "nowhere", format="ods")
