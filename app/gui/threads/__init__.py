"""The engine thread and others for long work, and the records that cross between threads."""
