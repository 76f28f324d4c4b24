"""The plugins and their options."""
