"""Spoken digits, spelled letter by letter: sounds, clips, the model that listens, and how it is trained and scored."""
