"""The semantics of a run once more, row by row and as plainly as possible, to check the product against.

Written from the reference (`reconciliation.md`) alone and read against it line by line; imports nothing of the product.
Slow, and meant to be: where this module and the kernel disagree, one of them is wrong.

Two words used throughout: a *number* is the natural key of a record (contact number, account number, customer account),
and text is *folded* when it is trimmed and casefolded, which is how keys and ids are compared.
"""

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any

import pycountry
from babel import Locale

Row = dict[str, str]
Tables = dict[str, list[Row]]
Line = dict[str, Any]

PARENT = "_parentcustomerid_value"
CUSTOMER = "_customerid_value"
TYPE = "@Microsoft.Dynamics.CRM.lookuplogicalname"
PARENT_ACCOUNT = "parentcustomerid.Account(accountnumber).Contact(msdynce_contactnumber)"
ACTIVE = "msdynce_isactivecustomer"
IS_ACCOUNT = "msdynce_iscompanyanaccount"
YES_NO = {"true": "Yes", "1": "Yes", "yes": "Yes", "false": "No", "0": "No", "no": "No"}
MARKS = {"CustomersV2": "IsExternallyMaintained", "CDSContactPersons": "IsContactPersonExternallyMaintained"}
F_AND_O_KEYS = {
    "CustomersV2": ("dataAreaId", "CustomerAccount"),
    "CDSContactPersons": ("dataAreaId", "ContactPersonPartyNumber", "AssociatedPartyNumber"),
    "CustomerGroups": ("dataAreaId", "CustomerGroupId"),
}
REQUIRED = {
    "contacts": ("contactid", "msdynce_contactnumber", ACTIVE, PARENT, PARENT + TYPE),
    "accounts": ("accountid", "accountnumber"),
    "CustomersV2": ("dataAreaId", "CustomerAccount", "PartyType", "IsExternallyMaintained"),
    "CDSContactPersons": (*F_AND_O_KEYS["CDSContactPersons"], "IsContactPersonExternallyMaintained"),
}


class RunFails(Exception):  # noqa: N818 - it reads as what happens: the run fails
    """The run as a whole fails, and says why."""


class Table(list[Row]):
    """Rows that bring their columns along, which matters only when there are no rows."""

    def __init__(self, rows: list[Row], columns: list[str]) -> None:
        super().__init__(rows)
        self.columns = columns


def columns(rows: list[Row]) -> list[str]:
    """The columns of a table: its own, or those of its first row."""
    if isinstance(rows, Table):
        return rows.columns
    return list(rows[0]) if rows else []


@dataclass
class Options:
    """What a project file can set: `maps` by name, the others by task and destination column.

    A line of `columns` knows `from_`, `map`, `default`, `blank`, `unmapped`; a line of `compare` knows `ignore_case`,
    `ignore_whitespace`, `tolerance` (text of a number), `skip`.
    """

    maps: dict[str, dict[str, str]] = field(default_factory=dict)
    columns: dict[str, dict[str, Line]] = field(default_factory=dict)
    lengths: dict[str, dict[str, int]] = field(default_factory=dict)
    compare: dict[str, dict[str, Line]] = field(default_factory=dict)


@dataclass
class Result:
    """Ledger and findings as sorted tuples, and the number of rows of each status per F&O table."""

    ledger: list[tuple[str, ...]]
    findings: list[tuple[str, ...]]
    finops: dict[str, dict[str, int]]


@dataclass(frozen=True)
class Column:
    """One line of a template; a column without a source is a constant, its default."""

    from_: str = ""
    default: str | None = None
    map: dict[str, str] | str | None = None
    blank: str | None = None
    unmapped: str | None = None
    kind: str = "text"
    required: bool = False
    length: int | None = None


COUNTRY1 = Column("address1_country", map="countries", unmapped="block")
COUNTRY2 = Column("address2_country", map="countries", unmapped="block")
GENDER = Column("gendercode", map={"1": "Male", "2": "Female"}, blank="Unknown", unmapped="block", kind="enum")
MARITAL = {"1": "Single", "2": "Married", "3": "Divorced", "4": "Widowhood"}
NO_MAIL = {word: "No" if yes == "Yes" else "Yes" for word, yes in YES_NO.items()}

TEMPLATES: dict[str, dict[str, Column]] = {
    "Accounts - Customers": {
        "CreditLimit": Column("creditlimit", kind="number"),
        "CustomerGroupId": Column(default="10", required=True, length=10),
        "PrimaryContactFax": Column("fax"),
        "OrganizationNumberOfEmployees": Column("numberofemployees", kind="number"),
        "SalesCurrencyCode": Column("transactioncurrencyid.isocurrencycode", map={}, unmapped="keep", required=True, length=3),
        "CustomerAccount": Column("accountnumber"),
        "AddressCity": Column("address1_city", length=60),
        "AddressCountryRegionISOCode": COUNTRY1,
        "SalesMemo": Column("description"),
        "PrimaryContactEmail": Column("emailaddress1", length=255),
        "AddressStreet": Column("address1_line1", length=250),
        "PartyType": Column(default="Organization"),
        "PrimaryContactPhone": Column("telephone1", length=255),
        "AddressZipCode": Column("address1_postalcode", length=10),
        "AddressState": Column("address1_stateorprovince", length=10),
        "PrimaryContactURL": Column("websiteurl"),
        "AddressLocationRoles": Column(default="Business"),
        "OrganizationName": Column("name", required=True, length=100),
        "SiteId": Column(default="1", length=10),
        "WarehouseId": Column(default="13", length=10),
        "LanguageId": Column(default="en-us", required=True, length=7),
        "PartyNumber": Column("accountnumber", length=40),
        "AddressDescription": Column("name"),
        "IsExternallyMaintained": Column(default="Yes", kind="noyes"),
        "DeliveryAddressStreet": Column("address2_line1", length=250),
        "DeliveryAddressCity": Column("address2_city", length=60),
        "DeliveryAddressCountryRegionISOCode": COUNTRY2,
        "DeliveryAddressZipCode": Column("address2_postalcode", length=10),
        "DeliveryAddressState": Column("address2_stateorprovince", length=10),
        "DeliveryAddressDescription": Column("name"),
    },
    "ContactToCustomer": {
        "PersonFirstName": Column("firstname", length=25),
        "PersonMiddleName": Column("middlename", length=25),
        "PersonLastName": Column("lastname", required=True, length=25),
        "CreditLimit": Column("creditlimit", kind="number"),
        "CustomerGroupId": Column(default="10", required=True, length=10),
        "PrimaryContactFax": Column("fax"),
        "SalesCurrencyCode": Column("transactioncurrencyid.isocurrencycode", map={}, unmapped="keep", required=True, length=3),
        "CustomerAccount": Column("msdynce_contactnumber"),
        "AddressCity": Column("address1_city", length=60),
        "AddressCountryRegionISOCode": COUNTRY1,
        "SalesMemo": Column("description"),
        "PrimaryContactEmail": Column("emailaddress1", length=255),
        "AddressStreet": Column("address1_line1", length=250),
        "PartyType": Column(default="Person"),
        "PrimaryContactPhone": Column("telephone1", length=255),
        "AddressZipCode": Column("address1_postalcode", length=10),
        "AddressState": Column("address1_stateorprovince", length=10),
        "PrimaryContactURL": Column("websiteurl"),
        "AddressDescription": Column("fullname"),
        "LanguageId": Column(default="en-us", required=True, length=7),
        "PartyNumber": Column("msdynce_contactnumber", length=40),
        "IsExternallyMaintained": Column(default="Yes", kind="noyes"),
    },
    "Contacts": {
        "EmploymentDepartment": Column("department"),
        "Notes": Column("description"),
        "PrimaryEmailAddress": Column("emailaddress1", length=255),
        "Gender": GENDER,
        "GovernmentIdentificationNumber": Column("governmentid"),
        "FirstName": Column("firstname", length=25),
        "LastName": Column("lastname", required=True, length=25),
        "ContactPersonPartyNumber": Column("msdynce_contactnumber"),
        "PrimaryAddressCity": Column("address1_city", length=60),
        "PrimaryAddressCountryRegionISOCode": COUNTRY1,
        "MiddleName": Column("middlename", length=25),
        "PrimaryAddressStreet": Column("address1_line1", length=250),
        "ContactPersonPartyType": Column(default="Person"),
        "PrimaryPhoneNumber": Column("telephone1", length=255),
        "PrimaryAddressZipCode": Column("address1_postalcode", length=10),
        "PrimaryAddressStateId": Column("address1_stateorprovince", length=10),
        "PrimaryURL": Column("websiteurl"),
        "MaritalStatus": Column("familystatuscode", map=MARITAL, blank="None", unmapped="block", kind="enum"),
        "IsReceivingDirectMail": Column("donotemail", map=NO_MAIL, unmapped="block", kind="noyes"),
        "EmploymentProfession": Column("jobtitle"),
        "IsInactive": Column("statecode", map={"0": "No", "1": "Yes"}, unmapped="block", kind="noyes"),
        "AssociatedPartyNumber": Column(PARENT_ACCOUNT, length=40),
        "IsContactPersonExternallyMaintained": Column(default="Yes", kind="noyes"),
    },
}
# task -> (Sales table, its id, F&O table, the other F&O table, F&O key column)
TASKS = {
    "Accounts - Customers": ("accounts", "accountid", "CustomersV2", "CDSContactPersons", "CustomerAccount"),
    "ContactToCustomer": ("contacts", "contactid", "CustomersV2", "CDSContactPersons", "CustomerAccount"),
    "Contacts": ("contacts", "contactid", "CDSContactPersons", "CustomersV2", "ContactPersonPartyNumber"),
}
NUMBER = {"accounts": "accountnumber", "contacts": "msdynce_contactnumber"}


def fold(text: str) -> str:
    """Keys and ids are trimmed and compared case-insensitively."""
    return text.strip().casefold()


def yes_no(row: Row, column: str) -> str:
    """`Yes`, `No` or blank; any other word fails the run."""
    word = fold(row.get(column, ""))
    if word and word not in YES_NO:
        raise RunFails(f"{column}: {word!r} is neither yes nor no")
    return YES_NO[word] if word else ""


def readable(text: str) -> bool:
    """Optional sign, ASCII digits with at most one point, optional exponent."""
    return re.fullmatch(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?", text) is not None


def canonical(text: str) -> str:
    """A number without exponent, needless zeros or plus sign; blank and unreadable text stay as they are."""
    if not readable(text):
        return text
    digits = format(Decimal(text), "f")
    if "." in digits:
        digits = digits.rstrip("0").removesuffix(".")
    return "0" if digits == "-0" else digits


@cache
def territories() -> dict[str, str]:
    """Country texts (folded) to alpha-2: ISO codes first, then the names that mean only one official territory."""
    meant: dict[str, set[str]] = {}
    official = {country.alpha_2 for country in pycountry.countries}
    for language in ("en", "nl", "de", "fr", "es", "it", "pt", "da", "sv", "nb", "fi", "pl"):
        for code, name in Locale(language).territories.items():
            if code in official:
                meant.setdefault(fold(name), set()).add(code)
    result = {name: min(codes) for name, codes in meant.items() if len(codes) == 1}
    for country in pycountry.countries:
        result[fold(country.alpha_2)] = country.alpha_2
        result[fold(country.alpha_3)] = country.alpha_2
    return result


def template(task: str, options: Options) -> dict[str, Column]:
    """The template's lines, with the project's lines merged over them key by key, and the project's lengths."""
    lines = dict(TEMPLATES[task])
    for destination, line in options.columns.get(task, {}).items():
        lines[destination] = replace(lines.get(destination, Column()), **line)
    for destination, length in options.lengths.get(task, {}).items():
        lines[destination] = replace(lines[destination], length=length)
    return lines


def mapped(column: Column, row: Row, options: Options) -> str | None:
    """The expected value; None means that the value isn't mapped and the integration would refuse it."""
    value = row.get(column.from_, "").strip() if column.from_ else ""
    if value == "":
        return column.blank if column.blank is not None else column.default or ""
    if column.map is None:
        return value
    known = options.maps.get("countries", {}) if column.map == "countries" else column.map
    assert isinstance(known, dict)
    for text, code in known.items():
        if fold(text) == fold(value):
            return code
    if column.map == "countries" and fold(value) in territories():
        return territories()[fold(value)]
    policy = column.unmapped or ("block" if column.default is None else "default")
    return {"block": None, "keep": value, "default": column.default or ""}[policy]


def taking_part(task: str, sales: Tables, finops: Tables, options: Options) -> dict[str, Column]:
    """The lines whose source is there (or that are constants) and whose destination is there, the key column aside."""
    source, _, destination, _, key = TASKS[task]
    there = {"", PARENT_ACCOUNT, *columns(sales.get(source, []))}
    return {
        name: column
        for name, column in template(task, options).items()
        if name != key and column.from_ in there and name in columns(finops[destination])
    }


def equal(column: Column, expected: str, actual: str, how: Line) -> bool:
    """Whether two trimmed values agree, by the kind of their column and what the user set for it."""
    if column.kind == "number":
        if not all(readable(text) or text == "" for text in (expected, actual)):
            return False
        difference = Fraction(canonical(expected) or "0") - Fraction(canonical(actual) or "0")
        return abs(difference) <= Fraction(how.get("tolerance", "0.005"))
    if column.kind == "noyes":
        expected, actual = (YES_NO.get(text.casefold(), text) for text in (expected, actual))
    if column.kind in ("noyes", "enum") or how.get("ignore_case"):
        expected, actual = expected.casefold(), actual.casefold()
    if how.get("ignore_whitespace"):
        expected, actual = "".join(expected.split()), "".join(actual.split())
    return expected == actual


def number_reasons(number: str, what: str, count: int) -> list[str]:
    """What is wrong with the number itself; `count` is how many records of the table carry it."""
    if number == "":
        return [f"{what} number missing"]
    reasons = []
    if len(number) > 20 or any(character in r"/<>*%&:\?+" for character in number):
        reasons.append(f"{what} number invalid")
    if count > 1:
        reasons.append(f"duplicate {what} number")
    return reasons


def column_reasons(lines: dict[str, Column], expected: dict[str, str | None], groups: set[str] | None) -> list[tuple[str, str]]:
    """(reason, destination column) in the order of the reference; `groups` is None where they aren't loaded."""
    needed = {name for name, column in lines.items() if column.required}
    for address in ("Address", "PrimaryAddress", "DeliveryAddress"):
        parts = (f"{address}{part}" for part in ("Street", "City", "ZipCode", "State", "StateId"))
        if any(expected.get(part) for part in parts):
            needed.add(f"{address}CountryRegionISOCode")

    blank, unmapped, unreadable, long, no_group = [], [], [], [], []
    for name in sorted(lines):
        column, value = lines[name], expected[name]
        if value is None:
            unmapped.append(("value not mapped", name))
            continue
        if value == "" and name in needed:
            blank.append(("required column blank", name))
        if value != "" and column.kind == "number" and not readable(value):
            unreadable.append(("value not readable", name))
        if column.length is not None and len(value) > column.length:
            long.append(("value too long", name))
        if value != "" and name == "CustomerGroupId" and groups is not None and fold(value) not in groups:
            no_group.append(("value not in CustomerGroups", name))
    return blank + unmapped + unreadable + long + no_group


def check(sales: Tables, finops: Tables, company: str, lines: dict[str, dict[str, Column]]) -> None:
    """Refuse repeated keys and ids, an unknown company, and number columns that can't be read."""
    for table, names in F_AND_O_KEYS.items():
        keys = Counter(tuple(fold(row[name]) for name in names) for row in finops.get(table, []))
        if any(count > 1 for count in keys.values()):
            raise RunFails(f"{table}: repeated key")
    for table, name in (("contacts", "contactid"), ("accounts", "accountid")):
        ids = Counter(fold(row[name]) for row in sales.get(table, []))
        if ids[""] or any(count > 1 for count in ids.values()):
            raise RunFails(f"{table}: blank or repeated {name}")
    companies = {fold(row["dataAreaId"]) for rows in finops.values() for row in rows}
    if companies and fold(company) not in companies:
        raise RunFails(f"{company}: unknown company")
    for task in lines:
        for name, column in lines[task].items():
            if column.kind == "number":
                source, _, destination, _, _ = TASKS[task]
                for rows, read in ((sales.get(source, []), column.from_), (finops[destination], name)):
                    filled = [row[read].strip() for row in rows if row.get(read, "").strip()]
                    if 100 * sum(not readable(text) for text in filled) > len(filled):
                        raise RunFails(f"{read}: numbers can't be read")


def check_required(tables: Tables) -> None:
    """Refuse missing tables and columns; accounts may be left out, and then only contacts are reconciled."""
    for table, names in REQUIRED.items():
        if table != "accounts" or table in tables:
            missing = [name for name in names if name not in columns(tables.get(table, []))]
            if missing:
                raise RunFails(f"{table}: {missing} missing")


def parent_type(contact: Row) -> str:
    """`account`, `contact`, `unknown` (an id without a known type) or blank (no parent)."""
    if contact[PARENT].strip() == "":
        return ""
    kind = fold(contact[PARENT + TYPE])
    return kind if kind in ("account", "contact") else "unknown"


def route_of(contact: Row) -> tuple[str, str]:
    """The route of a contact, and the reason where it is `none`."""
    if yes_no(contact, ACTIVE) == "Yes":
        return "customer", ""
    if (yes_no(contact, IS_ACCOUNT) or ("Yes" if parent_type(contact) == "account" else "No")) == "Yes":
        return "contact", ""
    reasons = {"contact": "parent is a contact", "account": "flag IsCompanyAnAccount is No"}
    return "none", reasons.get(parent_type(contact), "no parent")


def flags_that_disagree(contact: Row, sales: Tables) -> list[tuple[str, str, str]]:
    """(Dataverse column, what it should be, what it is), whatever the route."""
    disagree = []
    loaded = [name for name in ("quotes", "salesorders", "invoices") if name in sales]
    activity = any(
        fold(row[CUSTOMER]) == fold(contact["contactid"]) and fold(row[CUSTOMER + TYPE]) == "contact"
        for name in loaded
        for row in sales[name]
    )
    stored = yes_no(contact, ACTIVE) or "No"
    if activity and stored == "No":
        disagree.append((ACTIVE, "Yes", "No"))
    if not activity and stored == "Yes" and len(loaded) == 3:
        disagree.append((ACTIVE, "No", "Yes"))
    stored = yes_no(contact, IS_ACCOUNT)
    should = "Yes" if parent_type(contact) == "account" else "No"
    if stored and stored != should and parent_type(contact) != "unknown":
        disagree.append((IS_ACCOUNT, should, stored))
    return disagree


class Run:
    """One run: what it knows, and what it has found so far."""

    def __init__(self, sales: Tables, finops: Tables, company: str, options: Options) -> None:
        check_required({**sales, **finops})
        self.sales, self.finops, self.options = sales, finops, options
        self.company = company.strip().lower()
        self.lines = {task: taking_part(task, sales, finops, options) for task in TASKS}
        check(sales, finops, company, self.lines)
        self.marked = {table: [yes_no(row, mark) == "Yes" for row in finops[table]] for table, mark in MARKS.items()}
        self.ours = {table: [fold(row["dataAreaId"]) == fold(company) for row in rows] for table, rows in finops.items()}
        self.groups: set[str] | None = None
        if "CustomerGroups" in finops:
            rows = zip(finops["CustomerGroups"], self.ours["CustomerGroups"], strict=True)
            self.groups = {fold(row["CustomerGroupId"]) for row, ours in rows if ours}
        self.accounts = {fold(row["accountid"]): row["accountnumber"].strip() for row in sales.get("accounts", [])}
        self.copies = {table: Counter(fold(row[number]) for row in sales.get(table, [])) for table, number in NUMBER.items()}
        self.ledger: list[tuple[str, ...]] = []
        self.findings: set[tuple[str, ...]] = set()
        self.matched: set[tuple[str, int]] = set()
        self.wrong: set[tuple[str, int]] = set()

    def find(self, task: str, category: str, number: str, source_id: str, field: str, expected: str, actual: str, reason: str) -> None:
        """Add a finding."""
        self.findings.add((task, category, self.company, number, source_id, field, expected, actual, reason))

    def carrying(self, table: str, number: str) -> list[int]:
        """Positions of the company's rows of an F&O table that carry a number; a blank number finds nothing."""
        name = F_AND_O_KEYS[table][1]
        return [
            i for i, row in enumerate(self.finops[table]) if self.ours[table][i] and fold(number) != "" and fold(row[name]) == fold(number)
        ]

    def match(self, table: str, number: str, account: str) -> int | None:
        """The row that a record matches: of contact persons the one under its account, else the first by account."""
        found = {fold(self.finops[table][i].get("AssociatedPartyNumber", "")): i for i in self.carrying(table, number)}
        if not found:
            return None
        return found[fold(account)] if fold(account) in found else found[min(found)]

    def compare(self, task: str, expected: dict[str, str | None], unusable: set[str], actual: Row) -> dict[str, Any]:
        """Destination column -> (expected, actual) where they differ, as the findings print them."""
        differ = {}
        for name, column in self.lines[task].items():
            how = self.options.compare.get(task, {}).get(name, {})
            value, other = expected[name], actual[name].strip()
            if value is None or name in unusable or how.get("skip") or equal(column, value, other, how):
                continue
            differ[name] = (canonical(value), canonical(other)) if column.kind == "number" else (value, other)
        return differ

    def judge(self, task: str, row: Row, route: str) -> tuple[str, str]:
        """Status and reason of one Sales record that is routed somewhere, an account or a contact."""
        source, id_name, table, other, _ = TASKS[task]
        number, source_id = row[NUMBER[source]].strip(), row[id_name].strip()
        copies = self.copies[source][fold(number)]
        expected = {name: mapped(column, row, self.options) for name, column in self.lines[task].items()}

        reasons = [(reason, "") for reason in number_reasons(number, source.removesuffix("s"), copies)]
        if route == "contact" and not self.carrying("CustomersV2", row[PARENT_ACCOUNT]):
            reasons.append(("account not synchronized", ""))
        reasons += column_reasons(self.lines[task], expected, self.groups)
        for reason, name in reasons:
            self.find(task, "blocked", number, source_id, name, "", "", reason)

        differ: dict[str, Any] = {}
        position = self.match(table, number, row.get(PARENT_ACCOUNT, ""))
        if position is not None:
            self.matched.add((table, position))
            if copies == 1:
                unreadable = {name for reason, name in reasons if reason == "value not readable"}
                differ = self.compare(task, expected, unreadable, self.finops[table][position])
        for name, (value, actual) in differ.items():
            self.find(task, "mismatched", number, source_id, name, value, actual, "")

        if reasons:
            return "blocked", "; ".join(f"{reason}: {name}" if name else reason for reason, name in reasons)
        if position is not None:
            return ("mismatched" if differ else "in_sync"), ""
        elsewhere = self.carrying(other, number)
        self.wrong |= {(other, i) for i in elsewhere}
        status = "wrong_entity" if elsewhere else "missing"
        self.find(task, status, number, source_id, "", "", "", "")
        return status, ""

    def sales_record(self, task: str, row: Row, route: str, reason: str) -> None:
        """The ledger row and the findings of one Sales record; `reason` is the routing reason."""
        source, id_name, _, _, _ = TASKS[task]
        number, source_id = row[NUMBER[source]].strip(), row[id_name].strip()
        if source == "contacts":
            for flag, should, stored in flags_that_disagree(row, self.sales):
                self.find(task, "flag_disagrees", number, source_id, flag, should, stored, "")
        status = "not_synchronized"
        if route != "none":
            status, reason = self.judge(task, row, route)
        self.ledger.append((task, source_id, number, route, status, reason))

    def finops_row(self, table: str, i: int) -> str:
        """The status of one F&O row, once all Sales records are judged, and its finding if it is extra."""
        row = self.finops[table][i]
        number = row[F_AND_O_KEYS[table][1]].strip()
        if not self.ours[table][i]:
            return "other_company"
        if (table, i) in self.matched:
            return "matched"
        if (table, i) in self.wrong:
            return "wrong_entity"
        if not self.marked[table][i]:
            return "out_of_scope"
        task, field_, actual = "ContactToCustomer", "", ""
        if table == "CDSContactPersons":
            task, field_, actual = "Contacts", "AssociatedPartyNumber", row["AssociatedPartyNumber"].strip()
        elif fold(row["PartyType"]) == "organization":
            task = "Accounts - Customers"
            if "accounts" not in self.sales:
                return "out_of_scope"
        self.find(task, "extra", number, "", field_, "", actual, self.reason_of_extra(table, number))
        return "extra"

    def reason_of_extra(self, table: str, number: str) -> str:
        """Why a marked F&O row that nothing matches is there."""
        same = [contact for contact in self.sales["contacts"] if fold(contact["msdynce_contactnumber"]) == fold(number)]
        routes = {route_of(contact)[0] for contact in same} if fold(number) != "" else set()
        if any((table, i) in self.matched for i in self.carrying(table, number)):
            return "stale association"
        if table == "CDSContactPersons" and "customer" in routes:
            return "now a customer"
        if table == "CustomersV2" and "contact" in routes:
            return "now a contact"
        return "not routed here" if "none" in routes else "no Sales record"


def reconcile(sales: Tables, finops: Tables, company: str, options: Options | None = None) -> Result:
    """Reconcile both sides for one company, or raise `RunFails`."""
    run = Run(sales, finops, company, options or Options())
    for account in sales.get("accounts", []):
        run.sales_record("Accounts - Customers", account, "customer", "")
    for contact in sales["contacts"]:
        route, reason = route_of(contact)
        parent = run.accounts.get(fold(contact[PARENT]), "") if parent_type(contact) == "account" else ""
        task = "ContactToCustomer" if route == "customer" else "Contacts"
        run.sales_record(task, contact | {PARENT_ACCOUNT: parent}, route, reason)
    counts = {}
    for table in MARKS:
        statuses = Counter(run.finops_row(table, i) for i in range(len(finops[table])))
        kinds = ("matched", "wrong_entity", "extra", "out_of_scope", "other_company")
        counts[table] = {status: statuses[status] for status in kinds}
    return Result(sorted(run.ledger), sorted(run.findings), counts)
