"""Plotly figures: `AttentionMap` and arrays in, figure out; each in its own module, colours and fonts in theme.py."""
