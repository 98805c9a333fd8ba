"""The window: its parts and pages, and who hears whom."""
