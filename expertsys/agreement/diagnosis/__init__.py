"""Per code, per category, per pair, over time: where coders disagree, and what would change it."""
