"""Recipe of the two small speech-recognition models that this repository trains itself.

text -> synthetic speech -> augmented clips -> encoder features -> decoder: each step is one module
with a command line of its own, seeded and resumable. Large intermediate files live under
`paths.root()`, outside the checkout.
"""
