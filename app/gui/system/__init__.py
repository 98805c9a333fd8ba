"""What the operating system asks of a program: one instance, start at login, crashes."""
