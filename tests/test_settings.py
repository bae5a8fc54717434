"""settings.toml, CALLCENTER_* variables, and the sentences for what is wrong in them."""

import re
import tomllib
from dataclasses import fields
from importlib.resources import files
from pathlib import Path

import pytest

from callcenter.city import CORE_NOTES, Registration, Trunk
from callcenter.core.errors import BadInput
from callcenter.settings import Settings
from callcenter.settings_reader import SOCKET_PATH_LIMIT, read_settings


def written(home: Path, text: str, **variables: str) -> Settings:
    (home / "settings.toml").write_text(text)
    return read_settings({"CALLCENTER_HOME": str(home), **variables})


def refusal(home: Path, text: str, **variables: str) -> str:
    with pytest.raises(BadInput) as wrong:
        written(home, text, **variables)
    return str(wrong.value)


def test_without_a_file_the_defaults_are_a_room_on_loopback(tmp_path: Path) -> None:
    settings = read_settings({"CALLCENTER_HOME": str(tmp_path)})
    assert (settings.web_host, settings.web_port, settings.sip_port) == ("127.0.0.1", 8112, 5060)
    assert settings.positions == ("101", "102", "103", "104")
    assert settings.aliases == ("112", "+112", "+62112", "62112", "0231112", "+62231112", "62231112")
    assert settings.database_url == f"sqlite+aiosqlite:///{tmp_path}/callcenter.db"
    assert settings.url == "http://127.0.0.1:8112/"


def test_the_usual_agencies_and_categories_are_there(tmp_path: Path) -> None:
    settings = read_settings({"CALLCENTER_HOME": str(tmp_path)})
    fire = settings.agency("damkar")
    assert fire and fire.short == "113" and fire.lines == ()  # no trunk yet: nothing that could be dialled
    assert len(settings.agencies) == 21
    by_code = {category.code: category for category in settings.categories}
    assert by_code["TRAFFIC_ACC"].agencies == ("polres", "psc119")
    assert "CARE" not in by_code  # off until a city wants it
    assert len(by_code) == 20


def test_a_variable_beats_the_file_and_the_file_beats_the_default(tmp_path: Path) -> None:
    settings = written(tmp_path, 'web_port = 8200\nsip_port = 5070\ncity = "Bima"', CALLCENTER_WEB_PORT="8300")
    assert (settings.web_port, settings.sip_port, settings.city) == (8300, 5070, "Bima")


def test_lists_and_truths_can_be_given_as_variables(tmp_path: Path) -> None:
    settings = written(tmp_path, "", CALLCENTER_POSITIONS="201, 202", CALLCENTER_TLS="true")
    assert settings.positions == ("201", "202")
    assert settings.url.startswith("https://")


def test_an_area_code_adds_an_alias(tmp_path: Path) -> None:
    assert "0234112" in written(tmp_path, 'area_codes = ["0231", "0234"]').aliases


def test_a_city_changes_only_what_it_names_of_an_agency(tmp_path: Path) -> None:
    settings = written(
        tmp_path,
        """
        [[trunks]]
        name = "operator"
        hosts = ["192.0.2.10"]
        register = { user = "0231112", password = "x1" }
        [[agencies]]
        code = "damkar"
        lines = [{ number = "0231201113", road = "sip:192.0.2.20:5062", ring_s = 15 }]
        [[agencies]]
        code = "pln"
        off = true
        [[agencies]]
        code = "rsud"
        short = "301"
        name_id = "RSUD"
        name_en = "City hospital"
        lines = [{ number = "104", road = "position" }]
        """,
    )
    fire, hospital, ambulance = (settings.agency(code) for code in ("damkar", "rsud", "psc119"))
    assert fire and fire.name_en == "Fire department" and fire.lines[0].road == "sip:192.0.2.20:5062"
    assert hospital and hospital.lines[0].number == "104"
    assert ambulance and ambulance.lines[0].road == "trunk:operator"  # the default's "trunk" is the first one
    assert settings.agency("pln") is None
    assert all("pln" not in category.agencies for category in settings.categories)
    assert settings.trunks[0].register == Registration("0231112", "x1")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("web_port = 70000", ["web_port", "70000", "from 1 to 65535"]),
        ('web_port = "8112"', ["web_port", "a whole number"]),
        ("web_port = true", ["web_port", "a whole number"]),
        ("webport = 1", ["webport", "is not a setting; did you mean web_port?"]),
        ("xyz = 1", ["xyz", "is not a setting", "the settings there are: "]),
        ('city = "Cirebon; #exec"', ["city", "one line"]),
        ('city = "two\\nlines"', ["city", "one line"]),
        ('timezone = "Asia/Nowhere"', ["timezone", "Asia/Jakarta"]),
        ('timezone = "../../etc/passwd"', ["timezone", "Asia/Jakarta"]),
        ('language = "fr"', ["language", "id, en"]),
        ('positions = ["101", "101"]', ["positions", "without repetitions"]),
        ('positions = ["1"]', ["positions", "two to six digits"]),
        ('positions = "101"', ["positions", "must be a list"]),
        ('any_phone_networks = ["10.0.0.1/8"]', ["any_phone_networks", "127.0.0.0/8"]),
        ("rtp_start = 20000\nrtp_end = 10000", ["rtp_end", "not above"]),
        ('home = "/tmp"', ["home", "CALLCENTER_HOME"]),
        ("city = ", ["settings.toml", "cannot be read as TOML"]),
        ('[[trunks]]\nname = "a"', ["trunks a", "hosts is missing"]),
        ('[[trunks]]\nname = "a"\nhosts = ["x y"]', ["hosts", "host:port"]),
        ('[[trunks]]\nname = "a"\nhosts = ["h"]\nnumber_from = "to"', ["number_from", "pai, rpid, from"]),
        ('[[agencies]]\ncode = "damkar"\nshort = "119"', ["short code", "119", "twice"]),
        ('[[agencies]]\ncode = "damkar"\nlines = [{ number = "1", road = "trunk:x" }]', ["number", "2 to 20 digits"]),
        ('[[agencies]]\ncode = "damkar"\nlines = [{ number = "113", road = "trunk:x" }]', ["trunk", "'x'", "not set"]),
        ('[[agencies]]\ncode = "damkar"\nlines = [{ number = "999", road = "position" }]', ["not a position"]),
        ('[[agencies]]\nshort = "119"', ["agencies", "code"]),
        ('[[categories]]\ncode = "FIRE"\npriority = 9', ["categories FIRE", "priority", "from 1 to 3"]),
    ],
)
def test_a_mistake_gets_one_sentence_with_place_key_and_remedy(tmp_path: Path, text: str, says: list[str]) -> None:
    sentence = refusal(tmp_path, text)
    assert str(tmp_path / "settings.toml") in sentence
    assert "\n" not in sentence.split("cannot be read as TOML")[0]
    for part in says:
        assert part in sentence


def test_a_file_that_an_editor_of_windows_saved_is_read_or_refused_for_its_encoding(tmp_path: Path) -> None:
    text = 'city = "Cirebon"\r\n'
    (tmp_path / "settings.toml").write_bytes(text.encode("utf-8-sig"))
    assert read_settings({"CALLCENTER_HOME": str(tmp_path)}).city == "Cirebon"
    (tmp_path / "settings.toml").write_bytes(text.encode("utf-16"))
    with pytest.raises(BadInput, match="Save it again with the encoding UTF-8"):
        read_settings({"CALLCENTER_HOME": str(tmp_path)})


@pytest.mark.parametrize(("name", "value"), [("WEB_PORT", "eighty"), ("TLS", "yes"), ("SIP_PORT", "-1")])
def test_a_bad_variable_is_named(tmp_path: Path, name: str, value: str) -> None:
    assert f"CALLCENTER_{name}" in refusal(tmp_path, "", **{f"CALLCENTER_{name}": value})


def test_every_setting_has_a_sentence() -> None:
    for kind in (Settings, Trunk, Registration):
        for field in fields(kind):
            assert field.metadata["doc"].endswith("."), f"{kind.__name__}.{field.name}"
    for core, notes in CORE_NOTES.items():
        assert set(notes) == {field.name for field in fields(core)}, core


def test_the_example_holds_true_when_every_line_of_it_is_switched_on(tmp_path: Path) -> None:
    """Each commented `# key = value` and `# [[table]]` is valid TOML and a known setting."""
    example = files("callcenter").joinpath("settings.example").read_text("utf-8")
    code = re.compile(r"^# (\[\[|\w+ = |\]|  \{)")
    switched_on = "\n".join(line[2:] for line in example.splitlines() if code.match(line))
    tomllib.loads(switched_on)
    settings = written(tmp_path, switched_on)
    assert settings.trunks[0].max_calls == 30
    assert len(settings.agency("damkar").lines) == 2  # type: ignore[union-attr]


def test_an_overflow_line_goes_over_the_first_trunk_like_any_other(tmp_path: Path) -> None:
    line = '[[overflow]]\nname = "on-call"\nnumber = "08123456789"\nroad = "trunk"\n'
    trunk = '[[trunks]]\nname = "main"\nhosts = ["192.0.2.1"]\n'
    (tmp_path / "settings.toml").write_text(line)
    assert read_settings({"CALLCENTER_HOME": str(tmp_path)}).overflow == ()
    (tmp_path / "settings.toml").write_text(line + trunk)
    (found,) = read_settings({"CALLCENTER_HOME": str(tmp_path)}).overflow
    assert (found.road, found.press_1, found.name) == ("trunk:main", True, "on-call")


@pytest.mark.parametrize("name", ["a|b", "a,b", "${EXTEN}", "a\\nb", "x" * 41])
def test_a_name_that_could_be_more_than_a_name_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "settings.toml").write_text(
        f'[[overflow]]\nname = "{name}"\nnumber = "08123456789"\nroad = "sip:192.0.2.9"\n'
    )
    with pytest.raises(BadInput, match="name"):
        read_settings({"CALLCENTER_HOME": str(tmp_path)})


def test_the_example_shows_the_defaults(tmp_path: Path) -> None:
    example = files("callcenter").joinpath("settings.example").read_text("utf-8").split("[[trunks]]")[0]
    plain = read_settings({"CALLCENTER_HOME": str(tmp_path)})
    for key, value in re.findall(r"(?m)^# (\w+) = (.+)$", example):
        shown = tomllib.loads(f"x = {value}")["x"]
        if key != "database_url":
            assert getattr(plain, key) == (tuple(shown) if isinstance(shown, list) else shown), key


def test_a_deep_home_gets_a_short_socket_folder(tmp_path: Path) -> None:
    deep = tmp_path / "/".join(["a-rather-long-folder-name"] * 5)
    settings = read_settings({"CALLCENTER_HOME": str(deep)})
    assert len(str(settings.run_folder / "asterisk.ctl")) <= SOCKET_PATH_LIMIT
    assert settings.run_folder == read_settings({"CALLCENTER_HOME": str(deep)}).run_folder
    assert read_settings({"CALLCENTER_HOME": str(tmp_path)}).run_folder == tmp_path / "asterisk" / "run"
