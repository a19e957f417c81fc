"""Events, replies, addresses and looks, on a lesson that has one of everything."""

import json

import pytest
from browsing import sent, shown, until
from playwright.sync_api import expect
from tiny_lesson import LESSON

import teaching.serving.sessions
from teaching.contents import CONTENTS

NEXT = CONTENTS[1].slug


@pytest.fixture(autouse=True)
def tiny(monkeypatch):
    monkeypatch.setattr(teaching.serving.sessions, "load", lambda slug: LESSON)


@pytest.fixture
def slow(visit):
    """Open a page whose events are held back until `page.answer()` is called."""

    def slow(address):
        page = visit(address)
        page.events, page.held, page.holding = [], [], True

        def route(route):
            page.events.append(json.loads(route.request.post_data))
            page.held.append(route) if page.holding else route.continue_()

        def answer():
            page.holding = False
            for held in page.held:
                held.continue_()

        page.route("**/event", route)
        page.answer = answer
        return page

    return slow


# Clicks


def test_ten_quick_clicks_all_arrive_in_their_order(slow):
    page = slow("the-law")
    for digit in "3141592653":
        page.click(f"text=Click {digit}")
    assert len(page.events) == 1  # the others wait for its answer
    page.answer()
    shown(page, "clicked 3141592653;")
    assert [text for _, text in sent(page)] == list("3141592653")


def test_a_click_on_what_is_not_possible_yet_is_kept_too(slow):
    page = slow("the-law")
    page.click("text=Click 1")
    page.click("#set-undo-", force=True)  # still grey
    page.click("text=Click 2")
    page.answer()
    shown(page, "clicked 2;")
    page.events.clear()
    page.click("text=Hide the last", force=True)  # grey, and nothing is on its way
    assert page.events == []


def test_quick_clicks_mean_what_the_button_says_when_their_turn_comes(slow):
    page = slow("the-law")
    for _ in range(3):
        page.click("#set-step-next")  # of two lines
    for _ in range(3):
        page.click(".switch")
    page.click("#set-theme-switch")
    page.click("#set-theme-switch")
    page.answer()
    page.wait_for_url("**/the-law?switched=1&step=2&theme=dark")
    expect(page.locator("#set-switched-")).to_be_checked()
    assert [event for event in sent(page) if event[0] == "step"] == [("step", "1"), ("step", "2")]


def test_of_a_sliders_moves_that_wait_only_the_newest_is_sent(slow):
    page = slow("the-law")
    page.click("text=Click 1")
    slider = page.locator("#set-slide-")
    slider.focus()
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    page.click("text=Click 2")
    page.answer()
    shown(page, "clicked 12; slid 9")
    assert sent(page) == [("click", "1"), ("slide", "9"), ("slide", "9"), ("click", "2")]
    assert [event["moving"] for event in page.events] == [False, True, False, False]


def test_two_moves_of_a_slider_are_undone_one_by_one(visit):
    page = visit("the-law")
    page.focus("#set-slide-")
    for value in (4, 5):
        page.keyboard.press("ArrowRight")
        shown(page, f"slid {value}")
    for value in (4, 3):
        page.click("#set-undo-", force=True)
        shown(page, f"slid {value}")


def test_a_click_goes_before_the_samples_next_piece(slow):
    page = slow("the-law")
    page.click("text=Click 1")
    page.evaluate("send('wanted', '5')")
    page.click("text=Click 2")
    page.answer()
    shown(page, "clicked 12; slid 3 in 0 moves; at 100,60; 5 pieces")
    names = [name for name, _ in sent(page)]
    assert names == ["click", "wanted", "click", *["more"] * 5]


def test_what_begins_like_a_click_holds_the_sample_for_a_moment(visit):
    page = visit("the-law")
    page.evaluate("more = 15")  # as if pieces were wanted
    assert page.evaluate("piece().name") == "more"
    page.mouse.move(5, 300)
    page.mouse.down()
    assert page.evaluate("piece()") is None
    until(page, "more === null")  # then it was asked for, and the server had none


def test_a_hidden_page_draws_no_sample(visit):
    page = visit("the-law")
    page.evaluate("Object.defineProperty(document, 'hidden', {value: true, writable: true})")
    page.evaluate("send('wanted', '3')")
    page.click("text=Click 1")
    shown(page, "clicked 1;")
    shown(page, "0 pieces")
    page.evaluate("document.hidden = false; document.dispatchEvent(new Event('visibilitychange'))")
    shown(page, "3 pieces")


# Refusals and errors


def test_a_refused_change_is_taken_back_and_said(visit):
    page = visit("the-law?kind=c")
    page.click(".switch")
    expect(page.locator("#message")).to_contain_text("not with c")
    expect(page.locator("#set-switched-")).not_to_be_checked()
    page.click("label:has-text('a')")
    expect(page.locator("#message")).to_be_empty()
    page.click(".switch")
    expect(page.locator("#set-switched-")).to_be_checked()
    expect(page.locator("#counterexample")).to_have_text("It fails.")


def test_a_slider_springs_back_from_where_it_cannot_be(visit):
    page = visit("the-law?slid=12")
    page.focus("#set-slide-")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#message")).to_contain_text("13 is not to be had")
    expect(page.locator("#set-slide-")).to_have_js_property("value", "12")


@pytest.mark.parametrize("button", ["Break the event", "Break the view"])
def test_an_error_of_the_lesson_is_said_and_the_page_goes_on(visit, button):
    page = visit("the-law")
    page.click("text=Click 1")
    page.click(f"text={button}")
    expect(page.locator("#message")).to_contain_text("bug of ours")
    page.click("text=Click 2")
    shown(page, "clicked 12;")
    expect(page.locator("#message")).to_be_empty()
    assert "500" in page.complaints.pop()


def test_a_page_outlives_its_server(visit):
    page = visit("the-law")
    page.click("text=Click 1")
    shown(page, "clicked 1;")
    page.route("**/event", lambda route: route.abort())
    page.click("text=Click 2")
    expect(page.locator("#message")).to_contain_text("sqrtd teach --port")
    page.unroute("**/event")
    page.click("text=Click 3")
    shown(page, "clicked 13;")
    expect(page.locator("#message")).to_be_empty()
    assert "ERR_FAILED" in page.complaints.pop()


def test_the_same_message_twice_still_stands(visit):
    page = visit("the-law?slid=12")
    page.focus("#set-slide-")
    for _ in range(2):
        with page.expect_response("**/event"):
            page.keyboard.press("ArrowRight")
        expect(page.locator("#message")).to_contain_text("13 is not to be had")


# Address


def test_the_address_follows_keeps_its_hash_and_brings_all_back(visit):
    page = visit("the-law?slid=5#content")
    page.click("text=Click 1")
    page.wait_for_url("**/the-law?clicked=1&slid=5#content")
    text = page.inner_text("main")
    page.reload()
    assert page.inner_text("main") == text


def test_back_and_forward_bring_each_lesson_back(visit):
    page = visit("the-law")
    page.click("text=Click 1")
    page.wait_for_url("**?clicked=1")
    page.click("footer [rel=next]")
    page.wait_for_url(f"**/{NEXT}")
    page.click("text=Click 2")
    page.wait_for_url("**?clicked=2")
    page.go_back()
    shown(page, "clicked 1;")
    page.go_forward()
    shown(page, "clicked 2;")


def test_a_page_that_is_left_at_once_keeps_its_last_click(visit):
    page = visit("the-law")
    for digit in "123":
        page.click(f"text=Click {digit}")
        shown(page, f"{digit};")
    page.click("footer [rel=next]")  # sooner than the address may change again
    page.wait_for_url(f"**/{NEXT}")
    page.go_back()
    shown(page, "clicked 123;")


def test_a_malformed_address_says_so_and_the_page_works(visit):
    page = visit("the-law?slid=%00%ff&" + "x" * 9000)
    expect(page.locator("#message")).to_contain_text("the lesson starts anew")
    page.click("text=Click 1")
    page.wait_for_url("**/the-law?clicked=1")


# Looks


def test_theme_and_presenter_mode_go_along_to_the_next_lesson(visit):
    page = visit("the-law")
    page.emulate_media(color_scheme="light")
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    size = "parseFloat(getComputedStyle(document.documentElement).fontSize)"
    light, small = page.evaluate(ground), page.evaluate(size)
    page.click("#set-theme-switch")  # light
    page.click("#set-theme-switch")  # dark
    page.click("text=Present")
    page.wait_for_url("**large=1&theme=dark")
    page.click("footer [rel=next]")
    page.wait_for_url(f"**/{NEXT}?large=1&theme=dark")
    assert page.evaluate(ground) != light
    assert page.evaluate(size) > 1.3 * small
    page.click("#set-theme-switch")  # auto
    page.click("text=Small type")
    page.wait_for_url(f"**/{NEXT}")
    assert (page.evaluate(ground), page.evaluate(size)) == (light, small)
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(ground) != light
    page.emulate_media(color_scheme="null")


@pytest.mark.parametrize(("wanted", "seconds"), [("reduce", "0s"), ("no-preference", "0.25s")])
def test_who_asks_for_no_motion_gets_none(visit, wanted, seconds):
    page = visit("the-law")
    page.emulate_media(reduced_motion=wanted)
    duration = page.evaluate(
        "() => { const dot = document.querySelector('.dot'); dot.classList.add('moves');"
        " return getComputedStyle(dot).transitionDuration }"
    )
    page.emulate_media(reduced_motion="null")
    assert duration.split(", ")[0] == seconds
