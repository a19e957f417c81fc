"""Every lesson in a browser: at each width, by mouse, and by keyboard alone."""

import pytest
from playwright.sync_api import expect

from teaching.contents import CONTENTS

pytestmark = pytest.mark.parametrize("slug", [entry.slug for entry in CONTENTS])

OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
HANDLES = (
    "button, input:not([type=radio]), input[type=radio]:checked, a, summary, [data-drag], "
    "[data-send][tabindex], [data-link][tabindex]"
)


def grey(page, name):
    return page.locator(f"#{name}").get_attribute("aria-disabled") == "true"


def press(page, selector, how):
    """Press something, and wait for its answer; not for samples, which may take their time."""
    with page.expect_response(lambda reply: "/event" in reply.url and name(reply) != "more"):
        if how == "mouse":
            page.click(selector)
        else:
            page.focus(selector)
            page.keyboard.press("Enter")


def name(reply):
    return reply.request.post_data_json["name"]


def test_it_fits_a_phone_a_laptop_and_a_projector(visit, slug):
    for width, query in (390, ""), (1280, "&theme=dark"), (1280, "&large=1"):
        page = visit(f"{slug}?answer=0{query}", width=width)
        assert page.evaluate(OVERFLOW) == 0
        expect(page.locator("h1")).not_to_be_empty()
        expect(page.locator("#figure .picture").first).to_be_visible()
        expect(page.locator("#message")).to_be_empty()
        outside = page.evaluate(
            "[...document.querySelectorAll('.picture text')].filter(text => {"
            " const box = text.getBoundingClientRect();"
            " return box.width && (box.left < -1 || box.right > innerWidth + 1) })"
            ".map(text => text.textContent)"
        )
        assert outside == []
        small = page.evaluate(
            "[...document.querySelectorAll('button, a, .switch, .choice label, summary,"
            " input:not([type=checkbox], [type=radio])')].filter(handle =>"
            " handle.getBoundingClientRect().height < 24 && !handle.matches('.skip, p a'))"
            ".filter(handle => handle.checkVisibility())"
            ".map(handle => handle.id || handle.textContent)"
        )
        assert small == []
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(ids) == len(set(ids))


def test_it_is_done_by_mouse_undone_and_restored_from_its_address(visit, slug):
    page = visit(slug)
    start = page.inner_text("#question")
    press(page, "#set-answer-0", "mouse")
    expect(page.locator("#question")).to_contain_text("You said")
    press(page, "#set-step-next", "mouse")
    expect(page.locator("#steps li")).to_have_count(1)
    press(page, "#set-step-all", "mouse")
    expect(page.locator("#set-step-all")).to_have_attribute("aria-disabled", "true")
    lines = page.locator("#steps li").count()
    assert lines > 1
    press(page, "#set-hint-next", "mouse")
    expect(page.locator("#puzzle details li")).to_have_count(1)
    press(page, "#set-judged-1", "mouse")
    expect(page.locator("#puzzle .verdict")).to_contain_text("Not yet.")
    page.wait_for_url("**?**judged=1**")
    parts = [page.inner_text(part) for part in ("#question", "#puzzle")]
    page = visit(page.url.partition("/" + slug)[2].join([slug, ""]))
    assert [page.inner_text(part) for part in ("#question", "#puzzle")] == parts
    expect(page.locator("#steps li")).to_have_count(lines)
    assert grey(page, "set-step-all")
    assert grey(page, "set-undo-")  # what was done before is in the address, not how
    press(page, "#set-step-back", "mouse")
    expect(page.locator("#steps li")).to_have_count(lines - 1)
    press(page, "#set-undo-", "mouse")
    expect(page.locator("#steps li")).to_have_count(lines)
    press(page, "#set-reset-", "mouse")
    page.wait_for_url(f"**/{slug}")
    assert page.inner_text("#question") == start


def test_it_is_done_by_keyboard_alone(visit, slug):
    page = visit(slug)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.evaluate(
        "handles => { window.waiting = new Set([...document.querySelectorAll(handles)]"
        ".filter(handle => handle.checkVisibility()));"
        " waiting.delete(document.activeElement); window.reached = [];"
        " addEventListener('focusin', ({ target }) => {"
        " waiting.delete(target); reached.push(target.id) }) }",
        HANDLES,
    )
    for _ in range(page.locator(HANDLES).count() + 5):
        page.keyboard.press("Tab")
    assert page.evaluate("[...waiting].map(handle => handle.outerHTML)") == []
    reached = page.evaluate("reached")
    answer = next(name for name in reached if name.startswith("set-answer-"))
    press(page, f"#{answer}", "keyboard")
    expect(page.locator("#question")).to_contain_text("You said")
    assert page.evaluate("document.activeElement.id") == "question"
    for selector in ("#set-step-next", "#set-step-next", "#set-hint-next", "#set-judged-1"):
        press(page, selector, "keyboard")
        assert page.evaluate("'#' + document.activeElement.id") == selector
    expect(page.locator("#steps li")).to_have_count(2)
    expect(page.locator("#puzzle .verdict")).to_contain_text("Not yet.")


def test_terms_and_picture_light_each_other(visit, slug):
    page = visit(f"{slug}?answer=0&step=30")
    shared = page.evaluate(
        "(() => { const links = part => [...document.querySelectorAll(part + ' [data-link]')]"
        ".flatMap(e => e.dataset.link.split(' ')); const seen = new Set(links('#figure'));"
        " return links('#steps').filter(link => seen.has(link)) })()"
    )
    assert shared, "nothing that is said is linked to the picture"
    link = f'[data-link~="{shared[0]}"]'
    for one, other in ("#steps", "#figure"), ("#figure", "#steps"):
        page.locator(f"{one} {link}").first.dispatch_event("pointerover")
        expect(page.locator(f"{other} {link}.lit").first).to_be_attached()
        page.locator("h1").dispatch_event("pointerover")
        expect(page.locator(".lit")).to_have_count(0)
