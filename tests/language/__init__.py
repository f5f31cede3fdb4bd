"""Tests of the emotion model."""
