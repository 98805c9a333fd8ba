"""What turns the executable into something a person installs: one folder per system.

Build time only: the product (``app``) imports nothing from here. See installer/README.md.
"""
