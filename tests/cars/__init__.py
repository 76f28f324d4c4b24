"""Tests of the car registry."""
