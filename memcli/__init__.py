"""memcli: a command-line memory for conversations."""

__version__ = "0.1.0"
