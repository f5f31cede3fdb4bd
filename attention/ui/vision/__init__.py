"""The page "Find the digit": a scene, a phrase, and where the model looks for it."""
