"""Settings to Asterisk's files: nothing a setting says can become a line of its own."""

import re
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from callcenter.asterisk.conf import dial_string
from callcenter.asterisk.inbox import READERS
from callcenter.asterisk.render import SOURCE, city_files, render, shipped
from callcenter.city import Registration, Trunk
from callcenter.core.agency import Agency, Line, OverflowLine
from callcenter.core.errors import BadInput
from callcenter.keys import Secrets
from callcenter.settings import Settings
from callcenter.settings_reader import read_settings

SECRETS = Secrets(ami="ami-secret", session="s", phones={str(n): f"phone{n}" for n in range(101, 105)})
ETC = Path("/home/city/etc")


def city(**values: object) -> dict[str, str]:
    return city_files(replace(Settings(), **values), SECRETS, ETC)  # type: ignore[arg-type]


def test_the_committed_city_files_are_the_defaults_without_any_secret() -> None:
    committed = {f"city/{file.name}": file.read_text("utf-8") for file in (SOURCE / "city").glob("*.conf")}
    assert committed == shipped()


def test_every_configuration_file_says_first_who_relies_on_it() -> None:
    for file in SOURCE.rglob("*.conf"):
        assert file.read_text("utf-8").startswith("; "), file


def test_the_desks_account_hears_every_event_that_the_inbox_reads() -> None:
    filters = set(re.findall(r"name\((\w+)\)\)", (SOURCE / "manager.conf").read_text("utf-8")))
    assert set(READERS) <= filters


@pytest.mark.parametrize(
    ("line", "dialled"),
    [
        (Line("113", "trunk:main"), "PJSIP/113@trunk-main"),
        (Line("0231201001", "sip:10.0.0.5:5062"), "PJSIP/0231201001@road-10.0.0.5_5062"),
        (Line("0231201001", "sip:Gateway.city"), "PJSIP/0231201001@road-gateway.city"),
        (Line("104", "position"), "PJSIP/104"),
    ],
)
def test_each_road_has_its_dial_string(line: Line, dialled: str) -> None:
    assert dial_string(line) == dialled


@pytest.mark.parametrize("evil", ["a\nb", "a\rb", "a;b", "a]", "[a", 'a"', "a\\", "${SHELL(id)}", "a\x00", "\x7f"])
@pytest.mark.parametrize(
    "setting", ["queue", "greeting", "sip_host", "external_address", "aliases", "positions", "any_phone_networks"]
)
def test_a_value_that_would_be_a_line_of_its_own_is_refused(setting: str, evil: str) -> None:
    plural = isinstance(getattr(Settings(), setting), tuple)
    with pytest.raises((BadInput, KeyError)):
        city(**{setting: (evil,) if plural else evil})


@pytest.mark.parametrize("evil", ["a\nb", "a;b", "x]"])
def test_a_trunks_password_and_a_lines_number_are_checked_too(evil: str) -> None:
    with pytest.raises(BadInput):
        city(trunks=(Trunk("main", ("10.0.0.1",), register=Registration("u", evil)),))
    with pytest.raises(BadInput):
        city(agencies=(Agency("damkar", "113", "a", "b", (Line(evil, "trunk:main"),)),))


def test_a_trunk_is_known_by_its_address_and_by_the_port_too_where_phones_may_have_that_address() -> None:
    far = city(
        trunks=(
            Trunk(
                "main",
                ("10.0.0.1:5070", "sip.example"),
            ),
        )
    )["city/trunks.conf"]
    assert "match = 10.0.0.1\n" in far
    assert "match = sip.example\n" in far
    near = city(
        trunks=(
            Trunk(
                "main",
                ("127.0.0.1:5070", "127.0.0.2"),
            ),
        )
    )["city/trunks.conf"]
    assert "match = 127.0.0.1:5070\n" in near
    assert "match = 127.0.0.2:5060\n" in near


def test_an_operator_that_is_not_trusted_is_not_believed() -> None:
    text = city(trunks=(Trunk("x", ("10.0.0.1",), trust=False),))["city/trunks.conf"]
    assert "trust_id_inbound = no" in text
    assert "NUMBER_FROM=from" in text


def test_a_registering_tcp_trunk_signs_in() -> None:
    text = city(trunks=(Trunk("x", ("10.0.0.1",), "tcp", Registration("us", "pw")),))["city/trunks.conf"]
    assert r"server_uri = sip:10.0.0.1\;transport=tcp" in text
    assert r"client_uri = sip:us@10.0.0.1\;transport=tcp" in text
    assert "password = pw" in text


def test_everything_is_written_for_the_owner_only_and_unchanged_files_are_left_alone(tmp_path: Path) -> None:
    settings = replace(Settings(), home=tmp_path, run_folder=tmp_path / "run")
    etc = tmp_path / "asterisk" / "etc"
    render(settings, SECRETS, etc)
    assert "phone101" in (etc / "city" / "positions.conf").read_text()
    assert "ami-secret" in (etc / "city" / "manager.conf").read_text()
    assert f"astetcdir => {etc}" in (etc / "asterisk.conf").read_text()
    files = [file for file in etc.rglob("*") if file.is_file()]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert not [file for file in files if file.name in ("fetch-asterisk", "make-prompts") or file.suffix == ".new"]
    before = {file: file.stat().st_ino for file in files}
    render(settings, SECRETS, etc)
    assert {file: file.stat().st_ino for file in files} == before


def test_the_overflow_lines_stand_in_asterisk_in_their_order() -> None:
    here = (
        OverflowLine("08123456789", "trunk:main", 25, "0231112", "on-call officer"),
        OverflowLine("112", "sip:10.9.0.1", name="neighbours", press_1=False),
    )
    files = city(overflow=here, overflow_after_s=20)
    lines = files["city/globals.conf"].splitlines()
    assert "OVERFLOW_AFTER = 20" in lines
    assert "OVERFLOW_1 = PJSIP/08123456789@trunk-main|0231112|25|press|on-call officer" in lines
    assert "OVERFLOW_2 = PJSIP/112@road-10.9.0.1|112|20|lift|neighbours" in lines
    assert "[road-10.9.0.1](road)" in files["city/roads.conf"]


def test_the_queue_in_which_paused_phones_ring_has_the_same_phones_and_goes_first() -> None:
    text = city(positions=("101", "102"))["city/queues.conf"]
    plain, rest = text.split("[emergency-all](ring-all)")
    everybody = rest.split("[self-test]")[0]
    assert [line for line in plain.splitlines() if "member" in line] == [
        line for line in everybody.splitlines() if "member" in line
    ]
    assert "weight = 1" in everybody


@pytest.mark.parametrize(
    ("sip_host", "here"), [("0.0.0.0", "127.0.0.1:5060"), ("192.168.1.5", "192.168.1.5:5060"), ("::", "[::1]:5060")]
)
def test_the_self_test_calls_asterisk_where_it_listens(sip_host: str, here: str) -> None:
    text = city(sip_host=sip_host)["city/self-test.conf"]
    assert f"contact = sip:{here}\n" in text
    assert f"match = {here}\n" in text


def test_where_the_service_lives_on_another_host_ami_listens_there_and_lets_only_private_networks_in() -> None:
    text = city(ami_host="asterisk")
    assert "bindaddr = 0.0.0.0" in text["city/manager-port.conf"]
    assert "permit = 172.16.0.0/12" in text["city/manager.conf"]
    assert "bindaddr = 127.0.0.1" in city()["city/manager-port.conf"]


def test_a_position_has_two_phones_with_a_password_each_and_both_are_in_both_queues() -> None:
    made = city()
    text = made["city/positions.conf"]
    assert "[101](position)\n" in text
    assert "[101-web](position,page-phone)\n" in text
    assert "password = phone101\n" in text
    assert f"password = {SECRETS.page_phone('101')}\n" in text
    assert SECRETS.page_phone("101") != SECRETS.page_phone("102")
    for phone in ("101", "101-web"):
        assert made["city/queues.conf"].count(f"member => PJSIP/{phone},0,101,PJSIP/{phone}\n") == 3  # practice
    without = city(page_phone=False)
    assert "-web" not in without["city/positions.conf"] + without["city/queues.conf"]
    assert "enabled = no" in without["city/http.conf"]


def test_asterisks_socket_is_plain_on_loopback_only_and_encrypted_with_the_screens() -> None:
    assert "bindaddr = 127.0.0.1\n" in city(sip_host="192.168.1.5")["city/http.conf"]
    text = city(sip_host="192.168.1.5", tls=True, home=Path("/var/lib/112"))["city/http.conf"]
    assert "enabled = no\n" in text
    assert "tlsbindaddr = 192.168.1.5:8088\n" in text
    assert "tlscertfile = /var/lib/112/tls/server.crt\n" in text
    assert "tlsbindaddr = [::1]:8088\n" in city(sip_host="::1", tls=True)["city/http.conf"]


def test_every_category_is_spoken_in_both_languages_and_a_city_may_speak_it_itself(tmp_path: Path) -> None:
    settings = read_settings({"CALLCENTER_HOME": str(tmp_path)})
    for language in ("id", "en"):
        spoken = {file.stem for file in (SOURCE / "sounds" / language).glob("*.alaw")}
        assert {"here-is-112", "press-1", *(f"category-{each.code}" for each in settings.categories)} <= spoken
    own = tmp_path / "sounds" / "id" / "press-1.alaw"
    own.parent.mkdir(parents=True)
    own.write_bytes(b"our own voice")
    etc = tmp_path / "etc"
    render(settings, SECRETS, etc)
    assert (etc / "sounds" / "id" / "press-1.alaw").read_bytes() == b"our own voice"
    own.unlink()
    render(settings, SECRETS, etc)
    assert (etc / "sounds" / "id" / "press-1.alaw").read_bytes() != b"our own voice"


def test_no_line_that_we_dial_may_send_us_on_to_another_one() -> None:
    """Forwarded to 112, an overflow line rang the room as a new caller twice a second, for ever (seen)."""
    lines = [line for file in SOURCE.glob("*.conf") for line in file.read_text("utf-8").splitlines()]
    dialled = [re.sub(r"CUT\(.*?\)", "", line) for line in lines if ",Dial(" in line]
    assert len(dialled) >= 5
    for line in dialled:
        options = re.search(r",Dial\([^,]*,[^,]*,([A-Za-z]*)", line)
        assert options and "i" in options[1], line
