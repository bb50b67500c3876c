"""What all rooms share and that knows no word of the domain."""
