"""Small exports to test with: two contacts, one account, and their rows in F&O, all in sync."""

from __future__ import annotations

import csv
from pathlib import Path

Rows = list[dict[str, str]]

TYPE = "_parentcustomerid_value@Microsoft.Dynamics.CRM.lookuplogicalname"


def contact(number: str, **changed: str) -> dict[str, str]:
    row = {
        "contactid": f"id-{number}",
        "msdynce_contactnumber": number,
        "msdynce_isactivecustomer": "false",
        "msdynce_iscompanyanaccount": "true",
        "_parentcustomerid_value": "id-ACC-1",
        TYPE: "account",
        "firstname": "Ann",
        "lastname": "Smith",
        "address1_country": "Netherlands",
        "gendercode": "2",
        "creditlimit": "1000.50",
        "transactioncurrencyid.isocurrencycode": "EUR",
    }
    return row | changed


def tables() -> dict[str, dict[str, Rows]]:
    """Both sides by table; each test changes what it is about."""
    return {
        "sales": {
            "contacts": [contact("CON-1"), contact("CON-2", msdynce_isactivecustomer="true")],
            "accounts": [
                {"accountid": "id-ACC-1", "accountnumber": "ACC-1", "name": "Contoso", "transactioncurrencyid.isocurrencycode": "EUR"}
            ],
        },
        "finops": {
            "CustomersV2": [customer("ACC-1", PartyType="Organization", OrganizationName="Contoso"), person_customer("CON-2")],
            "CDSContactPersons": [person("CON-1", "ACC-1")],
            "CustomerGroups": [{"dataAreaId": "usmf", "CustomerGroupId": "10"}],
        },
    }


def customer(number: str, **changed: str) -> dict[str, str]:
    row = {
        "dataAreaId": "usmf",
        "CustomerAccount": number,
        "PartyType": "Person",
        "IsExternallyMaintained": "Yes",
        "CustomerGroupId": "10",
        "SalesCurrencyCode": "EUR",
        "PersonFirstName": "",
        "PersonLastName": "",
        "OrganizationName": "",
        "AddressCountryRegionISOCode": "",
        "CreditLimit": "0",
    }
    return row | changed


def person_customer(number: str) -> dict[str, str]:
    return customer(number, PersonFirstName="Ann", PersonLastName="Smith", AddressCountryRegionISOCode="NL", CreditLimit="1000.5")


def person(number: str, account: str, **changed: str) -> dict[str, str]:
    row = {
        "dataAreaId": "usmf",
        "ContactPersonPartyNumber": number,
        "AssociatedPartyNumber": account,
        "IsContactPersonExternallyMaintained": "Yes",
        "FirstName": "Ann",
        "LastName": "Smith",
        "Gender": "Female",
        "PrimaryAddressCountryRegionISOCode": "NL",
    }
    return row | changed


def write(folder: Path, sides: dict[str, dict[str, Rows]], *, delimiter: str = ",", encoding: str = "utf-8") -> Path:
    """Write both sides as CSV into ``folder/sales`` and ``folder/finops``."""
    for side, parts in sides.items():
        (folder / side).mkdir(parents=True, exist_ok=True)
        for name, rows in parts.items():
            with (folder / side / f"{name}.csv").open("w", encoding=encoding, newline="") as file:
                writer = csv.DictWriter(file, list(dict.fromkeys(key for row in rows for key in row)), delimiter=delimiter, restval="")
                writer.writeheader()
                writer.writerows(rows)
    return folder
