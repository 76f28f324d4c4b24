"""Tests; laid out as netsuite is."""
