"""Files of rows, as spreadsheets and other programs write them: what stands in each cell, and where
that cannot be believed. Nothing of forms or applications."""
