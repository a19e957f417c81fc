"""Focus, dragging and light, on a lesson that has one of everything."""

import pytest
from browsing import box, focused, shown, until
from playwright.sync_api import expect
from tiny_lesson import LESSON

import teaching.serving.sessions


@pytest.fixture(autouse=True)
def tiny(monkeypatch):
    monkeypatch.setattr(teaching.serving.sessions, "load", lambda slug: LESSON)


# Focus


@pytest.mark.parametrize("how", ["click", "Enter"])
def test_the_focus_stays_where_it_was_or_near(visit, how):
    page = visit("the-law")
    for pressed, then in [
        ("set-click-3", "set-click-3"),
        ("set-step-next", "set-step-next"),
        ("set-step-all", "set-step-all"),
        ("set-hint-next", "set-hint-next"),
        ("set-judged-1", "set-judged-1"),
        ("set-click-x", "set-click-x"),
        ("set-take-p", "set-take-q"),  # the next one
        ("set-take-r", "set-take-q"),  # there is none after the last
        ("set-answer-1", "question"),  # all answers go
        ("set-large-switch", "set-large-switch"),
    ]:
        if how == "click":
            page.click(f"#{pressed}")
        else:
            page.focus(f"#{pressed}")
            page.keyboard.press("Enter")
        until(page, "!busy && !queue.length")
        assert focused(page) == then


def test_the_focus_outlives_a_sample(visit):
    page = visit("the-law?wanted=20")
    page.focus("#set-take-q")
    shown(page, "20 pieces")
    assert focused(page) == "set-take-q"


def test_all_handles_are_reached_by_tab_in_their_order(visit):
    page = visit("the-law")
    expected = page.evaluate(
        "[...document.querySelectorAll('button, input:not([type=radio]), [tabindex=\"0\"], a')]"
        ".map(e => e.id || e.textContent)"
    )
    seen = []
    for _ in range(len(expected) + 1):
        page.keyboard.press("Tab")
        seen.append(
            page.evaluate("document.activeElement.id || document.activeElement.textContent")
        )
    missing = [one for one in expected if one not in seen]
    assert missing == []


# Dragging


def test_a_knob_is_dragged_by_the_mouse_and_undone_as_a_whole(visit):
    page = visit("the-law")
    x, y = box(page, ".dot")
    scale = page.evaluate("document.querySelector('.picture').getScreenCTM().a")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 30, y, steps=5)
    page.mouse.move(x + 60, y + 20, steps=5)
    page.mouse.up()
    there = f"at {100 + 60 / scale:.0f},{60 + 20 / scale:.0f}"
    shown(page, there)
    assert focused(page) == "set-move-"
    page.click("#set-undo-", force=True)
    shown(page, "at 100,60;")
    expect(page.locator("text=Undo")).to_have_attribute("aria-disabled", "true")


def test_a_knob_moves_by_the_arrow_keys(visit):
    page = visit("the-law")
    page.focus("#set-move-")
    for key, there in [
        ("ArrowRight", "110,60"), ("ArrowDown", "110,70"), ("ArrowLeft", "100,70"),
        ("ArrowUp", "100,60"),
    ]:  # fmt: skip
        page.keyboard.press(key)
        shown(page, f"at {there};")
        assert focused(page) == "set-move-"
    assert page.evaluate("scrollY") == 0


def test_a_knob_is_dragged_by_a_finger_and_the_page_does_not_scroll(visit):
    page = visit("the-law", width=390, has_touch=True, is_mobile=True)
    page.locator(".dot").scroll_into_view_if_needed()
    x, y = box(page, ".dot")
    before = page.evaluate("scrollY")
    session = page.context.new_cdp_session(page)

    def touch(kind, *points):
        session.send(
            "Input.dispatchTouchEvent",
            {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]},
        )

    touch("touchStart", (x, y))
    for step in range(1, 9):
        touch("touchMove", (x + 2 * step, y - 4 * step))
        until(page, "!busy")
    touch("touchEnd")
    scale = page.evaluate("document.querySelector('.picture').getScreenCTM().a")
    shown(page, "in 9 moves")  # the eight, and the end
    there = page.inner_text("#shown").split("at ")[1].split(";")[0].split(",")
    assert [int(n) for n in there] == pytest.approx([100 + 16 / scale, 60 - 32 / scale], abs=1)
    assert page.evaluate("scrollY") == before


def test_a_drag_that_the_system_ends_is_undone_apart_from_what_follows(visit):
    page = visit("the-law", width=390, has_touch=True, is_mobile=True)
    page.locator(".dot").scroll_into_view_if_needed()
    x, y = box(page, ".dot")
    session = page.context.new_cdp_session(page)
    for kind, points in [("touchStart", [{"x": x, "y": y}]), ("touchMove", [{"x": x + 9, "y": y}])]:
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    session.send("Input.dispatchTouchEvent", {"type": "touchCancel", "touchPoints": []})
    shown(page, "in 2 moves")  # the drag, and its end
    there = page.inner_text("#shown").split("; ")[2]
    assert there != "at 100,60"
    page.keyboard.press("ArrowDown")
    shown(page, "in 3 moves")
    page.click("#set-undo-", force=True)
    shown(page, f"{there};")


# Light


def lit(page):
    return page.evaluate("[...document.querySelectorAll('.lit')].map(e => e.id || e.tagName)")


def test_a_term_lights_the_picture_and_the_picture_the_term(visit):
    page = visit("the-law?step=1")
    both = ["set-click-x", "mrow"]
    assert lit(page) == []
    page.hover("#steps .term")
    assert lit(page) == both
    page.mouse.move(5, 5)
    assert lit(page) == []
    page.hover("#set-click-x")
    assert lit(page) == both
    page.mouse.move(5, 5)
    page.focus("#steps .term")
    assert lit(page) == both
    page.focus("#set-click-x")
    assert lit(page) == both
    page.keyboard.press("Enter")
    shown(page, "clicked x;")
    assert lit(page) == both  # also after the page has changed
    page.focus("#set-click-1")
    until(page, "document.querySelectorAll('.lit').length === 0")


def test_the_picture_stays_in_sight_while_a_long_proof_is_read(visit):
    page = visit("the-law?step=2", height=700)
    page.evaluate("document.querySelector('#steps').style.paddingBottom = '3000px'")
    page.mouse.wheel(0, 1500)
    until(page, "scrollY > 1000")
    until(page, "document.querySelector('.columns').hasAttribute('data-reading')")
    top = page.locator(".picture").bounding_box()["y"]
    assert 0 <= top < 200
    page.focus("#set-break-")  # the last handle can be reached
    place = page.locator("#set-break-").bounding_box()
    assert 0 <= place["y"] <= 700 - place["height"]
