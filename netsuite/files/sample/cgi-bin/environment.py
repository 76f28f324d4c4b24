#!/usr/bin/env python3
"""Show what a CGI script is told about its request, and all that it is told."""

import os
from html import escape

print("Content-Type: text/html; charset=utf-8")
print()
print("<!DOCTYPE html><meta charset=utf-8><title>Environment</title>")
print("<h1>What this script knows</h1>")
print("<table>")
for name, value in sorted(os.environ.items()):
    # Much of this is the client's to choose: unescaped, it could bring its own HTML.
    shown = value.encode(errors="surrogateescape").decode(errors="replace")
    print(f"<tr><th align=left>{escape(name)}<td><code>{escape(shown)}</code>")
print("</table>")
