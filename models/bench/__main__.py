"""Command line of the benchmark: of files, and with --stream of live recognition."""

from __future__ import annotations

import sys

from models.bench import command, stream

if __name__ == "__main__":
    arguments = sys.argv[1:]
    sys.exit((stream if "--stream" in arguments else command).main(arguments))
