"""Windows: an installer for one person, without an administrator (NSIS)."""
