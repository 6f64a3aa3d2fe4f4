"""The report: one file, text as text, and a page that works in a real browser."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from p2c_recon.reports import html
from p2c_recon.reports.html import write_report

FINDING = ("task", "category", "company", "key", "source_id", "field", "expected", "actual", "reason")
LEDGER = ("task", "source_id", "key", "route", "status", "reason")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
FLAGS += ["--disable-component-update", "--disable-sync"]
HOSTILE = [
    "<script>window.hacked = 1</script>",
    "<img src=x onerror='window.hacked=1'>",
    '"><svg onload=window.hacked=1>',
    "</td></table><h1>hacked</h1>",
    "</script><script>window.hacked = 1</script>",
    "{{ 7 * 7 }} {% raw %}",
    "=cmd()",
    "javascript:window.hacked=1",
    "&lt;b&gt; &amp;amp;",
    "https://example.invalid/picture.png",
]


def findings() -> pd.DataFrame:
    blank = {**dict.fromkeys(FINDING, ""), "company": "usmf"}
    rows: list[dict[str, str]] = [
        {"task": "Contacts", "category": "blocked", "key": "CON-1", "source_id": "c1", "field": "LastName", "reason": "value too long"},
        {"task": "Contacts", "category": "extra", "key": "CON-9", "reason": "no Sales record"},
    ]
    rows += [
        {
            "task": "ContactToCustomer",
            "category": "mismatched",
            "key": f"K{n}",
            "source_id": "c2",
            "field": "Fax",
            "expected": text,
            "actual": "",
        }
        for n, text in enumerate(HOSTILE)
    ]
    return pd.DataFrame([{**blank, **row} for row in rows], columns=list(FINDING), dtype="str")


def ledger() -> pd.DataFrame:
    rows = [
        ("Accounts - Customers", "a1", "ACC-1", "customer", "in_sync", ""),
        ("ContactToCustomer", "c2", "CON-2", "customer", "mismatched", ""),
        ("Contacts", "c1", "CON-1", "contact", "blocked", "value too long: LastName"),
        ("Contacts", "c3", "CON-3", "none", "not_synchronized", "parent is a contact"),
        ("Contacts", "c4", "CON-4", "none", "not_synchronized", "no parent"),
        ("Contacts", "c5", "CON-5", "none", "not_synchronized", "no parent"),
    ]
    return pd.DataFrame(rows, columns=list(LEDGER), dtype="str")


def summary(**changes: Any) -> dict[str, Any]:
    return {
        "run_id": "4f2a9c1e",
        "company": "usmf",
        "version": "1.2.3",
        "sources": {"sales": [{"table": "contacts", "file": "<b>.csv", "rows": 6, "sha256": "ab" * 32}], "finops": []},
        "left_out": [{"what": "<u>Fax</u>", "why": "not in the file"}],
        "warnings": ["<i>careful</i>"],
        "tasks": [
            {"task": "Accounts - Customers", "total": 1, "statuses": {"in_sync": 1}},
            {"task": "ContactToCustomer", "total": 1, "statuses": {"mismatched": 1}},
            {"task": "Contacts", "total": 4, "statuses": {"blocked": 1, "not_synchronized": 3}},
        ],
        "categories": {"ContactToCustomer": {"mismatched": len(HOSTILE)}, "Contacts": {"blocked": 1, "extra": 1}},
        "columns": [{"task": "ContactToCustomer", "field": "Fax", "mismatched": len(HOSTILE)}],
        "finops": [{"table": "CustomersV2", "rows": 1234, "statuses": {"matched": 1000, "out_of_scope": 234}}],
        "conservation": [
            {"side": "Sales", "table": "contacts", "rows_read": 6, "rows_accounted": 6},
            {"side": "F&O", "table": "CustomersV2", "rows_read": 1234, "rows_accounted": 1234},
        ],
        **changes,
    }


NAMES = pd.DataFrame({"source_id": ["c1", "c2"], "name": ["Anna de Vries", "Łukasz <Nowak>"]}, dtype="str")


class Words(HTMLParser):
    """Collects a page's text and its tags as a browser would see them."""

    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def parsed(path: Path) -> Words:
    words = Words()
    words.feed(path.read_text("utf-8"))
    return words


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "report.html"
    write_report(path, findings(), ledger(), summary(), names=NAMES)
    return path


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Return Chromium; without it the tests are skipped, but not where CI promises it."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail("Chromium is missing, which CI must have")
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, headless=True, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(params=[1280, 390])
def page(request: pytest.FixtureRequest, browser: Browser, report: Path) -> Iterator[Page]:
    """Return the opened report; asserts afterwards that it asked nobody for anything and complained about nothing."""
    context = browser.new_context(viewport={"width": request.param, "height": 900})
    page = context.new_page()
    requests: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(report.as_uri())
    yield page
    assert [url for url in requests if not url.startswith("data:")] == [report.as_uri()]
    assert complaints == []
    context.close()


def test_hostile_texts_show_as_text(page: Page) -> None:
    assert page.locator("#findings tr.differs td:nth-child(6)").all_text_contents() == HOSTILE
    assert page.evaluate("window.hacked") is None
    assert page.locator("h1").count() == 1
    assert page.locator("img, svg, script").count() == 1
    for text in ("Łukasz <Nowak>", "<u>Fax</u>", "<i>careful</i>", "<b>.csv"):
        assert page.get_by_text(text).first.is_visible()


def test_search_shows_only_the_rows_that_hold_every_word(page: Page) -> None:
    rows, count = page.locator("#findings tbody tr:visible"), page.locator("#count")
    assert rows.count() == len(HOSTILE) + 2
    page.get_by_role("searchbox", name="Search the findings").fill("ANNA  blocked")
    assert (rows.count(), count.text_content()) == (1, "1 of 12 rows shown")
    assert "CON-1" in str(rows.first.text_content())
    page.keyboard.press("Control+A")
    page.keyboard.type("nothing like it")
    assert (rows.count(), count.text_content()) == (0, "0 of 12 rows shown")
    page.get_by_role("searchbox").fill("")
    assert rows.count() == 12


def test_nothing_is_wider_than_the_screen(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_keyboard_and_screen_reader_find_their_way(page: Page) -> None:
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    for role in ("banner", "navigation", "main", "contentinfo", "search"):
        assert page.get_by_role(role).count() == 1, role
    assert page.locator("table").count() == page.locator("table > caption").count()
    assert page.locator("thead th:not([scope=col]), tbody th:not([scope=row])").count() == 0
    assert page.locator("section:not([aria-labelledby])").count() == 0
    targets = page.locator("nav a").evaluate_all("links => links.map(link => document.querySelector(link.hash) !== null)")
    assert targets == [True] * 7


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_follow_the_system_and_can_be_read(browser: Browser, report: Path, scheme: str) -> None:
    context = browser.new_context(color_scheme="dark" if scheme == "dark" else "light")
    page = context.new_page()
    page.goto(report.as_uri())
    script = "name => getComputedStyle(document.querySelector('section p'))[name]"
    ink = page.evaluate(script, "color")
    paper = page.evaluate("getComputedStyle(document.querySelector('section')).backgroundColor")
    brightness = [sum(map(int, re.findall(r"\d+", colour)[:3])) / 765 for colour in (ink, paper)]
    assert brightness[0] < 0.3 < 0.9 < brightness[1] if scheme == "light" else brightness[1] < 0.3 < 0.8 < brightness[0]
    context.close()


def test_the_first_screen_says_what_matters(report: Path) -> None:
    words = " ".join(" ".join(parsed(report).text).split())
    assert "1 of 3 Sales records that belong in Finance and Operations agree with it." in words
    assert "2 need attention: 1 mismatched, 1 blocked. F&O holds 1 row that no Sales record leads to." in words
    assert "3 more are not synchronized" in words
    assert "Everything is accounted for: 6 rows of Sales and 1,234 rows of F&O." in words
    assert "33.3 %" in words


def test_routing_is_counted_from_the_ledger(report: Path) -> None:
    words = " ".join(" ".join(parsed(report).text).split())
    assert "become a customer 1 become a contact person 1 are not synchronized 3" in words
    assert "no parent 2 parent is a contact 1" in words
    assert "Accounts that become a customer: 1" in words


def test_a_broken_proof_is_not_hidden(tmp_path: Path) -> None:
    broken = [{"side": "Sales", "table": "contacts", "rows_read": 6, "rows_accounted": 5}]
    write_report(tmp_path / "report.html", findings(), ledger(), summary(conservation=broken))
    words = " ".join(parsed(tmp_path / "report.html").text)
    assert "NOT everything is accounted for" in words
    assert "DOES NOT ADD UP" in words


def test_only_the_first_findings_are_shown_and_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html, "MOST_FINDINGS", 3)
    write_report(tmp_path / "report.html", findings(), ledger(), summary())
    text = (tmp_path / "report.html").read_text("utf-8")
    assert "The first 3 of 12 findings; findings.csv and the workbook hold them all." in text
    assert [tag for tag, _ in parsed(tmp_path / "report.html").tags].count("tr") == text.count("<tr")
    assert "K1</td>" not in text


def test_a_run_without_findings(tmp_path: Path) -> None:
    nothing = summary(categories={}, columns=[], tasks=[], left_out=[], warnings=[])
    write_report(tmp_path / "report.html", findings().head(0), ledger().head(0), nothing)
    words = " ".join(parsed(tmp_path / "report.html").text)
    assert "No Sales record belongs in Finance and Operations." in words
    assert "The run found nothing to report." in words
    assert "None of them needs attention." in words


def test_long_and_illegal_text_is_shown_safely(tmp_path: Path) -> None:
    hostile = findings().astype("object")
    hostile.loc[2, "expected"], hostile.loc[3, "expected"] = "x" * 40_000, "half \ud83d and \x00"
    write_report(tmp_path / "report.html", hostile, ledger(), summary())
    text = (tmp_path / "report.html").read_text("utf-8")
    assert "x" * 300 + "… (40,000 characters)" in text
    assert "x" * 301 not in text
    assert "half \ufffd and \ufffd" in text


def test_one_file_without_links_to_the_outside(report: Path) -> None:
    addresses = [value for _, attributes in parsed(report).tags for name, value in attributes.items() if name in ("src", "href", "action")]
    assert all(str(address).startswith(("#", "data:")) for address in addresses)
    assert "url(" not in report.read_text("utf-8")
    assert "@import" not in report.read_text("utf-8")


def test_same_input_gives_the_same_bytes(report: Path, tmp_path: Path) -> None:
    given, routed = findings(), ledger()
    write_report(tmp_path / "again.html", given, routed, summary(), names=NAMES)
    assert (tmp_path / "again.html").read_bytes() == report.read_bytes()
    assert b"\r" not in report.read_bytes()
    pd.testing.assert_frame_equal(given, findings())
    pd.testing.assert_frame_equal(routed, ledger())
