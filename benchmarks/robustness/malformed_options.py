"""Values that no option can want, for every option of every command."""

from collections.abc import Iterator

WORDS = ("", "x", "\udcff", "a\nb")
WHOLE = (*WORDS, "-1", "1.5", "1e3", "nan", "0x10", "１２", "9" * 5000)
NUMBERS = (*WORDS, "-1", "nan", "-inf", "1e999", "0x1", "1,5")
LISTS = ("", ",", "8,", "8,,16", "8;16", "0,8", "-8,16", "a,b", "8.5,9", "9" * 5000)
NAMES = (*WORDS, "nothing", "--", "digits ", "DENSE", "../..", "a" * 5000)
WIDTHS = ("", "mm", "0mm", "-3in", "nanmm", "1e9mm", "infin", "3", "column ")
DEVICES = ("", "gpu", "cuda:-1", "cuda:99", "cpu:5", "meta", "cuda:x", "cpu\n")
ADDRESSES = ("", "x", "tcp://", "http://localhost:1", "tcp://127.0.0.1:1", "tcp://256.1.1.1:x")

SIMULATE = ["simulate", "dense", "--sizes", "4,8", "--nets", "8"]
AUDIT = ["audit", "dense", "--sizes", "4,8", "--nets", "8"]
TRAIN = ["train", "figure-1", "--preset", "smoke"]
VERIFY = ["verify", "--claim", "lemma-7"]

OPTIONS = [
    (["simulate", "dense", "--nets", "8"], "--sizes", (*LISTS, "8", "999999999,9999999999")),
    (["simulate", "dense", "--nets", "8"], "--dims", (*LISTS, "8")),
    (["simulate", "conv", "--nets", "8"], "--dims", ("10,20", "3,6", "0,3")),
    (SIMULATE, "--nets", (*WHOLE, "0", "1")),
    (SIMULATE, "--widths", LISTS),
    (SIMULATE, "--input", (*NAMES[:4], "images", "images:", "images:/nowhere", "noise:3")),
    (SIMULATE, "--relu", WORDS),
    (SIMULATE, "--weights", WORDS),
    (SIMULATE, "--output", ("", "a", "-1", "0,0,0", "9999", "1.5", "9" * 5000)),
    (SIMULATE, "--precision", (*NUMBERS, "0", "1")),
    (SIMULATE, "--seed", WHOLE),
    (SIMULATE, "--device", DEVICES),
    (SIMULATE, "--workers", (*WHOLE, "0")),
    (SIMULATE, "--scheduler", ADDRESSES),
    ([*SIMULATE, "--plot"], "--width", WIDTHS),
    (SIMULATE, "--nonsense", ("1",)),
    (["audit", "dense", "--nets", "8"], "--sizes", (*LISTS, "8", "8,8", "999999999,9999999999")),
    (AUDIT, "--seed", WHOLE[:6]),
    (AUDIT, "--workers", (*WHOLE[:6], "0")),
    (AUDIT, "--scheduler", ADDRESSES),
    (AUDIT, "--nets", ("0", "1", "-1", "x")),
    (AUDIT, "--epsilon", (*NUMBERS, "0")),
    (AUDIT, "--device", DEVICES[:4]),
    (TRAIN, "--preset", WORDS),
    (TRAIN, "--data", (*NAMES, "cifar10:", "imagefolder:", "cifar10:/nowhere", "digits:x")),
    (TRAIN, "--budget", (*NUMBERS, "0", "1e300")),
    (TRAIN, "--epochs", (*WHOLE, "0")),
    (TRAIN, "--hours", (*NUMBERS, "0")),
    (TRAIN, "--workers", ("0", "-1", "x")),
    (TRAIN, "--scheduler", ADDRESSES),
    (TRAIN, "--width", WIDTHS[:5]),
    (["verify"], "--claim", NAMES),
    (["verify"], "--falsify", NAMES),
    (VERIFY, "--budget", (*NUMBERS, "0", "1e300")),
    (VERIFY, "--seed", WHOLE[:6]),
    (VERIFY, "--device", DEVICES),
    (VERIFY, "--data", NAMES),
    (["conjecture", "nowhere.py:f"], "--examples", ("0", *WHOLE[:6])),
    (["teach", "--no-browser"], "--port", (*WHOLE, "65536", "99999999")),
    (["teach", "--no-browser"], "--host", ("", "a b", "256.1.1.1", "192.0.2.1", "\udcff", "[::1")),
    (["teach", "--no-browser"], "--lesson", (*NAMES, "http://[::1", "/", "the-law/x")),
]


def malformed_options() -> Iterator[tuple[str, str, list[str]]]:
    """Yield command and option, value, and arguments; and commands that are none."""
    for base, option, values in OPTIONS:
        for value in values:
            yield f"{base[0]} {option}", value, [*base, f"{option}={value}"]
    for words in ([], ["--"], ["nothing"], ["\udcff"], ["simulate"], ["diff", "one"], ["audit"]):
        yield "command", " ".join(words), list(words)
    for command in ("simulate", "audit", "train", "plot", "conjecture"):
        for name in NAMES[1:]:
            yield f"{command} NAME", name, [command, name]
