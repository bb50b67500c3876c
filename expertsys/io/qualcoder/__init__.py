"""QualCoder: the SQLite database of a project."""
