"""Tests of the documentation: what it promises is there, and runs."""
