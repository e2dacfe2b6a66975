"""The shapes, by name: each draws a plan written down in that shape."""

import of_books
import of_headings
import of_rows
import of_units

SHAPES = {**of_units.SHAPES, **of_headings.SHAPES, **of_rows.SHAPES, **of_books.SHAPES}
