"""Linux: a Debian package and the single file."""
