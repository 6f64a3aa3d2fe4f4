"""The F&O side: every row of both tables has exactly one status too, and an extra one says why it is there."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from p2c_recon.columns import by_distinct, fold, pick, text, trim
from p2c_recon.compare.findings import Findings
from p2c_recon.compare.keys import Codes, mark_codes
from p2c_recon.compare.prepare import Entity, routed
from p2c_recon.compare.status import FINOPS_STATUSES, STATUSES, count_statuses, extra_reasons, finops_status, prove_conservation
from p2c_recon.systems.files import Side
from p2c_recon.templates import ACCOUNTS, CONTACTS, CUSTOMERS, Task
from p2c_recon.transform.yes_no import read_yes_no

__all__ = ["account_for", "judge_rows"]


def judge_rows(entity: Entity, tasks: dict[str, Task], routes: pd.DataFrame, codes: Codes, findings: Findings) -> dict[str, int]:
    """Give each row of an F&O table its status, write the extra ones, and count."""
    persons = entity.name == "CDSContactPersons"
    task = tasks[CONTACTS if persons else CUSTOMERS]
    marked, _ = read_yes_no(entity.table, task.mark, entity.name)
    status = finops_status(entity.in_company, entity.matched, entity.wrong_entity[entity.codes], marked)
    rows = np.flatnonzero(pc.equal(status, "extra").to_numpy(zero_copy_only=False))
    numbers = codes.of["contacts"]
    reasons = extra_reasons(
        entity.codes[rows],
        mark_codes(entity.codes[entity.matched], codes.size),
        mark_codes(numbers[routed(routes, "customer" if persons else "contact")], codes.size),
        "now a customer" if persons else "now a contact",
        mark_codes(numbers[routed(routes, "none")], codes.size),
    )
    keys = trim(pick(text(entity.table[task.match]), rows))
    if persons:
        under = trim(pick(text(entity.table["AssociatedPartyNumber"]), rows))
        findings.add(CONTACTS, "extra", keys, field="AssociatedPartyNumber", actual=under, reason=reasons)
    else:
        organization = pc.equal(fold(pick(text(entity.table["PartyType"]), rows)), "organization")
        for name, here in ((ACCOUNTS, organization), (CUSTOMERS, pc.invert(organization))):
            findings.add(name, "extra", pc.filter(keys, here), reason=pc.filter(reasons, here))
    return count_statuses(status, FINOPS_STATUSES)


def account_for(sales: Side, finops: Side, ledger: pd.DataFrame, counts: dict[str, dict[str, int]]) -> list[dict[str, object]]:
    """Prove that every row read has a status: the ledger accounts for Sales, the counts for F&O."""
    read = {("Sales", name): len(sales[name]) for name in ("contacts", "accounts")}
    read |= {("Fin and Ops", name): len(finops[name]) for name in counts}
    of_accounts = int(np.count_nonzero(by_distinct(text(ledger["task"]), lambda tasks: np.asarray(tasks) == ACCOUNTS)))
    known = int(np.count_nonzero(by_distinct(text(ledger["status"]), lambda names: np.isin(np.asarray(names), STATUSES))))
    accounted = {("Sales", "accounts"): of_accounts, ("Sales", "contacts"): known - of_accounts}
    accounted |= {("Fin and Ops", name): sum(statuses.values()) for name, statuses in counts.items()}
    return prove_conservation(read, accounted)
