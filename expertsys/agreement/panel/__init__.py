"""Several coders made one, and one coder held against the others."""
