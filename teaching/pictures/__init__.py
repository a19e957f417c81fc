"""Pictures and formulas of a lesson: SVG and MathML."""
