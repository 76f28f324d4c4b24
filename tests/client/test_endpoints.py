"""The client program over TLS and UNIX sockets."""

from __future__ import annotations

import trustme
from twisted.internet.protocol import Factory
from twisted.internet.ssl import PrivateCertificate

from tests.client.support import (
    NetworkTestCase,
    Scripted,
    echo,
    ignore,
    netsuite,
    new_folder,
    reactor,
)


class EndpointTests(NetworkTestCase):
    def factory(self) -> Factory[Scripted]:
        factory = Factory.forProtocol(lambda: Scripted(echo, ignore))
        factory.noisy = False
        return factory

    async def test_unix(self) -> None:
        path = new_folder(self) / "socket"
        self.addCleanup(reactor.listenUNIX(str(path), self.factory()).stopListening)
        done = await netsuite("say", "hi", f"--connect=unix:{path}")
        self.assertEqual(done, (b"hi\n", b"", 0))
        out, err, status = await netsuite("say", "hi", f"--connect=unix:{path}x")
        self.assertEqual((out, status), (b"", 1))
        self.assertIn(b"no such file or directory; is the service running?", err)

    async def test_tls(self) -> None:
        authority = trustme.CA()
        certificate = authority.issue_cert("localhost")
        context = PrivateCertificate.loadPEM(
            certificate.private_key_and_cert_chain_pem.bytes()
        ).options()
        listening = reactor.listenSSL(0, self.factory(), context, interface="127.0.0.1")
        self.addCleanup(listening.stopListening)
        port = listening.getHost().port
        folder = new_folder(self)
        authority.cert_pem.write_to_path(str(folder / "authority.pem"))
        where = f"--connect=tls:localhost:{port}"
        done = await netsuite("say", "hi", f"{where}:trustRoots={folder}")
        self.assertEqual(done, (b"hi\n", b"", 0))
        out, err, status = await netsuite("say", "hi", where)
        self.assertEqual((out, status, err.count(b"\n")), (b"", 1, 1))
        self.assertIn(b"TLS failed: certificate verify failed", err)
        out, err, status = await netsuite("fetch", f"https://localhost:{port}/")
        self.assertEqual((out, status, err.count(b"\n")), (b"", 1, 1))
        self.assertIn(b"TLS failed: certificate verify failed", err)

    async def test_tls_with_a_server_that_has_none(self) -> None:
        port = self.serve(echo)
        out, err, status = await netsuite("say", "hi", f"--connect=tls:localhost:{port}")
        self.assertEqual((out, status, err.count(b"\n")), (b"", 1, 1))
        self.assertIn(b"TLS failed", err)
