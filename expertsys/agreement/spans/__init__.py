"""Agreement of coders who mark stretches of text themselves."""
