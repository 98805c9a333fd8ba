"""Start Songshu: ``python -m app``."""

from __future__ import annotations

import sys

from app import logs
from app.cli.main import main

if __name__ == "__main__":
    logs.start()
    sys.exit(main())
