"""A visitor at the page that finds digits: asks, looks, draws, measures, shares, presents."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from attention.training.checkpoint import CHECKPOINTS
from attention.ui.vision.text import TEXT
from tests.browser.conftest import WAIT_MS, settle

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not (CHECKPOINTS / "digits" / "config.json").exists(), reason="the shipped model that finds digits is absent"
    ),
]
expect.set_options(timeout=WAIT_MS)


def open_lab(page, app_url: str, query: str = ""):
    page.goto(f"{app_url}/vision{query}")
    expect(page.locator(".lab-found")).to_have_count(1)
    expect(page.locator(".listing .entry, .line .word").first).to_be_visible()
    settle(page)
    return page


def test_the_seven_is_looked_for_at_once(page, app_url, accessible):
    open_lab(page, app_url)
    expect(page).to_have_title("Find the digit · Attention Lab")
    expect(page.locator(".lab-found")).to_contain_text("seven")
    expect(page.locator(".listing .entry[aria-selected=true]")).to_contain_text("seven")
    accessible(page)


def test_a_phrase_is_typed_and_the_link_brings_it_back(page, app_url, open_window):
    open_lab(page, app_url)
    box = page.get_by_role("textbox", name=TEXT["find"])
    box.fill("every even number")
    box.press("Enter")
    expect(page.locator(".line .word")).to_have_count(4)  # three words, and the whole phrase
    expect(page).to_have_url(re.compile(r"find=every\+even\+number"))
    said = page.locator(".lab-found").inner_text()
    other = open_window()
    other.goto(page.url)
    expect(other.locator(".lab-found")).to_have_text(said)


def test_drawing_begins_with_two_digits_that_are_looked_at(page, app_url):
    open_lab(page, app_url)
    page.get_by_text(TEXT["own"], exact=True).click()
    expect(page).to_have_url(re.compile("source=own.*pieces="))
    expect(page.get_by_text(TEXT["own_hint"])).to_be_visible()
    expect(page.locator(".listing .entry").first).to_be_visible()


def test_the_curve_is_measured_and_stopped(page, app_url):
    open_lab(page, app_url, "?more=falls&curve=noise")
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.locator(".stPlotlyChart").first).to_be_visible()
    stop = page.get_by_test_id("stMainBlockContainer").get_by_role("button", name="Stop", exact=True)
    stop.evaluate("button => button.click()")  # a quick machine may be done by now, and then this does nothing
    expect(stop).to_be_disabled()
    expect(page.get_by_text(re.compile(r"^\d+ measurements|^Stopped after"))).to_be_visible()


def test_a_phone_never_scrolls_sideways_and_presents(open_window, app_url, accessible):
    phone = open_window(390, 844, "dark", has_touch=True)
    open_lab(phone, app_url, "?more=honest")
    assert phone.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth <= window.innerWidth")
    accessible(phone)
    phone.get_by_role("button", name=TEXT["present"], exact=True).click()
    stage = phone.locator("dialog.presentdialog")
    expect(stage).to_be_visible()
    phone.keyboard.press("Escape")
    expect(stage).to_have_count(0)
