"""Opening the server to the room's network."""

import ipaddress
import ssl
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509

from callcenter import lan
from callcenter.certificates import make_certificates
from callcenter.core.errors import BadInput
from callcenter.settings_reader import read_settings

NOW = datetime(2026, 1, 14, 3, 0, tzinfo=UTC)


def test_the_only_address_is_taken_and_a_choice_is_asked_for() -> None:
    one = {"192.168.10.5": "192.168.10.0/24"}
    assert lan.choose(one, "") == ("192.168.10.5", "192.168.10.0/24")
    both = one | {"10.0.0.2": "10.0.0.0/8"}
    assert lan.choose(both, "10.0.0.2") == ("10.0.0.2", "10.0.0.0/8")
    with pytest.raises(BadInput, match=r"Say which.*192\.168\.10\.5, 10\.0\.0\.2"):
        lan.choose(both, "")
    with pytest.raises(BadInput, match=r"not an address of this machine"):
        lan.choose(both, "10.9.9.9")
    with pytest.raises(BadInput, match=r"This machine has: none"):
        lan.choose({}, "")


def test_this_machine_s_addresses_can_be_read() -> None:
    for address, network in lan.interfaces().items():
        assert ipaddress.ip_address(address) in ipaddress.ip_network(network)


def test_a_setting_is_changed_in_its_own_line() -> None:
    text = '# web_host = "a"\n[[trunks]]\nname = "x"\n'
    assert lan.with_value(text, "web_host", '"b"') == 'web_host = "b"\n[[trunks]]\nname = "x"\n'
    assert lan.with_value("# tls = false\ntls = false\n", "tls", "true") == "# tls = false\ntls = true\n"
    assert lan.with_value(text, "tls", "true").startswith("tls = true\n")


def test_lan_writes_settings_that_can_be_read_and_names_the_steps(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lan, "interfaces", lambda: {"192.168.10.5": "192.168.10.0/24"})
    environment = {"CALLCENTER_HOME": str(tmp_path)}
    assert lan.main(read_settings(environment), "") == 0
    settings = read_settings(environment)
    assert settings.url == "https://192.168.10.5:8112/"
    assert settings.sip_host == "192.168.10.5"
    assert settings.phone_networks == ("127.0.0.0/8", "192.168.10.0/24")
    assert settings.any_phone_networks == ("127.0.0.0/8",)  # who may dial without an account is another decision
    assert settings.settings_file.stat().st_mode & 0o777 == 0o600
    shown = capsys.readouterr().out
    assert str(settings.tls_folder / "ca.crt") in shown and settings.url in shown
    lan.main(settings, "192.168.10.5")  # a second time changes nothing more
    assert tomllib.loads(settings.settings_file.read_text())["phone_networks"] == ["127.0.0.0/8", "192.168.10.0/24"]


def test_a_file_that_cannot_be_changed_safely_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text('phone_networks = [\n  "127.0.0.0/8",\n]\n')
    found = {"192.168.10.5": "192.168.10.0/24"}
    settings = read_settings({"CALLCENTER_HOME": str(tmp_path)})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lan, "interfaces", lambda: found)
        with pytest.raises(BadInput, match="cannot be changed safely"):
            lan.main(settings, "")
    assert "web_host" not in settings.settings_file.read_text()


def test_a_browser_that_trusts_the_authority_trusts_the_server(tmp_path: Path) -> None:
    make_certificates(tmp_path, "Cirebon", ["192.168.10.5", "localhost"])
    context = ssl.create_default_context(cafile=str(tmp_path / "ca.crt"))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(tmp_path / "server.crt", tmp_path / "server.key")
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    client_side = context.wrap_bio(to_client, to_server, server_hostname="192.168.10.5")
    server_side = server.wrap_bio(to_server, to_client, server_side=True)
    for _ in range(4):
        for side in (client_side, server_side):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
    assert client_side.version() == "TLSv1.3"


def test_the_authority_is_kept_and_only_the_server_s_certificate_is_new(tmp_path: Path) -> None:
    make_certificates(tmp_path, "Cirebon", ["192.168.10.5"], NOW)
    authority, server = (tmp_path / "ca.crt").read_bytes(), (tmp_path / "server.crt").read_bytes()
    make_certificates(tmp_path, "Cirebon", ["192.168.10.6"], NOW)
    assert (tmp_path / "ca.crt").read_bytes() == authority
    assert (tmp_path / "server.crt").read_bytes() != server
    for key in ("ca.key", "server.key"):
        assert (tmp_path / key).stat().st_mode & 0o777 == 0o600
    days = x509.load_pem_x509_certificate(server).not_valid_after_utc - NOW
    assert days.days <= 825
