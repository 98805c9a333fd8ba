"""Tests of the GUI run without a screen and fail on any warning that Qt logs.

The second half is pytest-qt's ``qt_log_level_fail`` in pyproject.toml.
"""

from __future__ import annotations

import os

os.environ["QT_QPA_PLATFORM"] = "offscreen"  # before anything imports Qt
os.environ.setdefault("QT_LOGGING_RULES", "qt.qpa.fonts.warning=false")
