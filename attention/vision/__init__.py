"""Find the digit: one attention that says whether a digit is in a picture, where it is, and which pixels it covers."""
