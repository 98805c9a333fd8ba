"""Start Songshu: ``python -m app``."""

from __future__ import annotations

import sys

from app import cli, logs

if __name__ == "__main__":
    logs.start()
    sys.exit(cli.main())
