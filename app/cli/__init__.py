"""The command line: sources in, texts out. Knows no Qt."""
