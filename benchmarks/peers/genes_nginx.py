"""nginx: a file for each gene and for each page. It is the limit of what only reads."""

from __future__ import annotations

import grp
import json
import os
import pwd
import shutil
from itertools import chain
from pathlib import Path

from ..genes import GeneData
from .services import BACKLOG, HOST, announce, listen, parse_arguments

#: How many genes a page has.
_PAGE = 50

# As much is left out as can be: no log, no end to a connection; and files stay open once they are.
_CONFIGURATION = """
daemon off;
user {user} {group};
worker_processes 1;
error_log stderr;
pid {here}/nginx.pid;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    sendfile on;
    keepalive_requests 1000000000;
    default_type application/json;
    client_body_temp_path {here}/body;
    proxy_temp_path {here}/proxy;
    fastcgi_temp_path {here}/fastcgi;
    uwsgi_temp_path {here}/uwsgi;
    scgi_temp_path {here}/scgi;
    server {{
        listen {address} backlog={backlog};
        location = /genedb/gene {{ alias "{files}/page-$arg_after"; }}
        location /genedb/gene/ {{ alias "{files}/"; }}
    }}
}}
"""


def write_files(data: GeneData) -> Path:
    """Return a folder with a file for each gene, under its id, and for each page.

    The first page's name is ``page-``; in those of the others the id of the gene before follows.
    """
    folder = data.folder / "files"
    if not folder.exists():
        # Complete or not there at all: the peer may be killed while it writes.
        unfinished = data.folder / "unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir()
        genes = data.genes
        for gene in genes:
            _write(unfinished / gene.id, {"gene": [gene.record]})
        starts = range(0, len(genes), _PAGE)
        before = chain([""], (genes[start - 1].id for start in starts[1:]))
        for start, after in zip(starts, before, strict=True):
            page = [gene.record for gene in genes[start : start + _PAGE]]
            _write(unfinished / f"page-{after}", {"genes": page})
        unfinished.rename(folder)
    return folder


def _write(file: Path, value: object) -> None:
    file.write_text(json.dumps(value, separators=(",", ":")), encoding="utf-8")


def main() -> None:
    """Run the peer."""
    arguments = parse_arguments(__doc__)
    files, here = write_files(arguments.gene_data), Path.cwd()
    socket = listen(arguments.port)
    port = socket.getsockname()[1]
    configuration = _CONFIGURATION.format(
        # Root's worker would be nobody else, and not be let into a folder that is root's alone.
        user=pwd.getpwuid(os.getuid()).pw_name,
        group=grp.getgrgid(os.getgid()).gr_name,
        here=here,
        files=files,
        address=f"{HOST}:{port}",
        backlog=BACKLOG,
    )
    Path("nginx.conf").write_text(configuration, encoding="utf-8")
    # nginx cannot choose a free port, but it takes over sockets that listen, as when it replaces
    # an older nginx.
    socket.set_inheritable(True)
    os.environ["NGINX"] = f"{socket.fileno()};"
    announce(port)
    command = ["nginx", "-p", str(here), "-c", str(here / "nginx.conf")]
    os.execvp(command[0], command)


if __name__ == "__main__":
    main()
