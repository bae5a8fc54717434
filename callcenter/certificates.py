"""A certificate authority of the room's own, and a certificate for this machine.

In:  a folder, and the names and addresses under which this machine is opened.
Out: ca.crt (for the room's PCs), server.crt and server.key (for the screens), ca.key (stays here).
Never: replaces the authority, or every PC would have to be visited again.
"""

import ipaddress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from callcenter.keys import write_private

CA_DAYS, SERVER_DAYS = 3650, 820  # browsers refuse a server's certificate of more than 825 days
Key = ec.EllipticCurvePrivateKey


def make_certificates(folder: Path, city: str, names: list[str], now: datetime | None = None) -> None:
    """A new server certificate for these names; the authority only if there is none yet."""
    today = now or datetime.now(UTC)
    if not (folder / "ca.crt").exists():
        _make_authority(folder, city, today)
    authority = x509.load_pem_x509_certificate((folder / "ca.crt").read_bytes())
    ca_key = serialization.load_pem_private_key((folder / "ca.key").read_bytes(), None)
    assert isinstance(ca_key, ec.EllipticCurvePrivateKey)
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = (
        _begin(_name(names[0]), authority.subject, key, today, SERVER_DAYS)
        .add_extension(x509.SubjectAlternativeName([_alternative(name) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    _write(folder, "server", key, certificate)


def _make_authority(folder: Path, city: str, today: datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name(f"112 {city}, room's own authority")
    certificate = (
        _begin(name, name, key, today, CA_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=False, content_commitment=False, key_encipherment=False, data_encipherment=False,
                key_agreement=False, key_cert_sign=True, crl_sign=True, encipher_only=False, decipher_only=False,
            ),
            critical=True,
        )
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    _write(folder, "ca", key, certificate)


def _begin(subject: x509.Name, issuer: x509.Name, key: Key, today: datetime, days: int) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))  # a PC whose clock is a little late
        .not_valid_after(today + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _write(folder: Path, name: str, key: Key, certificate: x509.Certificate) -> None:
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode("ascii")
    write_private(folder / f"{name}.key", pem)
    write_private(folder / f"{name}.crt", certificate.public_bytes(serialization.Encoding.PEM).decode("ascii"))


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text[:64])])


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
