"""Names of files and classes as a line of text can show them."""


def one_line(text: str) -> str:
    """Escape what does not print: line breaks, control characters, bytes that are no text.

    Names on disk may hold them all. A message is one line, and a description goes into files in
    UTF-8, which cannot hold the stray surrogates by which Python names undecodable bytes.
    """
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode()
        for letter in text
    )
