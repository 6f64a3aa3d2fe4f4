"""Reports of a run: the workbook for data stewards and the page for everybody."""
