"""The parts of the translation page: its state and words, its pictures, and what can be saved."""
