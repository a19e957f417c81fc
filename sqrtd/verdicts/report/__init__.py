"""The report of a run: its page, its picture of what rests on what, its concordance."""
