"""Embedding: which models there are."""
