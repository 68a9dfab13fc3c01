"""A certificate of our own, for services that are given none: browsers stream only over TLS."""

import ipaddress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from ownstream.keyring import write_private

VALID_FOR = timedelta(days=397)  # the longest that browsers take
RENEW_BEFORE = timedelta(days=30)


def own_certificate(folder: Path, hosts: frozenset[str]) -> tuple[Path, Path]:
    """Certificate and key files for these hosts, made anew when missing, old or for others."""
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    if not (key.exists() and certificate.exists() and _serves(certificate, hosts)):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _make(certificate, key, hosts)
    return certificate, key


def _serves(path: Path, hosts: frozenset[str]) -> bool:
    certificate = x509.load_pem_x509_certificate(path.read_bytes())
    if datetime.now(UTC) > certificate.not_valid_after_utc - RENEW_BEFORE:
        return False
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return hosts <= {str(name.value) for name in names}


def _make(certificate_path: Path, key_path: Path, hosts: frozenset[str]) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "ownstream")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + VALID_FOR)
        .add_extension(x509.SubjectAlternativeName([_name(host) for host in sorted(hosts)]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    encoding = serialization.Encoding.PEM
    private = key.private_bytes(
        encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    write_private(key_path, private)
    write_private(certificate_path, certificate.public_bytes(encoding))


def _name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)
