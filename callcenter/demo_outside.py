"""The world outside, for the demonstration: a citizen's phone and a call taker's phone in a second, small Asterisk.

In:  where the server's SIP is, the position to sign in at with its password, two voices.
Out: a process on free loopback ports, in a folder of its own; a citizen who dials when told; a phone that answers.
Never: touches the server's Asterisk or its files, and never outlives us: it is killed when we die, however we die.
"""

import ctypes
import random
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from callcenter.core.errors import CallCenterError

CALLER = "+6281234561120"
CALLER_DIALS_S = 60
ANSWERS_AFTER_S = 1.5
PR_SET_PDEATHSIG = 1
BOOTS_IN_S = 15.0

MODULES = """
res_timing_timerfd pbx_config bridge_simple codec_alaw codec_resample format_wav app_dial app_playback app_verbose
func_callerid res_clioriginate res_sorcery_config res_sorcery_memory res_sorcery_astdb res_pjproject res_pjsip
res_pjsip_session res_pjsip_pubsub res_pjsip_sdp_rtp res_pjsip_outbound_authenticator_digest
res_pjsip_outbound_registration res_pjsip_endpoint_identifier_ip res_pjsip_caller_id chan_pjsip res_rtp_asterisk
"""

# The citizen: Local/call@citizen dials, and when somebody answers, `speaks` talks and hangs up.
DIALPLAN = """
[citizen]
exten => call,1,Set(CALLERID(all)="" <{caller}>)
 same => n,Dial(PJSIP/112@server,{dials_s})
 same => n,Log(NOTICE,the call ended: ${{DIALSTATUS}} ${{HANGUPCAUSE}})
exten => speaks,1,Answer()
 same => n,Playback({folder}/caller)
 same => n,Hangup()

[call-taker]
exten => _X.,1,Ringing()
 same => n,Wait({after_s})
 same => n,Answer()
 same => n(speak),Playback({folder}/call-taker)
 same => n,Goto(speak)
"""

PHONES = """
[global]
type = global
user_agent = demo
max_random_initial_delay = 1
[udp]
type = transport
protocol = udp
bind = 127.0.0.1:{port}
[server]
type = endpoint
context = call-taker
disallow = all
allow = alaw
direct_media = no
aors = server
[server]
type = aor
contact = sip:{server}
[server]
type = identify
endpoint = server
match = {host}
"""

POSITION = """
[position]
type = registration
server_uri = sip:{server}
client_uri = sip:{position}@{server}
contact_user = {position}
outbound_auth = position
expiration = 120
retry_interval = 2
fatal_retry_interval = 0
forbidden_retry_interval = 0
auth_rejection_permanent = yes
[position]
type = auth
auth_type = digest
username = {position}
password = {password}
"""

FOLDERS = """[options]
nocolor = yes
[directories]
astetcdir => {folder}
astrundir => {folder}
astlogdir => {folder}
astspooldir => {folder}
astvarlibdir => {folder}
astdbdir => {folder}
astkeydir => {folder}
astcachedir => {folder}
"""


@dataclass
class Outside:
    """The running second Asterisk."""

    program: Path
    folder: Path

    def command(self, words: str) -> str:
        """One line to its command line interface; its answer."""
        said = subprocess.run(
            [self.program, "-C", self.folder / "asterisk.conf", "-rx", words],
            capture_output=True, text=True, errors="replace", timeout=10, check=False,
        )  # fmt: skip
        return said.stdout

    def booted(self) -> bool:
        return "fully booted" in self.command("core waitfullybooted")

    def signed_in(self) -> bool:
        return bool(re.search(r"\bRegistered\b", self.command("pjsip show registrations")))

    def rejected(self) -> bool:
        return bool(re.search(r"\bRejected\b", self.command("pjsip show registrations")))

    def dial(self) -> None:
        """The citizen dials 112; when it is answered he speaks once and hangs up."""
        self.command("channel originate Local/call@citizen/n extension speaks@citizen")

    def failure(self) -> str:
        """How the citizen's call ended without an answer, as "BUSY 17"; empty while it goes on or was answered."""
        with suppress(OSError):
            found = re.findall(r"the call ended: (\w+) (\d*)", (self.folder / "messages").read_text(errors="replace"))
            return " ".join(found[-1]) if found and found[-1][0] != "ANSWER" else ""
        return ""

    def sign_out(self) -> None:
        self.command("pjsip send unregister position")


def files(folder: Path, server: str, position: str, password: str, root: Path) -> dict[str, str]:
    """Its whole configuration."""
    port, rtp = free_port(), random.randrange(40000, 60000, 2)  # noqa: S311 - no secret; Asterisk skips what is taken
    phones = PHONES.format(port=port, server=server, host=server.rpartition(":")[0].strip("[]"))
    if position:
        phones += POSITION.format(server=server, position=position, password=password)
    folders = FOLDERS.format(folder=folder)
    if root.is_dir():  # fetched, not installed: its modules lie elsewhere
        folders += f"astmoddir => {next(root.glob('usr/lib/*/asterisk/modules'))}\n"
        folders += f"astdatadir => {root / 'usr/share/asterisk'}\n"
    loads = "".join(f"load = {name}.so\n" for name in MODULES.split())
    return {
        "asterisk.conf": folders,
        "modules.conf": f"[modules]\nautoload = no\n{loads}",
        "extensions.conf": DIALPLAN.format(
            caller=CALLER, folder=folder, dials_s=CALLER_DIALS_S, after_s=ANSWERS_AFTER_S
        ),
        "pjsip.conf": phones,
        "rtp.conf": f"[general]\nrtpstart = {rtp}\nrtpend = {rtp + 198}\n",
        "pjproject.conf": "[startup]\ntype = startup\nlog_level = 2\n",
        "logger.conf": "[logfiles]\nmessages = notice,warning,error\n",
    }


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


@contextmanager
def outside(prefix: Path, folder: Path, server: str, position: str, password: str) -> Iterator[Outside]:
    """Runs while the block runs. The voices lie in the folder as caller.wav and call-taker.wav."""
    program = prefix / "bin" / "asterisk"
    if not program.exists():
        raise CallCenterError("{program} is missing. Start ./run once: it fetches it.", program=program)
    for name, text in files(folder, server, position, password, prefix / "root").items():
        (folder / name).write_text(text)
    with (folder / "console").open("wb") as out:
        process = subprocess.Popen(
            [program, "-f", "-C", folder / "asterisk.conf"],
            stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True, preexec_fn=_die_with_us,
        )  # fmt: skip
    try:
        world = Outside(program, folder)
        end = time.monotonic() + BOOTS_IN_S
        while not world.booted():
            if time.monotonic() > end or process.poll() is not None:
                said = (folder / "console").read_text(errors="replace").strip().splitlines()[-3:]
                raise CallCenterError("The second Asterisk does not start: {said}", said=" / ".join(said))
            time.sleep(0.1)
        yield world
    finally:
        with suppress(OSError, subprocess.SubprocessError):
            Outside(program, folder).sign_out()
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(5)
        process.kill()
        process.wait()


def _die_with_us() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
