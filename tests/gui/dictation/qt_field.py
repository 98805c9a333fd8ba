"""Another program with a text field of Qt: ``python qt_field.py FILE`` writes its text there."""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtWidgets import QApplication, QLineEdit


def main(out: Path) -> int:
    app = QApplication([])
    field = QLineEdit()
    field.setWindowTitle("A field of Qt")
    field.textChanged.connect(lambda text: out.write_text(text, encoding="utf-8"))
    field.show()
    return app.exec()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
