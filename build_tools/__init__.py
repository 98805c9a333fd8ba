"""How Songshu is frozen, from the checkout to one executable. Only dev.py and build.spec use it."""
