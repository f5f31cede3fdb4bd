"""The parts of the recommendation page: its state and words, its pictures, and what can be saved."""
