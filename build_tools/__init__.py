"""What dev.py and build.spec are made of: setting a checkout up, freezing it into an executable.

environments, system_packages and steps run before anything is installed, so they import the
standard library only.
"""
