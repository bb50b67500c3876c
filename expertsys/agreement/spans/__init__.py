"""Coders who mark their own stretches of text: Krippendorff's family, boundary F1, agreement over characters."""
