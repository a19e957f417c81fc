import pytest


@pytest.fixture(scope="session")
def port():
    from serving import serving

    with serving() as port:
        yield port


@pytest.fixture(scope="session")
def tab(chromium):
    """A page that most tests share: to open one takes longer than to load a lesson."""
    return chromium.new_context().new_page()


@pytest.fixture
def visit(chromium, tab, port):
    """Open pages; after the test, none may have asked another host or complained.

    `visit(address, width)` returns the page; with further options, one of a context of its own.
    What its console says that is expected, such as a refused request, is to be taken off
    `page.complaints`.
    """
    home = f"http://127.0.0.1:{port}/"
    asked, complaints, contexts = [], [], []
    handlers = {
        "request": lambda request: asked.append(request.url),
        "console": lambda said: complaints.append(f"{said.text} {said.location}"),
        "pageerror": lambda error: complaints.append(str(error)),
    }

    def watched(page):
        for event, handler in handlers.items():
            page.on(event, handler)
        page.set_default_timeout(30_000)
        page.complaints = complaints
        return page

    def visit(address, width=1280, height=900, **options):
        page = tab
        if options:
            contexts.append(chromium.new_context(**options))
            page = watched(contexts[-1].new_page())
        page.set_viewport_size({"width": width, "height": height})
        page.goto(home + address)
        return page

    watched(tab)
    yield visit
    if tab.url.startswith(home):  # what the browser remembers of one test is not the next one's
        tab.evaluate("localStorage.clear(); sessionStorage.clear()")
    for context in contexts:
        context.close()
    tab.unroute_all()
    for event, handler in handlers.items():
        tab.remove_listener(event, handler)
    assert not [url for url in asked if not url.startswith(home)]
    assert not complaints
