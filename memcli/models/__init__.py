"""Models that are files: getting them, checking them, keeping them."""
