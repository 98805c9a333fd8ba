"""Songshu, the product: offline speech recognition. Imports nothing from models/ or torch.

ONNX Runtime (1.32) collects events under a device id in ~/.cache/Microsoft and sends them to
Microsoft when it can, also on Linux. Nothing leaves this computer, so that is turned off before
anything can load it; its own ``disable_telemetry_events`` still writes the id.
"""

import os

__version__ = "0.1.0"

os.environ["ORT_DISABLE_TELEMETRY"] = "1"
