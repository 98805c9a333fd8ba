"""Who wrote what is inside the executable, and under which licence.

    requirements.txt --importlib.metadata--> distributions ┐
    components.py: what no metadata tells of               ├-> entries -> THIRD-PARTY.txt, .json
    the libraries that PyInstaller collected               ┘

The text is for people and packages, the JSON for the About window. An entry without a licence, or
without its text, stops the build.
"""
