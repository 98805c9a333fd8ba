"""The window's part of dictation: shortcuts, insertion, pill, tray."""
