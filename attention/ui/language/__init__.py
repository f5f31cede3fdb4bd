"""The parts of the language page: its state and words, its pictures, many texts at once, what can be saved."""
