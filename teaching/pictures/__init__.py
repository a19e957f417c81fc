"""What stands on a page: pictures (SVG), formulas (MathML), and the handles that move them."""
