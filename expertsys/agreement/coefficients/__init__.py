"""The coefficients: one statistic, one file."""
