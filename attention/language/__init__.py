"""Emotions in English text: comments, words, a model with one query for each emotion, and its reader."""
