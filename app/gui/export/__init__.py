"""The export sheet: what will be written, shown before it is."""
