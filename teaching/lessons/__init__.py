"""One package a lesson; `LESSON` in its `lesson` module is what the page shows."""
