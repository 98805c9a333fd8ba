"""macOS: the application bundle and the disk image."""
