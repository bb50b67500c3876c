"""How many units to code, and which."""
