"""Tests of the client program."""
