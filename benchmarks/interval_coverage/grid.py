"""All settings whose coverage is measured."""

from .other_grid import crossed, moments, shares, spreads
from .settings import Setting
from .sums_grid import averages, few_samples, many_samples, normal_sums
from .trained_grid import trained


def grid() -> list[Setting]:
    """Return the settings in the table's order."""
    return [
        *normal_sums(),
        *few_samples(),
        *many_samples(),
        *averages(),
        *crossed(),
        *trained(),
        *shares(),
        *moments(),
        *spreads(),
    ]
