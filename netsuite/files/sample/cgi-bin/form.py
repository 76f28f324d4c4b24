#!/usr/bin/env python3
"""Ask for a name and greet it: a GET shows the form, and a POST brings what was filled in."""

import os
import sys
from html import escape
from urllib.parse import parse_qs

FORM = """<form method=post>
<label>Your name: <input name=name autofocus required maxlength=100></label>
<button>Greet me</button>
</form>"""


def filled_in() -> str:
    """Return the name in the body of the request."""
    length = int(os.environ.get("CONTENT_LENGTH", "0"))
    body = sys.stdin.buffer.read(min(length, 10_000))
    names: list[str] = parse_qs(body.decode(errors="replace")).get("name", [""])
    return names[0]


print("Content-Type: text/html; charset=utf-8")
print()
print("<!DOCTYPE html><meta charset=utf-8><title>A form</title>")
if os.environ["REQUEST_METHOD"] == "POST":
    print(f"<p>Hello {escape(filled_in() or 'stranger')}!</p>")
    print(f'<p><a href="{escape(os.environ["SCRIPT_NAME"])}">Again</a></p>')
else:
    print(FORM)
