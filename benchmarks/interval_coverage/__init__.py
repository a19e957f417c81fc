"""How often the intervals of `evidence` miss, measured far out in the tails.

At an error level of 1e-5 a plain simulation needs tens of millions of samples a figure. Each module
has a shorter way: `normal_sums` integrates over the mean exactly, `windows` and `tilts` draw the
samples that make an interval miss more often, and weigh them down for it, and `shares` adds up the
binomial law. `grid` lists what is measured, `page` writes the table.
"""
