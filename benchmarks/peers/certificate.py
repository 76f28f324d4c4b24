"""A certificate for the peers that speak TLS, which they make for themselves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from .services import HOST

#: Whom it is for: what clients say that they want to reach.
NAME = "localhost"

_LIFETIME = timedelta(days=1)


def make_certificate() -> Path:
    """Return a PEM file in a new folder of the working directory: a key, and its certificate.

    The certificate is signed by itself.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(
            issuer_name=name,
            subject_name=name,
            public_key=key.public_key(),
            serial_number=x509.random_serial_number(),
            not_valid_before=now - _LIFETIME,
            not_valid_after=now + _LIFETIME,
        )
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .sign(key, SHA256())
    )
    path = Path("certificates", f"{NAME}.pem").absolute()
    path.parent.mkdir()
    path.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        + certificate.public_bytes(Encoding.PEM)
    )
    return path


def tls_endpoint(port: int, certificate: Path) -> str:
    """Return the endpoint string that Twisted listens on with a certificate of a folder."""
    return f"tls:{certificate.parent}:{port}:interface={HOST}"
