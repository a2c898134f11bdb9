"""`python -m memcli`."""

from __future__ import annotations

import sys

from memcli.app import main

if __name__ == "__main__":
    sys.exit(main())
