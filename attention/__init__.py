"""Attention Lab: attention mechanisms, the models that use them, and the pictures of their weights."""
