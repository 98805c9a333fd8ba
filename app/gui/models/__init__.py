"""The models page: which packs there are, and what can be done with them."""
