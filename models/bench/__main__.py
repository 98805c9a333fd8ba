"""Command line of the benchmark."""

from __future__ import annotations

import sys

from models.bench.command import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
