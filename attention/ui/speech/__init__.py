"""The page of spoken digits: a sound, its letters, and when each letter listened."""
