"""What the account and contact templates map, and which columns each cause of a difference befalls."""

from __future__ import annotations

__all__ = ["ACCOUNT", "BEFALLS", "CONSTANTS", "CURRENCY", "CUSTOMER", "LOST", "MAPS", "MARKS", "PERSON", "SWAPPED", "TYPE"]


CUSTOMER, PERSON, ACCOUNT = "ContactToCustomer", "Contacts", "Accounts - Customers"
TYPE = "@Microsoft.Dynamics.CRM.lookuplogicalname"
CURRENCY = "transactioncurrencyid.isocurrencycode"
# Destination column <- clean column. A name in angle brackets is a value already mapped, which Sales does not hold.
_ADDRESS = {"Street": "line1", "City": "city", "ZipCode": "postalcode", "CountryRegionISOCode": "<iso>"}
_DELIVERY = {"DeliveryAddressDescription": "name", "DeliveryAddressState": "address2_stateorprovince"}
_DELIVERY |= {f"DeliveryAddress{ours}": f"address2_{theirs}" for ours, theirs in _ADDRESS.items()}
_SHARED = {
    "CustomerAccount": "<number>",
    "PartyNumber": "<number>",
    "CreditLimit": "<credit>",
    "SalesCurrencyCode": CURRENCY,
    "PrimaryContactFax": "fax",
    "SalesMemo": "description",
    "PrimaryContactEmail": "emailaddress1",
    "PrimaryContactPhone": "telephone1",
    "PrimaryContactURL": "websiteurl",
    "AddressState": "address1_stateorprovince",
    **{f"Address{ours}": f"address1_{theirs}" for ours, theirs in _ADDRESS.items()},
}
MAPS = {
    CUSTOMER: _SHARED
    | {
        "PersonFirstName": "firstname",
        "PersonMiddleName": "middlename",
        "PersonLastName": "lastname",
        "AddressDescription": "fullname",
    },
    ACCOUNT: _SHARED
    | {"OrganizationName": "name", "AddressDescription": "name", "OrganizationNumberOfEmployees": "<employees>"}
    | _DELIVERY,
    PERSON: {
        "ContactPersonPartyNumber": "<number>",
        "FirstName": "firstname",
        "MiddleName": "middlename",
        "LastName": "lastname",
        "EmploymentDepartment": "department",
        "EmploymentProfession": "jobtitle",
        "Notes": "description",
        "PrimaryEmailAddress": "emailaddress1",
        "PrimaryPhoneNumber": "telephone1",
        "PrimaryURL": "websiteurl",
        "GovernmentIdentificationNumber": "governmentid",
        "Gender": "<gender>",
        "MaritalStatus": "<marital>",
        "IsReceivingDirectMail": "<mail>",
        "IsInactive": "<inactive>",
        "PrimaryAddressStateId": "address1_stateorprovince",
        **{f"PrimaryAddress{ours}": f"address1_{theirs}" for ours, theirs in _ADDRESS.items()},
    },
}
CONSTANTS: dict[str, dict[str, str]] = {
    CUSTOMER: {"CustomerGroupId": "10", "LanguageId": "en-us", "PartyType": "Person", "OrganizationNumberOfEmployees": "0"},
    ACCOUNT: {
        "CustomerGroupId": "10",
        "LanguageId": "en-us",
        "PartyType": "Organization",
        "SiteId": "1",
        "WarehouseId": "13",
        "AddressLocationRoles": "Business",
    },
    PERSON: {"ContactPersonPartyType": "Person"},
}
MARKS = dict.fromkeys((CUSTOMER, ACCOUNT), "IsExternallyMaintained") | {PERSON: "IsContactPersonExternallyMaintained"}
# Task -> cause -> the columns that it befalls.
BEFALLS = {
    CUSTOMER: {
        "mojibake": "PersonFirstName PersonLastName AddressCity AddressStreet AddressDescription",
        "leading_zeros": "AddressZipCode",
        "truncated": "PrimaryContactEmail SalesMemo AddressDescription",
        "rounding": "CreditLimit",
        "letter_case": "PersonLastName PersonFirstName AddressCity PrimaryContactEmail AddressStreet",
        "white_space": "AddressStreet AddressDescription SalesMemo PrimaryContactPhone",
        "punctuation": "AddressStreet SalesMemo",
        "phone_format": "PrimaryContactPhone PrimaryContactFax",
        "country_id": "AddressCountryRegionISOCode",
        "template_default": "CustomerGroupId LanguageId IsExternallyMaintained",
        "blank": "PrimaryContactPhone PrimaryContactEmail AddressStreet PersonMiddleName",
        "stale": "PrimaryContactPhone PrimaryContactEmail AddressStreet AddressCity AddressZipCode AddressState PersonLastName"
        " AddressDescription PrimaryContactFax PrimaryContactURL SalesMemo CreditLimit SalesCurrencyCode PartyNumber",
    },
    PERSON: {
        "mojibake": "FirstName LastName PrimaryAddressCity PrimaryAddressStreet EmploymentProfession",
        "leading_zeros": "PrimaryAddressZipCode GovernmentIdentificationNumber",
        "truncated": "PrimaryEmailAddress Notes PrimaryURL",
        "letter_case": "LastName FirstName PrimaryAddressCity PrimaryEmailAddress EmploymentDepartment",
        "white_space": "PrimaryAddressStreet EmploymentProfession Notes PrimaryPhoneNumber",
        "punctuation": "PrimaryAddressStreet Notes",
        "phone_format": "PrimaryPhoneNumber",
        "country_id": "PrimaryAddressCountryRegionISOCode",
        "preference_inverted": "IsReceivingDirectMail",
        "template_default": "IsContactPersonExternallyMaintained",
        "blank": "PrimaryPhoneNumber PrimaryEmailAddress PrimaryAddressCity MiddleName EmploymentDepartment",
        "association_moved": "AssociatedPartyNumber",
        "stale": "PrimaryPhoneNumber PrimaryEmailAddress PrimaryAddressStreet PrimaryAddressCity PrimaryAddressZipCode LastName"
        " EmploymentProfession EmploymentDepartment Gender MaritalStatus IsInactive PrimaryAddressStateId PrimaryURL Notes"
        " GovernmentIdentificationNumber",
    },
    ACCOUNT: {
        "mojibake": "OrganizationName AddressStreet AddressCity DeliveryAddressCity",
        "leading_zeros": "AddressZipCode DeliveryAddressZipCode",
        "truncated": "OrganizationName PrimaryContactEmail AddressDescription SalesMemo",
        "rounding": "CreditLimit",
        "letter_case": "OrganizationName AddressCity AddressStreet DeliveryAddressCity PrimaryContactEmail",
        "white_space": "OrganizationName AddressStreet DeliveryAddressDescription",
        "punctuation": "OrganizationName AddressStreet",
        "phone_format": "PrimaryContactPhone PrimaryContactFax",
        "country_id": "AddressCountryRegionISOCode DeliveryAddressCountryRegionISOCode",
        "template_default": "CustomerGroupId LanguageId SiteId WarehouseId AddressLocationRoles IsExternallyMaintained",
        "blank": "PrimaryContactURL SalesMemo DeliveryAddressStreet",
        "stale": "PrimaryContactPhone PrimaryContactEmail AddressStreet AddressCity AddressZipCode OrganizationName PartyNumber"
        " OrganizationNumberOfEmployees CreditLimit SalesCurrencyCode AddressState PrimaryContactURL SalesMemo"
        " DeliveryAddressStreet DeliveryAddressCity DeliveryAddressZipCode DeliveryAddressState DeliveryAddressDescription",
    },
}
# Columns that Sales has lost and F&O still holds: a blank in the other direction.
LOST = {
    CUSTOMER: "PrimaryContactFax PrimaryContactURL SalesMemo PrimaryContactPhone",
    PERSON: "PrimaryURL Notes EmploymentDepartment EmploymentProfession GovernmentIdentificationNumber",
    ACCOUNT: "PrimaryContactFax PrimaryContactURL SalesMemo",
}
SWAPPED = {
    CUSTOMER: ("PersonFirstName", "PersonLastName"),
    PERSON: ("FirstName", "LastName"),
    ACCOUNT: ("AddressStreet", "AddressCity"),
}
