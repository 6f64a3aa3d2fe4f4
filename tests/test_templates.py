"""Templates are data: complete, readable, and wrong ones say where they are wrong."""

from __future__ import annotations

import csv
import io
import re
import shutil
import tomllib
from pathlib import Path

import pytest

from p2c_recon.errors import TemplateError
from p2c_recon.project import Project, load_project
from p2c_recon.templates import FOLDER, load_tasks, main_tasks
from p2c_recon.templates.listing import mappings_csv

DOCS = Path(__file__).parent.parent / "docs"
MAPPINGS = {
    ("Contacts (Sales to Fin and Ops) - Direct", "Contacts"): (23, 7),
    ("Contacts to Customer (Sales to Fin and Ops) - Direct", "ContactToCustomer"): (22, 6),
    ("Accounts (Sales to Fin and Ops) - Direct", "Accounts - Customers"): (30, 10),
    ("Products (Fin and Ops to Sales) - Direct", "Products"): (12, 6),
    ("Sales Quotes (Sales to Fin and Ops) - Direct", "QuoteHeader"): (14, 4),
    ("Sales Quotes (Sales to Fin and Ops) - Direct", "QuoteLine"): (7, 1),
    ("Sales Orders (Fin and Ops to Sales) - Direct", "OrderHeader"): (26, 6),
    ("Sales Orders (Fin and Ops to Sales) - Direct", "OrderLine"): (20, 4),
    ("Sales Orders (Sales to Fin and Ops) - Direct", "OrderHeader"): (14, 4),
    ("Sales Orders (Sales to Fin and Ops) - Direct", "OrderLine"): (7, 1),
    ("Sales Invoices (Fin and Ops to Sales) - Direct", "SalesInvoiceHeader"): (21, 3),
    ("Sales Invoices (Fin and Ops to Sales) - Direct", "SalesInvoiceLine"): (15, 4),
}
"""Columns of each task, and how many of them have an Fn, as the vendor's articles show them."""


def test_all_tasks_with_all_their_columns() -> None:
    shipped = {
        (task.template, task.name): (len(task.columns), sum(column.map_type == "Fn" for column in task.columns)) for task in load_tasks()
    }
    assert shipped == MAPPINGS
    assert sum(columns for columns, _ in MAPPINGS.values()) == 211


def test_needs_name_templates_and_accounts_come_first() -> None:
    tasks = load_tasks()
    names = {task.template for task in tasks}
    assert all(set(task.needs) <= names for task in tasks)
    assert next(task for task in tasks if task.name == "ContactToCustomer").needs == ("Accounts (Sales to Fin and Ops) - Direct",)


def test_listing_has_the_columns_of_the_reference_listing() -> None:
    rows = list(csv.DictReader(io.StringIO(mappings_csv(load_tasks()))))
    assert len(rows) == 211
    constant = next(row for row in rows if row["task"] == "ContactToCustomer" and row["destination_field"] == "CustomerGroupId")
    assert (constant["source_field"], constant["map_type"]) == ("", "Fn")


def test_a_line_of_the_project_changes_only_what_it_names() -> None:
    project = Project.model_validate({"tasks": {"ContactToCustomer": {"columns": {"CustomerGroupId": {"default": "20"}}}}})
    group = main_tasks(load_tasks(project))["ContactToCustomer"].column("CustomerGroupId")
    assert (group.default, group.required, group.reference) == ("20", True, "CustomerGroups")


def test_the_documented_project_file_is_valid(tmp_path: Path) -> None:
    block = re.search(r"```toml\n(.*?)```", (DOCS / "project-file.md").read_text("utf-8"), re.DOTALL)
    assert block is not None
    (tmp_path / "p2c_recon.toml").write_text(block[1], encoding="utf-8")
    tasks = main_tasks(load_tasks(load_project(tmp_path / "p2c_recon.toml")))
    site = tasks["ContactToCustomer"].column("SiteId")
    assert (site.source, site.default, site.unmapped) == ("address1_city", "9", "default")
    country = tasks["Contacts"].column("PrimaryAddressCountryRegionISOCode")
    assert country.value_map is not None
    assert country.value_map["holland"] == "NL"
    assert country.blank == "NL"


def test_a_task_name_that_two_templates_share_needs_the_template() -> None:
    lines = {"columns": {"DeliveryAddressName": {"default": "x"}}}
    full = "Sales Orders (Sales to Fin and Ops) - Direct/OrderHeader"
    tasks = load_tasks(Project.model_validate({"tasks": {full: lines}}))
    assert [task.column("DeliveryAddressName").default for task in tasks if f"{task.template}/{task.name}" == full] == ["x"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('PartyType = { default = "Person" }', "PartyType = { }", "PartyType: needs from"),
        ('PartyType = { default = "Person" }', 'PartyType = { dfault = "Person" }', "did you mean 'default'?"),
        ('match = "CustomerAccount"', 'match = "CustomerAcct"', "no column 'CustomerAcct'"),
        ('CreditLimit = "number"', 'CreditLimit = "money"', "[kinds] CreditLimit"),
        ('CreditLimit = "number"', 'CreditLimits = "number"', "did you mean 'CreditLimit'?"),
        ("position = 2", 'position = "two"', "position: must be a valid integer"),
        ("[destination]", "[destination", "not valid TOML"),
        ('task = "ContactToCustomer"', "", "task: this key is missing"),
    ],
)
def test_a_broken_template_names_file_and_column(tmp_path: Path, old: str, new: str, said: str) -> None:
    folder = tmp_path / "templates"
    shutil.copytree(FOLDER, folder)
    path = folder / "contacts_to_customer.toml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(TemplateError) as caught:
        load_tasks(folder=folder)
    assert "contacts_to_customer.toml" in str(caught.value)
    assert said in str(caught.value)


def test_a_folder_without_templates() -> None:
    with pytest.raises(TemplateError, match="no template files"):
        load_tasks(folder=Path(__file__).parent)


def test_labels_point_to_columns_that_are_read() -> None:
    from p2c_recon.systems.tables import sales_tables

    labels = tomllib.loads((FOLDER.parent / "systems" / "labels.toml").read_text("utf-8"))
    for table in sales_tables(main_tasks(load_tasks()).values()):
        known = set(table.columns)
        used = set(labels.get(table.name, {}).get("labels", {}).values()) - {"statecode"}
        assert used <= known, table.name
