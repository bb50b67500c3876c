"""REFI-QDA: projects (``.qdpx``) and codebooks (``.qdc``), which most coding tools exchange."""
