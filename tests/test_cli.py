"""The command as users run it: exit status, one clear message, and never half a run folder."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import exports
import pytest
from click.testing import CliRunner

from p2c_recon.cli import main
from p2c_recon.templates import load_tasks
from p2c_recon.templates.listing import mappings_csv

FILES = {
    "findings.csv",
    "findings.parquet",
    "ledger.csv",
    "ledger.parquet",
    "mismatches.xlsx",
    "report.html",
    "run.json",
    "summary.json",
}


@dataclass
class Done:
    returncode: int
    stdout: str
    stderr: str


def p2c(*args: object) -> Done:
    """Run the command within this process: each start of Python would cost seconds."""
    result = CliRunner().invoke(main, [str(arg) for arg in args], prog_name="p2c-recon", catch_exceptions=False)
    return Done(result.exit_code, result.stdout, result.stderr)


def arguments(folder: Path, company: str = "usmf") -> list[object]:
    return ["reconcile", "--sales", folder / "sales", "--finops", folder / "finops", "--company", company, "--out", folder / "run"]


def reconcile(folder: Path, *more: object, company: str = "usmf") -> Done:
    return p2c(*arguments(folder, company), *more)


def fails(folder: Path, *said: str, config: str | None = None, company: str = "usmf") -> None:
    """Exit status 2, one message on stderr that says all this, no traceback, no run folder and nothing temporary."""
    if config is not None:
        (folder / "p2c_recon.toml").write_text(config, encoding="utf-8")
    before = set(folder.iterdir())
    done = reconcile(folder, *(["--config", folder / "p2c_recon.toml"] if config is not None else []), company=company)
    assert done.returncode == 2, done.stdout
    assert "Traceback" not in done.stderr
    for words in said:
        assert words in done.stderr
    assert set(folder.iterdir()) == before


def test_nothing_to_report_is_status_0(tmp_path: Path) -> None:
    done = reconcile(exports.write(tmp_path, exports.tables()), company="USMF")
    assert done.returncode == 0, done.stdout + done.stderr
    assert {path.name for path in (tmp_path / "run").iterdir()} == FILES
    assert (tmp_path / "run" / "findings.csv").read_text() == "task,category,company,key,source_id,field,expected,actual,reason\n"
    ledger = (tmp_path / "run" / "ledger.csv").read_text().splitlines()
    assert ledger[1:] == [
        "Accounts - Customers,id-ACC-1,ACC-1,customer,in_sync,",
        "ContactToCustomer,id-CON-2,CON-2,customer,in_sync,",
        "Contacts,id-CON-1,CON-1,contact,in_sync,",
    ]
    summary = json.loads((tmp_path / "run" / "summary.json").read_text("utf-8"))
    assert summary["company"] == "usmf"
    assert all(row["rows_read"] == row["rows_accounted"] for row in summary["conservation"])


def test_findings_are_status_1_and_cells_are_safe(tmp_path: Path) -> None:
    made = exports.tables()
    made["sales"]["contacts"][0]["firstname"] = '=HYPERLINK("x"),\n2'
    made["finops"]["CDSContactPersons"][0]["LastName"] = "-Smith"
    done = reconcile(exports.write(tmp_path, made))
    assert done.returncode == 1, done.stdout + done.stderr
    text = (tmp_path / "run" / "findings.csv").read_bytes()
    assert b'FirstName,"\'=HYPERLINK(""x""),\n2",Ann,\n' in text
    assert b"LastName,Smith,'-Smith,\n" in text
    with (tmp_path / "run" / "findings.csv").open(encoding="utf-8", newline="") as file:
        assert [row["field"] for row in csv.DictReader(file)] == ["FirstName", "LastName"]


def test_the_same_data_gives_the_same_bytes(tmp_path: Path) -> None:
    folder = exports.write(tmp_path, exports.tables())
    made = exports.tables()["finops"]
    made["CDSContactPersons"][0]["FirstName"] = "Anna"
    exports.write(folder, {"finops": made})
    wrote = []
    for _ in range(2):
        assert reconcile(folder).returncode == 1
        wrote.append({path.name: path.read_bytes() for path in (folder / "run").iterdir() if path.name != "run.json"})
    assert wrote[0] == wrote[1]


def test_a_run_folder_that_somebody_touched_is_kept(tmp_path: Path) -> None:
    folder = exports.write(tmp_path, exports.tables())
    assert reconcile(folder).returncode == 0
    (folder / "run" / "ledger.csv").write_text("mine")
    fails(folder, "ledger.csv was added or changed", "--out")
    assert (folder / "run" / "ledger.csv").read_text() == "mine"


def test_the_company_may_stand_in_the_project_file(tmp_path: Path) -> None:
    folder = exports.write(tmp_path, exports.tables())
    (folder / "p2c_recon.toml").write_text('company = "USMF"\n')
    done = p2c(
        *("reconcile", "--sales", folder / "sales", "--finops", folder / "finops", "--out", folder / "run"),
        *("--config", folder / "p2c_recon.toml"),
    )
    assert done.returncode == 0, done.stderr
    done = p2c("reconcile", "--sales", folder / "sales", "--finops", folder / "finops", "--out", folder / "run2")
    assert done.returncode == 2
    assert "--company" in done.stderr


def test_a_project_file_changes_and_adds_mappings(tmp_path: Path) -> None:
    made = exports.tables()
    made["sales"]["contacts"][1]["address1_country"] = "Holland"
    made["sales"]["contacts"][1]["address1_city"] = " utrecht"
    made["finops"]["CustomerGroups"].append({"dataAreaId": "usmf", "CustomerGroupId": "20"})
    made["finops"]["CustomersV2"][1] |= {"CustomerGroupId": "20", "SiteId": "1", "AddressCity": "utrecht"}
    config = """
[tasks.ContactToCustomer.columns]
SiteId = { from = "address1_city", map = { Utrecht = "1" }, default = "9" }
CustomerGroupId = { default = "20" }
[maps.countries]
Holland = "NL"
[tasks."Accounts - Customers".columns]
SiteId = { default = "" }
"""
    folder = exports.write(tmp_path, made)
    (folder / "p2c_recon.toml").write_text(config)
    done = reconcile(folder, "--config", folder / "p2c_recon.toml")
    assert done.returncode == 0, (folder / "run" / "findings.csv").read_text() + done.stderr


@pytest.mark.parametrize("side", ["sales", "finops"])
def test_missing_folders_and_files(tmp_path: Path, side: str) -> None:
    folder = exports.write(tmp_path, exports.tables())
    name = {"sales": "contacts", "finops": "CDSContactPersons"}[side]
    (folder / side / f"{name}.csv").rename(folder / side / f"my {name}.csv")
    fails(folder, f"required file {name}.csv", f"my {name}.csv")
    (folder / side).rename(folder / "elsewhere")
    fails(folder, str(folder / side), "no such folder")


def test_missing_columns_come_with_a_guess(tmp_path: Path) -> None:
    made = exports.tables()
    for row in made["finops"]["CustomersV2"]:
        row["CustomerAcount"] = row.pop("CustomerAccount")
    fails(exports.write(tmp_path, made), "CustomersV2.csv", "'CustomerAccount'", "did you mean 'CustomerAcount'?")


def test_unknown_company_lists_those_present(tmp_path: Path) -> None:
    made = exports.tables()
    made["finops"]["CustomersV2"].append(exports.customer("X", dataAreaId="DEMF"))
    fails(exports.write(tmp_path, made), "company 'frrt'", "demf, usmf", company="frrt")


def test_unknown_company_is_found_even_where_one_table_has_no_company(tmp_path: Path) -> None:
    made = exports.tables()
    made["finops"]["CustomersV2"] = [
        {key.upper(): value for key, value in row.items() if key != "dataAreaId"} for row in made["finops"]["CustomersV2"]
    ]
    fails(exports.write(tmp_path, made), "company 'usmx'", "usmf", company="usmx")


def test_names_that_could_not_be_resolved_accuse_nobody(tmp_path: Path) -> None:
    made = exports.tables()
    orders = [{"(Do Not Modify) Order": "o1", "Customer": "Somebody"}]
    made["sales"] |= {"quotes": orders, "salesorders": orders, "invoices": orders}
    done = reconcile(exports.write(tmp_path, made))
    assert done.returncode == 0, (tmp_path / "run" / "findings.csv").read_text()
    summary = json.loads((tmp_path / "run" / "summary.json").read_text("utf-8"))
    assert any("could not be resolved" in left["why"] for left in summary["left_out"])


def test_whatever_goes_wrong_is_never_status_1(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("oops")

    monkeypatch.setattr("p2c_recon.run.reconcile", broken)
    done = reconcile(exports.write(tmp_path, exports.tables()))
    assert done.returncode == 2
    assert "unexpected ZeroDivisionError: oops" in done.stderr


def test_repeated_keys_and_ids(tmp_path: Path) -> None:
    made = exports.tables()
    made["finops"]["CDSContactPersons"].append(exports.person(" con-1", "acc-1"))
    fails(exports.write(tmp_path / "a", made), "CDSContactPersons", "'CON-1'", "data rows 1 and 2")
    made = exports.tables()
    made["sales"]["contacts"].append(exports.contact("CON-9", contactid=" ID-con-1 "))
    fails(exports.write(tmp_path / "b", made), "contacts.csv: contactid 'id-CON-1'", "data rows 1 and 3")
    made["sales"]["contacts"][2]["contactid"] = " "
    fails(exports.write(tmp_path / "c", made), "contactid is blank in data row 3")


def test_flags_that_are_no_yes_or_no(tmp_path: Path) -> None:
    made = exports.tables()
    made["sales"]["contacts"][1]["msdynce_isactivecustomer"] = "perhaps"
    fails(exports.write(tmp_path, made), "msdynce_isactivecustomer", "data row 2", "'perhaps'")


def test_numbers_of_another_decimal_sign(tmp_path: Path) -> None:
    made = exports.tables()
    for row in made["sales"]["contacts"]:
        row["creditlimit"] = "1000,50"
    folder = exports.write(tmp_path, made)
    fails(folder, "contacts.csv: creditlimit", "'1000,50'", "decimal", "[sales]")
    (folder / "p2c_recon.toml").write_text('[sales]\ndecimal = ","\n')
    assert reconcile(folder, "--config", folder / "p2c_recon.toml").returncode == 0


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ("a = [", "p2c_recon.toml: not valid TOML"),
        ("compny = 'x'", "unknown key 'compny' (did you mean 'company'?)"),
        ("[tasks.ContactToCustomers.columns]\nSiteId = 'x'", "did you mean 'ContactToCustomer'?"),
        ("[tasks.ContactToCustomer.columns]\nSiteId = { form = 'x' }", "did you mean 'from'?"),
        ("[tasks.ContactToCustomer.columns]\nSiteId = { from = 'x', map = 'sites' }", "no value map 'sites'"),
        ("[tasks.ContactToCustomer.columns]\nSiteId = { from = 'x', map = { A = 1 } }", "texts in quotes"),
        ("[tasks.ContactToCustomer.columns]\nSiteId = { unmapped = 'keep' }", "needs from"),
        ("[tasks.ContactToCustomer.columns]\nCustomerGroupId = { in = 'CustomerGroup' }", "did you mean 'CustomerGroups'?"),
        ("[tasks.ContactToCustomer.compare]\nCreditLimt = { skip = true }", "did you mean 'CreditLimit'?"),
        ("[tasks.ContactToCustomer.lengths]\nPersonLastName = 'x'", "PersonLastName"),
        ("[maps.country]\nHolland = 'NL'", "no column uses this map"),
        ("[maps.countries]\nHolland = 'NLD'", "two letters"),
        ("[tasks.ContactToCustomer.columns]\nSiteId = { from = 'x', map = { A = '1', a = '2' } }", "'A' and 'a'"),
        ("[tasks.ContactToCustomer.columns]\nCustomerAccount = { default = 'x' }", "is the key of the match"),
        ("[sales.labels.contact]\nX = 'lastname'", "did you mean 'contacts'?"),
        ("[sales.labels.contacts]\nX = 'lastnam'", "did you mean 'lastname'?"),
        ("[sales.choices.contacts.gender]\nMann = '1'", "did you mean 'gendercode'?"),
        ("[countries]\nlanguages = ['klingon']", "'klingon'"),
        ("[sales]\ndecimal = ';'", "'.' or ','"),
        ("[sales]\nencoding = 'utf-99'", "'utf-99'"),
    ],
)
def test_project_files_that_are_wrong(tmp_path: Path, config: str, said: str) -> None:
    folder = exports.write(tmp_path, exports.tables(), encoding="utf-8")
    if "encoding" in config:
        exports.write(tmp_path, {"sales": {"contacts": [exports.contact("CON-1", lastname="Müller")]}}, encoding="cp1252")
    fails(folder, said, config=config)


def test_a_project_file_that_is_not_there(tmp_path: Path) -> None:
    folder = exports.write(tmp_path, exports.tables())
    done = reconcile(folder, "--config", folder / "none.toml")
    assert done.returncode == 2
    assert "none.toml: no such file" in done.stderr


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource", reason="file sizes can be limited on Unix only")
    folder = exports.write(tmp_path, exports.tables())
    before = set(folder.iterdir())
    done = subprocess.run(
        [sys.executable, "-m", "p2c_recon", *map(str, arguments(folder))],
        capture_output=True,
        text=True,
        encoding="utf-8",
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000)),
        check=False,
    )
    assert done.returncode == 2
    assert "can't be written" in done.stderr
    assert "Traceback" not in done.stderr
    assert set(folder.iterdir()) == before


def test_templates_print_the_mappings_as_csv() -> None:
    done = p2c("templates", "--format", "csv")
    assert done.returncode == 0
    assert done.stdout == mappings_csv(load_tasks())
    assert len(done.stdout.splitlines()) == 212


def test_templates_show_the_project_s_own_lines(tmp_path: Path) -> None:
    (tmp_path / "p.toml").write_text("[tasks.ContactToCustomer.columns]\nPaymentTermsName = { default = 'NET30' }\n")
    done = p2c("templates", "--task", "contacttocustomer", "--config", tmp_path / "p.toml")
    assert "PaymentTermsName" in done.stdout
    assert "default NET30" in done.stdout
    assert "did you mean" in p2c("templates", "--task", "ContactToCustomr").stderr


def test_demo_says_in_plain_words_what_it_found(tmp_path: Path) -> None:
    done = p2c("demo", "--out", tmp_path / "demo")
    assert done.returncode == 0, done.stderr
    assert "become customers" in done.stdout
    assert {path.name for path in (tmp_path / "demo").iterdir()} == FILES


def test_sample_data_can_be_reconciled(tmp_path: Path) -> None:
    assert p2c("sample", "--contacts", 200, "--out", tmp_path, "--format", "parquet").returncode == 0
    assert reconcile(tmp_path).returncode == 1


def test_findings_and_ledger_do_not_depend_on_the_file_format(tmp_path: Path) -> None:
    wrote = []
    for name, options in {"csv": (), "xlsx": (), "parquet": (), "labels": ("--display-names",)}.items():
        form = "xlsx" if name == "labels" else name
        assert p2c("sample", "--contacts", 300, "--out", tmp_path / name, "--format", form, *options).returncode == 0
        assert reconcile(tmp_path / name).returncode == 1
        wrote.append([(tmp_path / name / "run" / file).read_bytes() for file in ("findings.csv", "ledger.csv")])
    assert all(one == wrote[0] for one in wrote)


def test_help_names_every_command() -> None:
    said = p2c("--help").stdout
    assert all(name in said for name in ("reconcile", "demo", "templates", "sample"))
