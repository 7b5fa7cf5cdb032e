"""Fits the sentence encoder to our messages; run by `make adapt`, never by the assistant.

`texts` runs in the project's environment and writes the sentences as they are classified.
`fit` runs in an environment of its own (requirements-adapt.txt: torch is large) and writes
bot/nlu/encoder. Method and what it gained: docs/nlu.md.
"""
