"""The icon of every system, drawn from the one SVG: PNG for Linux, ICO for Windows, ICNS for macOS.

Both containers hold PNG pictures, so that nothing but Qt's SVG renderer is needed, on any system.

Source of the layouts: Microsoft's ICONDIR; Apple's icns types for PNG data (ic04 … ic14).
"""

from __future__ import annotations

import struct
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Qt
from PySide6.QtGui import QImage, QImageWriter, QPainter
from PySide6.QtSvg import QSvgRenderer

SVG = Path(__file__).resolve().parent.parent / "app" / "gui" / "resources" / "songshu.svg"
LINUX_SIZES = (16, 24, 32, 48, 64, 128, 256, 512)  # pixels; the folders of the hicolor theme
WINDOWS_SIZES = (16, 20, 24, 32, 40, 48, 64, 256)  # what Explorer asks for at 100 to 250 %
_MAC_TYPES = {  # type -> pixels; ic11 to ic14 are the @2x ones
    b"icp4": 16,
    b"icp5": 32,
    b"ic07": 128,
    b"ic08": 256,
    b"ic09": 512,
    b"ic10": 1024,
    b"ic11": 32,
    b"ic12": 64,
    b"ic13": 256,
    b"ic14": 512,
}


def png(size: int) -> bytes:
    """Draw the icon as a PNG.

    Args:
        size: width and height, pixels.
    """
    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(str(SVG)).render(painter)
    painter.end()
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(image)
    return bytes(data.data())


def ico() -> bytes:
    """Pack the icon for Windows."""
    pictures = [png(size) for size in WINDOWS_SIZES]
    head = struct.pack("<HHH", 0, 1, len(pictures))  # reserved, 1 = icon, count
    offset = len(head) + 16 * len(pictures)
    table = b""
    for size, picture in zip(WINDOWS_SIZES, pictures, strict=True):
        side = size % 256  # 256 is written as 0
        table += struct.pack("<BBBBHHII", side, side, 0, 0, 1, 32, len(picture), offset)
        offset += len(picture)
    return head + table + b"".join(pictures)


def icns() -> bytes:
    """Pack the icon for macOS."""
    body = b""
    for kind, size in _MAC_TYPES.items():
        picture = png(size)
        body += kind + struct.pack(">I", 8 + len(picture)) + picture
    return b"icns" + struct.pack(">I", 8 + len(body)) + body


def write_icon(folder: Path, platform: str) -> Path | None:
    """Write the icon that PyInstaller wants on a system.

    Args:
        folder: where to.
        platform: as ``sys.platform``.

    Returns:
        The file, or None on Linux, where executables have no icon.
    """
    if platform not in ("win32", "darwin"):
        return None
    folder.mkdir(parents=True, exist_ok=True)
    icon = folder / ("songshu.ico" if platform == "win32" else "songshu.icns")
    icon.write_bytes(ico() if platform == "win32" else icns())
    return icon
