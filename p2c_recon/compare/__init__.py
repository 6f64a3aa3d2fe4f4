"""What is there: match by key, compare cell by cell, and give every record of either side exactly one status."""
