"""Generated runs for the oracle and the product to agree on, and labels that say what a run has shown.

Hypothesis draws a seed and what to leave out. The seed makes a whole case: Sales rows with or without their counterparts
in F&O, plain but for a few *themes* (a column of Sales and its columns in F&O) that are varied in every row around one
value, so that values differ by case, blanks, a half cent and the like. What is left out (rows, themes, lines of the
options) is what shrinking plays with: it ends with the few rows that matter, everything else on them plain.
"""

import itertools
import random
import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from typing import Any

from hypothesis import strategies as st
from oracle import (
    ACTIVE,
    CUSTOMER,
    F_AND_O_KEYS,
    IS_ACCOUNT,
    MARKS,
    PARENT,
    REQUIRED,
    TASKS,
    TEMPLATES,
    TYPE,
    YES_NO,
    Options,
    Result,
    Row,
    Table,
    Tables,
    columns,
    fold,
    readable,
    route_of,
)

Case = tuple[Tables, Tables, str, Options]

ADDRESS = {"line1": "Main Street 1", "city": "Delft", "postalcode": "2611 AB", "stateorprovince": "ZH", "country": "Netherlands"}
SHARED = {
    "creditlimit": "1000",
    "fax": "+31 15 2",
    "transactioncurrencyid.isocurrencycode": "EUR",
    "description": "first line\nsecond, line",
    "emailaddress1": "info@contoso.example",
    "telephone1": "+31 15 1",
    "websiteurl": "https://contoso.example",
    **{f"address1_{part}": value for part, value in ADDRESS.items()},
}
PLAIN_ACCOUNT = SHARED | {"name": "Contoso", "numberofemployees": "5"} | {f"address2_{part}": value for part, value in ADDRESS.items()}
PLAIN_CONTACT = SHARED | {
    "firstname": "Zoë",
    "middlename": "van",
    "lastname": "Dijk",
    "fullname": "Zoë van Dijk",
    "department": "Sales",
    "gendercode": "2",
    "governmentid": "00123",
    "familystatuscode": "1",
    "donotemail": "true",
    "statecode": "0",
    "jobtitle": "Manager",
    "paymenttermscode": "1",
}
DELIVERY = {"Street": "line1", "City": "city", "ZipCode": "postalcode", "State": "stateorprovince"}
PLAIN_CUSTOMER = {
    "CreditLimit": "1000.00",
    "CustomerGroupId": "10",
    "PrimaryContactFax": SHARED["fax"],
    "SalesCurrencyCode": "EUR",
    "SalesMemo": SHARED["description"],
    "PrimaryContactEmail": SHARED["emailaddress1"],
    "PrimaryContactPhone": SHARED["telephone1"],
    "PrimaryContactURL": SHARED["websiteurl"],
    "SiteId": "1",
    "WarehouseId": "13",
    "LanguageId": "en-us",
    "PaymentTerms": "Net30",
    **{f"Address{name}": ADDRESS[part] for name, part in DELIVERY.items()},
    "AddressCountryRegionISOCode": "NL",
    **{f"DeliveryAddress{name}": ADDRESS[part] for name, part in DELIVERY.items()},
    "DeliveryAddressCountryRegionISOCode": "NL",
    "DeliveryAddressDescription": "Contoso",
    "AddressLocationRoles": "Business",
    "OrganizationNumberOfEmployees": "5",
    "OrganizationName": "Contoso",
    "AddressDescription": "Contoso",
    "PersonFirstName": "Zoë",
    "PersonMiddleName": "van",
    "PersonLastName": "Dijk",
}
PLAIN_PERSON = {
    "EmploymentDepartment": "Sales",
    "Notes": SHARED["description"],
    "PrimaryEmailAddress": SHARED["emailaddress1"],
    "Gender": "Female",
    "GovernmentIdentificationNumber": "00123",
    "FirstName": "Zoë",
    "MiddleName": "van",
    "LastName": "Dijk",
    "PrimaryAddressStreet": ADDRESS["line1"],
    "PrimaryAddressCity": ADDRESS["city"],
    "PrimaryAddressZipCode": ADDRESS["postalcode"],
    "PrimaryAddressStateId": ADDRESS["stateorprovince"],
    "PrimaryAddressCountryRegionISOCode": "NL",
    "ContactPersonPartyType": "Person",
    "PrimaryPhoneNumber": SHARED["telephone1"],
    "PrimaryURL": SHARED["websiteurl"],
    "MaritalStatus": "Single",
    "IsReceivingDirectMail": "No",
    "EmploymentProfession": "Manager",
    "IsInactive": "No",
}

TEXTS = (
    *("plain", "", " ", "two  words", " \u00a0padded\u3000", "\x1funit\t", "\u200bzero width\ufeff", "line\r\nbreak", "Straße", "İstanbul"),
    *("Ωmega ς", "José", unicodedata.normalize("NFD", "José"), "NA", "N/A", "None", "null", "nan", "NULL", "<NA>", "00123", "1.0", "true"),
    *("=1+1", "+31", "-1", "@SUM(A1)", "\tTab", "'quoted", '"x", y', "ﬁne", "x" * 400),
)
NUMBERS = (
    *(
        "1000",
        "",
        "0",
        "-0",
        "0.00",
        "+5",
        "007",
        ".5",
        "5.",
        "1e3",
        "1.5E-2",
        "0.005",
        "-0.005",
        "999999999999999999999.995",
        "12.345",
        "100",
    ),
    *("1e-7", "0.1"),
)
UNREADABLE = ("1.000,00", "1,000.00", "1 000", "n/a", "NaN", "inf", "1_000", "٣", "--1", "1e", ".", "0x10", "€ 5")
COUNTRIES = (
    *(
        "Netherlands",
        "",
        "nl",
        " NLD ",
        "NIEDERLANDE",
        "Pays-Bas",
        "Holland",
        "Österreich",
        unicodedata.normalize("NFD", "Österreich"),
        "USA",
    ),
    *("uk", "NA", "Namibia", "Kongo", "Atlantis", "İtalya", "ITALIË", "De", "\u00a0FRANCE\t", "Kosovo"),
)
CODES = ("NL", "", "nl", " NL ", "AT", "US", "NA", "DE", "FR", "IT", "GB", "NLD", "Atlantis", "XX")
CURRENCIES = ("EUR", "", "eur", " EUR\u00a0", "Euro", "USD", "EURO", "€")


@dataclass(frozen=True)
class Theme:
    """Columns of both sides that hold the same thing, and what to put into them; texts and numbers have variants."""

    sales: tuple[str, ...]
    finops: tuple[str, ...]
    values: tuple[str, ...] = TEXTS
    others: tuple[str, ...] | None = None
    kind: str = "text"
    limit: int = 0


THEMES = (
    Theme(("firstname",), ("PersonFirstName", "FirstName"), limit=25),
    Theme(("middlename",), ("PersonMiddleName", "MiddleName"), limit=25),
    Theme(("lastname",), ("PersonLastName", "LastName"), limit=25),
    Theme(("name",), ("OrganizationName", "AddressDescription", "DeliveryAddressDescription"), limit=100),
    Theme(("fullname",), ("AddressDescription",)),
    Theme(("fax",), ("PrimaryContactFax",)),
    Theme(("description",), ("SalesMemo", "Notes")),
    Theme(("emailaddress1",), ("PrimaryContactEmail", "PrimaryEmailAddress"), limit=255),
    Theme(("telephone1",), ("PrimaryContactPhone", "PrimaryPhoneNumber"), limit=255),
    Theme(("websiteurl",), ("PrimaryContactURL", "PrimaryURL")),
    Theme(("address1_line1",), ("AddressStreet", "PrimaryAddressStreet"), limit=250),
    Theme(("address1_city",), ("AddressCity", "PrimaryAddressCity"), limit=60),
    Theme(("address1_postalcode",), ("AddressZipCode", "PrimaryAddressZipCode"), limit=10),
    Theme(("address1_stateorprovince",), ("AddressState", "PrimaryAddressStateId"), limit=10),
    Theme(("address2_line1",), ("DeliveryAddressStreet",), limit=250),
    Theme(("address2_city",), ("DeliveryAddressCity",), limit=60),
    Theme(("address2_postalcode",), ("DeliveryAddressZipCode",), limit=10),
    Theme(("address2_stateorprovince",), ("DeliveryAddressState",), limit=10),
    Theme(("department",), ("EmploymentDepartment",)),
    Theme(("governmentid",), ("GovernmentIdentificationNumber",)),
    Theme(("jobtitle",), ("EmploymentProfession",)),
    Theme(("address1_country",), ("AddressCountryRegionISOCode", "PrimaryAddressCountryRegionISOCode"), COUNTRIES, CODES),
    Theme(("address2_country",), ("DeliveryAddressCountryRegionISOCode",), COUNTRIES, CODES),
    Theme(("transactioncurrencyid.isocurrencycode",), ("SalesCurrencyCode",), CURRENCIES, CURRENCIES),
    Theme(("creditlimit",), ("CreditLimit",), NUMBERS, kind="number"),
    Theme(("creditlimit", "numberofemployees"), ("CreditLimit", "OrganizationNumberOfEmployees"), NUMBERS, kind="number"),
    Theme(
        ("gendercode",),
        ("Gender",),
        ("2", "1", "", " 2 ", "3", "Female"),
        ("Female", "FEMALE ", "Male", "Unknown", "", "NonSpecific"),
        "choice",
    ),
    Theme(("familystatuscode",), ("MaritalStatus",), ("1", "4", "", "5"), ("Single", "single", "Widowhood", "None", "", "0"), "choice"),
    Theme(
        ("donotemail",),
        ("IsReceivingDirectMail",),
        ("true", "false", "", "1", "No", " YES", "maybe"),
        ("No", "Yes", "", "false", " TRUE ", "0", "maybe"),
        "choice",
    ),
    Theme(("statecode",), ("IsInactive",), ("0", "1", "", " 0", "2"), ("No", "Yes", "", "false", "1", "?"), "choice"),
    Theme(("paymenttermscode",), ("PaymentTerms",), ("1", "2", "", "9"), ("Net30", "net30", "2%10", "")),
    Theme((), ("CustomerGroupId",), (), ("10", " 10", "20", "")),
    Theme((), ("LanguageId",), (), ("en-us", "EN-US", "nl", "")),
    Theme((), ("SiteId", "WarehouseId"), (), ("1", "13", "01", "2", "9", "")),
    Theme((), ("AddressLocationRoles", "ContactPersonPartyType"), (), ("Business", "Person", "person", "")),
)
GOOD_NUMBERS = (
    *("CON-01000-BVRCPS", "ACC-1", "00123", "123", "STRASSE 1", "İ-1", "CAFÉ", unicodedata.normalize("NFD", "CAFÉ"), "NA", "null", "None"),
    *("=1", "-1", "@a", "X" * 20, "ß" * 11),
)
BAD_NUMBERS = (*("X" * 21, "S" * 22, *("Y" * 41,) * 3) * 3, *(f"C{character}1" for character in r"/<>*%&:\?+"))
FLAGS = ("true", "false", "", "1", "0", "Yes", "no", " TRUE\u00a0", "nO")
MARKED = ("Yes", "Yes", "Yes", "No", "yes", "true", "1", " YES ", "", "false")
ACTIVITY = ("quotes", "salesorders", "invoices")
PARENTS = [
    ("", ""),
    ("", "account"),
    ("Acc-ß0", ""),
    ("Acc-ß9", "account"),
    ("Con-ß0", "contact"),
    ("Con-ß1", "contact"),
    ("Acc-ß0", "lead"),
]
PARENTS += [("Acc-ß1", " Account "), ("Acc-ß0", "contact"), (" ", "contact")]
# Values that alone make a Sales row blocked or nearly so.
BLEMISHES = (
    *(
        ("lastname", ""),
        ("lastname", "x" * 26),
        ("name", ""),
        ("name", "x" * 101),
        ("firstname", "é" * 25),
        ("address1_postalcode", "1" * 11),
    ),
    *(("address1_country", text) for text in ("", "", "Atlantis", "Kongo")),
    *(("address2_country", text) for text in ("", "Atlantis")),
    *(("transactioncurrencyid.isocurrencycode", text) for text in ("", "EURO")),
    *(("gendercode", "3"), ("gendercode", "Female"), ("familystatuscode", "7"), ("familystatuscode", "Single"), ("address1_city", " ")),
    *(("donotemail", "maybe"), ("donotemail", "2"), ("statecode", "2"), ("statecode", "Active")),
)

CITY_MAP = {"Delft": "1", "straße": "9", " Plain ": "13"}
WAYS: dict[str, tuple[dict[str, Any], ...]] = {
    "text": ({"ignore_case": True}, {"ignore_whitespace": True}, {"ignore_case": True, "ignore_whitespace": True}, {"skip": True}),
    "number": ({"tolerance": "0"}, {"tolerance": "0.5"}, {"tolerance": "0.006"}, {"skip": True}),
    "choice": ({"skip": True},),
}
# Lines that a project file may hold, and what they are about.
SETTINGS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("ContactToCustomer", "SiteId", {"from_": "address1_city", "map": CITY_MAP, "default": "9"}),
    ("ContactToCustomer", "SiteId", {"from_": "address1_city", "map": CITY_MAP}),
    ("ContactToCustomer", "SiteId", {"from_": "address1_city", "map": CITY_MAP, "blank": "13", "unmapped": "keep"}),
    ("ContactToCustomer", "WarehouseId", {"default": "13"}),
    ("ContactToCustomer", "PaymentTerms", {"from_": "paymenttermscode", "map": {"1": "Net30", "2": "2%10"}}),
    ("ContactToCustomer", "PaymentTerms", {"from_": "paymenttermscode"}),
    ("ContactToCustomer", "CustomerGroupId", {"default": "20"}),
    ("ContactToCustomer", "CustomerGroupId", {"default": "30"}),
    ("ContactToCustomer", "CustomerGroupId", {"default": "Local"}),
    ("ContactToCustomer", "CustomerGroupId", {"default": ""}),
    ("ContactToCustomer", "CustomerGroupId", {"default": "TWELVE CHARS"}),
    ("ContactToCustomer", "CustomerGroupId", {"from_": "address1_city", "map": {"Delft": "20", "plain": "30"}}),
    ("ContactToCustomer", "CustomerGroupId", {"from_": "jobtitle", "map": {"Director": "20"}, "unmapped": "block"}),
    ("ContactToCustomer", "LanguageId", {"default": ""}),
    ("ContactToCustomer", "SalesCurrencyCode", {"default": "EUR"}),
    ("ContactToCustomer", "SalesCurrencyCode", {"map": {"euro": "EUR", "€": "EUR"}}),
    ("ContactToCustomer", "SalesCurrencyCode", {"map": {"EUR": "EUR"}, "unmapped": "block"}),
    ("ContactToCustomer", "AddressCountryRegionISOCode", {"default": "US"}),
    ("ContactToCustomer", "AddressCountryRegionISOCode", {"blank": "DE", "unmapped": "default"}),
    ("ContactToCustomer", "AddressCountryRegionISOCode", {"map": {"Netherlands": "NL", "Holland": "NL"}}),
    ("Accounts - Customers", "CustomerGroupId", {"default": "30"}),
    ("Accounts - Customers", "CustomerGroupId", {"default": "Local"}),
    ("Accounts - Customers", "CustomerGroupId", {"default": ""}),
    ("Accounts - Customers", "LanguageId", {"default": "en-us-posix"}),
    ("Accounts - Customers", "LanguageId", {"default": ""}),
    ("Accounts - Customers", "SiteId", {"from_": "address1_city", "map": CITY_MAP}),
    ("Accounts - Customers", "DeliveryAddressCountryRegionISOCode", {"unmapped": "keep"}),
    ("Accounts - Customers", "OrganizationName", {"default": "Unnamed"}),
    ("Accounts - Customers", "PrimaryContactFax", {"from_": "telephone1"}),
    ("Contacts", "Gender", {"map": {"1": "Male", "2": "Female", "3": "NonSpecific"}}),
    ("Contacts", "Gender", {"unmapped": "default", "default": "Unknown"}),
    ("Contacts", "IsInactive", {"default": "No"}),
    ("Contacts", "MaritalStatus", {"unmapped": "keep", "blank": ""}),
    ("Contacts", "PrimaryAddressCountryRegionISOCode", {"default": "US", "unmapped": "default"}),
    ("Contacts", "EmploymentProfession", {"map": {"Manager": "Boss"}}),
)
LENGTHS = (
    ("Accounts - Customers", "OrganizationName", 3),
    ("Accounts - Customers", "SalesMemo", 10),
    ("ContactToCustomer", "PersonFirstName", 50),
    ("ContactToCustomer", "AddressDescription", 11),
    ("Contacts", "LastName", 4),
    ("Contacts", "Notes", 24),
    ("Contacts", "FirstName", 400),
)
FAULTS = (
    "repeated key",
    "repeated id",
    "repeated id",
    "blank id",
    "unknown company",
    "word for a flag",
    "word for a mark",
    "unreadable numbers",
)


@dataclass
class Draft:
    """A row before it is decided which of its varied columns stay: each theme's number goes with the columns it varies."""

    keys: Row
    plain: Row
    themed: list[Row] = field(default_factory=list)
    blemish: Row = field(default_factory=dict)

    def row(self, themes: list[int], keep_blemish: bool) -> Row:
        """The row with the themes that stay."""
        row = self.plain | self.keys
        for number in themes:
            row |= self.themed[number]
        return row | (self.blemish if keep_blemish else {})


def spelled(rng: random.Random, text: str) -> str:
    """A key or id as it stands, or in another case or with blanks around it."""
    sharp = text.upper().replace("SS", "ß")
    return rng.choice((text, text, text, text, text.lower(), text.upper(), text.casefold(), f" {text}\u00a0", f"\t{text.upper()} ", sharp))


def add(number: str, step: str) -> str:
    """The exact sum: the default context of decimals would round it."""
    with localcontext(prec=100):
        return format(Decimal(number) + Decimal(step), "f")


def varied(theme: Theme, value: str) -> tuple[str, ...]:
    """A value and what is nearly or hardly the same."""
    if theme.kind == "number":
        steps = ("0.005", "-0.005", f"0.005{0:040}1", "-0.006", "0.5", "1")
        return (value, f" {value} ", *(add(value or "0", step) for step in steps), add(value or "0", "0.000"), "", "0")
    composed, decomposed = unicodedata.normalize("NFC", value), unicodedata.normalize("NFD", value)
    letters, spaced = "".join(value.split()), " ".join(value)
    near = (value, f" {value}\u00a0", value.upper(), value.lower(), value.casefold(), composed, decomposed, letters, spaced)
    long = ("é" * theme.limit, "é" * (theme.limit + 1), f" {'x' * theme.limit} ") if theme.limit else ()
    return (*near, "", f"{value}x", *long)


def drafted(rng: random.Random, keys: Row, plain: Row, themes: list[tuple[Theme, str]], is_sales: bool) -> Draft:
    """A draft with every theme varied; two values in five stay plain."""
    draft = Draft(keys, plain)
    for theme, value in themes:
        pool = (theme.values if is_sales else theme.others) if theme.others else (value, value, *varied(theme, value))
        own = theme.sales if is_sales else theme.finops
        draft.themed.append({name: rng.choice(pool or ("",)) for name in own if name in plain and rng.random() < 0.6})
    if is_sales:
        draft.blemish = dict(rng.sample([(name, text) for name, text in BLEMISHES if name in plain], rng.choice((0,) * 8 + (1, 1, 2, 4))))
        if rng.random() < 0.1:
            address = rng.choice(("address1_", "address2_"))
            draft.blemish |= dict.fromkeys((name for name in plain if name.startswith(address)), "")
            kept = address + rng.choice(("line1", "city", "postalcode", "stateorprovince", "country"))
            draft.blemish |= {kept: plain[kept]} if kept in plain else {}
    return draft


class World:
    """The drafts of one case, all from one seed: Sales rows first, then what F&O holds of them and of its own."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.company = rng.choice(("usmf", "USMF", "Usmf"))
        chosen = rng.sample(THEMES, rng.choice((0, 0, 1, 2, 3, 4, 6)))
        chosen += [rng.choice([theme for theme in THEMES if theme.kind == kind]) for kind in ("number", "choice") if rng.random() < 0.3]
        self.themes = [(theme, rng.choice(theme.values or ("",))) for theme in chosen]
        self.numbers = rng.sample(GOOD_NUMBERS, len(GOOD_NUMBERS))
        self.accounts = [self.account(i) for i in range(rng.choice((1, 2, 3, 3)))]
        self.contacts = [self.contact(i) for i in range(rng.randint(1, 6))]
        self.customers: list[Draft] = []
        self.persons: list[Draft] = []
        for account in self.accounts:
            self.counterpart(account.keys["accountnumber"], "customer", is_person=False)
        for contact in self.contacts:
            parent = [a for a in self.accounts if fold(a.keys["accountid"]) == fold(contact.keys[PARENT])]
            associated = parent[0].keys["accountnumber"] if parent else ""
            self.counterpart(contact.keys["msdynce_contactnumber"], route_of(contact.keys)[0], is_person=True, associated=associated)
        for _ in range(rng.randint(0, 2)):
            self.customer(rng.choice(self.numbers), is_person=rng.random() < 0.5)
        for _ in range(rng.randint(0, 3)):
            self.person(rng.choice(self.numbers[2:]), rng.choice([*self.numbers[:4], "", "ELSE"]))

    def number(self, own: str) -> str:
        """Mostly a record's own number; else a bad one, or one that others may have too."""
        chance = self.rng.random()
        if chance < 0.12:
            return spelled(self.rng, self.rng.choice(BAD_NUMBERS if chance < 0.08 else ("", " ")))
        return spelled(self.rng, own if chance < 0.8 else self.rng.choice(self.numbers[:10]))

    def account(self, i: int) -> Draft:
        """An account."""
        keys = {"accountid": spelled(self.rng, f"Acc-ß{i}"), "accountnumber": self.number(self.numbers[i])}
        return drafted(self.rng, keys, PLAIN_ACCOUNT, self.themes, is_sales=True)

    def contact(self, i: int) -> Draft:
        """A contact under an account more often than not."""
        rng = self.rng
        parent, kind = rng.choice(PARENTS if rng.random() < 0.4 else [(f"Acc-ß{rng.randrange(len(self.accounts))}", "account")])
        agreeing = "Yes" if kind.strip().casefold() == "account" else "No"
        keys = {
            "contactid": spelled(rng, f"Con-ß{i}"),
            "msdynce_contactnumber": self.number(self.numbers[3 + i]),
            ACTIVE: rng.choice(FLAGS),
            IS_ACCOUNT: rng.choice(("", agreeing, agreeing, rng.choice(FLAGS))),
            PARENT: spelled(rng, parent),
            PARENT + TYPE: kind,
        }
        return drafted(rng, keys, PLAIN_CONTACT, self.themes, is_sales=True)

    def counterpart(self, number: str, route: str, is_person: bool, associated: str = "") -> None:
        """What F&O holds of a Sales record: usually the right row, else a row of the other entity, both or none."""
        rng = self.rng
        where = rng.choices(("own", "other", "both", "neither"), (10, 4, 3, 3))[0]
        own = {"customer": "customer", "contact": "person"}.get(route) or rng.choice(("customer", "person"))
        if (own == "customer" and where == "own") or (own == "person" and where == "other") or where == "both":
            self.customer(number, is_person if rng.random() < (0.5 if route == "none" else 0.85) else not is_person)
        if (own == "person" and where == "own") or (own == "customer" and where == "other") or where == "both":
            for _ in range(rng.choice((1, 1, 2, 3))):
                self.person(number, associated if rng.random() < 0.65 else rng.choice([*self.numbers[:3], "", "ELSE"]))

    def area(self) -> str:
        """Mostly the company, however written; else another."""
        company = self.company
        return self.rng.choice((*(company,) * 6, company.lower(), company.upper(), f" {company}\u00a0", "demf", ""))

    def customer(self, number: str, is_person: bool) -> None:
        """A customer, of a contact or of an account."""
        rng = self.rng
        key = spelled(rng, number)
        types = ("Person",) * 5 + ("person", "") if is_person else ("Organization",) * 5 + (" ORGANIZATION",)
        keys = {
            "dataAreaId": self.area(),
            "CustomerAccount": key,
            "PartyNumber": number if rng.random() < 0.8 else rng.choice((key, "", "PARTY-1", f" {number}")),
            "PartyType": rng.choice(types),
            "IsExternallyMaintained": rng.choice(MARKED),
        }
        plain = PLAIN_CUSTOMER | ({"AddressDescription": PLAIN_CONTACT["fullname"]} if is_person else {})
        self.customers.append(drafted(rng, keys, plain, self.themes, is_sales=False))

    def person(self, number: str, associated: str) -> None:
        """A contact person."""
        keys = {
            "dataAreaId": self.area(),
            "ContactPersonPartyNumber": spelled(self.rng, number),
            "AssociatedPartyNumber": associated if self.rng.random() < 0.7 else spelled(self.rng, associated),
            "IsContactPersonExternallyMaintained": self.rng.choice(MARKED),
        }
        self.persons.append(drafted(self.rng, keys, PLAIN_PERSON, self.themes, is_sales=False))

    def activity(self) -> dict[str, list[Row]]:
        """Some of quotes, salesorders and invoices."""
        rng, tables = self.rng, {}
        for name in rng.choice((ACTIVITY, ACTIVITY, ACTIVITY[:2], ACTIVITY[2:], ())):
            tables[name] = [
                {
                    f"{name.removesuffix('s')}id": f"{name}-{i}",
                    CUSTOMER: spelled(rng, rng.choice((f"Con-ß{rng.randrange(6)}", f"Con-ß{rng.randrange(6)}", "Acc-ß0", "", "Con-ß9"))),
                    CUSTOMER + TYPE: rng.choice((*("contact",) * 5, "Contact ", "account", "")),
                }
                for i in range(rng.randint(0, 2))
            ]
        return tables

    def groups(self) -> list[Row] | None:
        """The customer groups of the company and of another, where they are loaded."""
        chosen = self.rng.choice(
            (("10", "20"), ("10", "20"), ("10", "30"), (" 10", "LOCAL", ""), (" 10", "LOCAL", ""), ("20",), (), None, None)
        )
        if not chosen:
            return None if chosen is None else []
        return [{"dataAreaId": self.area(), "CustomerGroupId": "DEMF ONLY"}] + [
            {"dataAreaId": area, "CustomerGroupId": group} for area, group in [*((self.company, group) for group in chosen), ("demf", "30")]
        ]

    def options(self, keeps: Callable[[], bool], themes: list[int]) -> Options:
        """Often none; else some lines, and ways to compare the themes that stay."""
        rng, result = self.rng, Options()
        if rng.random() < 0.3 and keeps():
            result.maps["countries"] = {"Holland": "NL", " UK": "GB", "namibia": "XX", "it": "SM"}
        for task, column, line in rng.sample(SETTINGS, rng.choice((0, 0, 1, 1, 2, 4))):
            if keeps():
                result.columns.setdefault(task, {})[column] = line
        for task, column, length in rng.sample(LENGTHS, rng.choice((0, 0, 0, 0, 1))):
            if keeps():
                result.lengths.setdefault(task, {})[column] = length
        for number, (theme, _) in enumerate(self.themes):
            for task, column in [(task, column) for task in TASKS for column in theme.finops]:
                how, chance = rng.choice(WAYS[theme.kind]), rng.random()
                if column in TEMPLATES[task] and number in themes and chance < 0.5 and keeps():
                    result.compare.setdefault(task, {})[column] = dict(how)
        return result


def table(rows: list[Row], names: list[str]) -> Table:
    """Rows with just these columns, in that order."""
    names = list(dict.fromkeys(names))
    return Table([{name: row[name] for name in names} for row in rows], names)


def unique(name: str, rows: list[Row]) -> list[Row]:
    """The rows of an F&O table without repeated keys."""
    kept: dict[tuple[str, ...], Row] = {}
    for row in rows:
        kept.setdefault(tuple(fold(row[column]) for column in F_AND_O_KEYS[name]), row)
    return list(kept.values())


@st.composite
def cases(draw: st.DrawFn, accounts_loaded: bool = True) -> Case:
    """Sales side, F&O side, company and options; about one case in ten is a run that fails."""
    rng = random.Random(draw(st.integers(0, 2**64 - 1)))
    world = World(rng)

    # Each choice differs from the others (by its number), for Hypothesis mutates choices that are alike, five times a case,
    # and a mutated case has the seed of the case before.
    asked = itertools.count()

    def keeps() -> bool:
        number = next(asked)
        return draw(st.sampled_from((("drop", number), *(("keep", number),) * 15)))[0] == "keep"

    themes = [number for number in range(len(world.themes)) if keeps()]

    def rows(drafts: list[Draft]) -> list[Row]:
        return [draft.row(themes, not draft.blemish or keeps()) for draft in drafts if keeps()]

    sales: Tables = {"contacts": table(rows(world.contacts), [*REQUIRED["contacts"], IS_ACCOUNT, *PLAIN_CONTACT])}
    if accounts_loaded:
        sales["accounts"] = table(rows(world.accounts), [*REQUIRED["accounts"], *PLAIN_ACCOUNT])
    for name, activity in world.activity().items():
        sales[name] = table([row for row in activity if keeps()], [f"{name.removesuffix('s')}id", CUSTOMER, CUSTOMER + TYPE])
    customers, persons = unique("CustomersV2", rows(world.customers)), unique("CDSContactPersons", rows(world.persons))
    finops: Tables = {
        "CustomersV2": table(customers, [*REQUIRED["CustomersV2"], "PartyNumber", *PLAIN_CUSTOMER]),
        "CDSContactPersons": table(persons, [*REQUIRED["CDSContactPersons"], *PLAIN_PERSON]),
    }
    groups = world.groups()
    if groups is not None:
        finops["CustomerGroups"] = table(unique("CustomerGroups", groups), ["dataAreaId", "CustomerGroupId"])

    optional = {"contacts": [IS_ACCOUNT, *PLAIN_CONTACT], "accounts": [*PLAIN_ACCOUNT]}
    optional |= {"CustomersV2": ["PartyNumber", *PLAIN_CUSTOMER], "CDSContactPersons": [*PLAIN_PERSON]}
    for name, names in optional.items():
        absent = rng.sample(names, rng.choice((0, 0, 0, 0, 1, 3)))
        if name in sales and absent and keeps():
            sales[name] = table(sales[name], [column for column in columns(sales[name]) if column not in absent])
        if name in finops and absent and keeps():
            finops[name] = table(finops[name], [column for column in columns(finops[name]) if column not in absent])

    options = world.options(keeps, themes)
    is_unreadable, is_spoilt = rng.random() < 0.2 and keeps(), rng.random() < 0.1 and keeps()
    if is_unreadable:
        make_unreadable(rng, sales, finops, world.company)
    own = [row for rows in finops.values() for row in rows]
    if own and all(fold(row["dataAreaId"]) != fold(world.company) for row in own):
        own[0]["dataAreaId"] = world.company
    company = spoil(rng, sales, finops, world.company) if is_spoilt else world.company
    return sales, finops, company, options


def make_unreadable(rng: random.Random, sales: Tables, finops: Tables, company: str) -> None:
    """Make one number of a table unreadable, and add plain rows so that it is mostly not more than one in a hundred."""
    name, plain, column = rng.choice(
        (
            ("contacts", PLAIN_CONTACT, "creditlimit"),
            ("contacts", PLAIN_CONTACT, "creditlimit"),
            ("accounts", PLAIN_ACCOUNT, "creditlimit"),
            ("accounts", PLAIN_ACCOUNT, "numberofemployees"),
            ("CustomersV2", PLAIN_CUSTOMER, "CreditLimit"),
            ("CustomersV2", PLAIN_CUSTOMER, "CreditLimit"),
            ("CustomersV2", PLAIN_CUSTOMER, "CreditLimit"),
            ("CustomersV2", PLAIN_CUSTOMER, "OrganizationNumberOfEmployees"),
        )
    )
    rows = {**sales, **finops}.get(name, [])
    if column not in columns(rows) or not rows:
        return
    row = rng.choice([row for row in rows if fold(row.get("dataAreaId", company)) == fold(company)] or rows)
    row[column] = rng.choice(UNREADABLE)
    if name == "contacts":
        row[ACTIVE] = "true"
    filled = sum(bool(row[column].strip()) for row in rows)
    for i in range(rng.choice((150, 100, 100, 100, 99)) - filled):
        ids = dict.fromkeys(("contactid", "accountid", "accountnumber", "CustomerAccount"), f"PAD-{i}")
        rows.append({name: (plain | ids).get(name, "") for name in columns(rows)})


def spoil(rng: random.Random, sales: Tables, finops: Tables, company: str) -> str:
    """Make the run fail, where the tables have the rows to spoil; returns the company to ask for."""
    fault = rng.choice(FAULTS)
    is_sales = fault in ("repeated id", "blank id", "word for a flag", "unreadable numbers")
    filled = [name for name, rows in (sales if is_sales else finops).items() if name in REQUIRED and rows]
    if fault == "unknown company" or not filled:
        return "none"
    name = rng.choice(filled)
    rows = sales[name] if is_sales else finops[name]
    row, id_name = rng.choice(rows), {"contacts": "contactid", "accounts": "accountid"}.get(name, "")
    if fault == "repeated key":
        rows.append({column: f" {value.swapcase()}" if column in F_AND_O_KEYS[name] else value for column, value in row.items()})
    elif fault == "repeated id":
        rows.append(row | {id_name: f" {row[id_name].upper()}"})
    elif fault == "blank id":
        row[id_name] = rng.choice(("", " \u00a0"))
    elif fault == "word for a flag" and name == "contacts":
        row[rng.choice([flag for flag in (ACTIVE, IS_ACCOUNT) if flag in row])] = rng.choice(("y", "2", "ja"))
    elif fault == "word for a mark":
        row[MARKS[name]] = rng.choice(("Y", "2", "ja"))
    elif "creditlimit" in row:
        row["creditlimit"] = rng.choice(UNREADABLE)
    return company


def describe(result: Result) -> Counter[str]:
    """What a run has shown, as labels with the number of ledger rows, findings and F&O rows that showed them."""
    seen: Counter[str] = Counter()
    mismatched_ids = {(row[0], row[4]) for row in result.findings if row[1] == "mismatched"}
    for task, source_id, _, route, status, reason in result.ledger:
        seen[f"{task}: {status}"] += 1
        if route == "none":
            seen[f"routing: {reason}"] += 1
        if status == "blocked" and (task, source_id) in mismatched_ids:
            seen[f"{task}: blocked and compared"] += 1
        if reason.count("; ") > 1:
            seen[f"{task}: several reasons"] += 1
    for task, category, _, _, _, column, expected, actual, reason in result.findings:
        seen[f"finding: {task}: {category}"] += 1
        if category in ("blocked", "extra"):
            seen[f"{task}: {category}: {reason}"] += 1
        if reason in ("required column blank", "value not mapped"):
            seen[f"{reason}: {column}"] += 1
        if category == "flag_disagrees":
            seen[f"{column}: expected {expected}"] += 1
        if category == "mismatched" and column in MARKS.values() and YES_NO.get(fold(actual)) != "Yes":
            seen[f"{task}: matched without the mark"] += 1
        if category == "mismatched" and column == "CreditLimit" and actual and not readable(actual):
            seen["F&O number unreadable"] += 1
    for name, statuses in result.finops.items():
        seen.update({f"{name}: {status}": count for status, count in statuses.items()})
    return seen


def _everything() -> frozenset[str]:
    common = ("required column blank", "value not mapped", "value too long")
    customer = (*common, "value not readable", "value not in CustomerGroups")
    blocked = {
        "Accounts - Customers": ("account number missing", "account number invalid", "duplicate account number", *customer),
        "ContactToCustomer": ("contact number missing", "contact number invalid", "duplicate contact number", *customer),
        "Contacts": ("contact number missing", "contact number invalid", "duplicate contact number", "account not synchronized", *common),
    }
    extra = {
        "Accounts - Customers": ("now a contact", "not routed here", "no Sales record"),
        "ContactToCustomer": ("now a contact", "not routed here", "no Sales record"),
        "Contacts": ("stale association", "now a customer", "not routed here", "no Sales record"),
    }
    labels = {"Contacts: not_synchronized", "F&O number unreadable"}
    labels |= {f"routing: {reason}" for reason in ("parent is a contact", "no parent", "flag IsCompanyAnAccount is No")}
    for task in TASKS:
        labels |= {f"{task}: {status}" for status in ("blocked", "wrong_entity", "missing", "mismatched", "in_sync")}
        labels |= {f"{task}: {what}" for what in ("blocked and compared", "several reasons", "matched without the mark")}
        labels |= {f"{task}: blocked: {reason}" for reason in blocked[task]} | {f"{task}: extra: {reason}" for reason in extra[task]}
        labels |= {f"finding: {task}: {category}" for category in ("blocked", "wrong_entity", "missing", "mismatched", "extra")}
    labels |= {f"finding: {task}: flag_disagrees" for task in ("ContactToCustomer", "Contacts")}
    labels |= {f"{flag}: expected {word}" for flag in (ACTIVE, IS_ACCOUNT) for word in ("Yes", "No")}
    needed = ("CustomerGroupId", "SalesCurrencyCode", "LanguageId", "PersonLastName", "LastName", "OrganizationName")
    countries = tuple(f"{address}CountryRegionISOCode" for address in ("Address", "PrimaryAddress", "DeliveryAddress"))
    labels |= {f"required column blank: {column}" for column in (*needed, *countries)}
    labels |= {f"value not mapped: {column}" for column in (*countries, "Gender", "MaritalStatus", "IsReceivingDirectMail", "IsInactive")}
    for name in MARKS:
        labels |= {f"{name}: {status}" for status in ("matched", "wrong_entity", "extra", "out_of_scope", "other_company")}
    return frozenset(labels)


# Every label that a few hundred cases together must show.
EVERYTHING = _everything()
