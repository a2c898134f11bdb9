"""What the rules have decided, decided again by a language model: `memcli refine`.

It is asked outside of transactions, about batches of decisions; what it says is checked, and written as events that
carry its name. What people decided, and what this model decided or people undid of it, is left as it is.
"""
