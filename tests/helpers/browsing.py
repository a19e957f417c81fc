"""What the tests of the page's script look at."""

from playwright.sync_api import expect


def shown(page, words):
    expect(page.locator("#shown")).to_contain_text(words)


def until(page, expression):
    """Wait for the page's own variables, which `wait_for_function` may not see (no eval there)."""
    for _ in range(1000):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(5)
    raise AssertionError(f"{expression} did not come true")


def focused(page):
    return page.evaluate("document.activeElement.id || document.activeElement.tagName")


def sent(page):
    return [(event["name"], event["text"]) for event in page.events]


def box(page, selector):
    found = page.locator(selector).bounding_box()
    return found["x"] + found["width"] / 2, found["y"] + found["height"] / 2
