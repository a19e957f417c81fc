"""The figures of Section 4 that `sqrtd train` trains networks for, and what draws each."""

FIGURES = {
    "figure-1": "empirical.figures.figure_1:figure_1",
    "figure-2": "empirical.figures.figure_2:figure_2",
    "figure-3": "empirical.figures.figure_3:figure_3",
}
