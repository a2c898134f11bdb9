"""A language model behind an OpenAI-compatible endpoint, as one that decides: asked, constrained, checked.

Nothing here is imported unless `llm.url` is set, but what wipes the cache.
"""
