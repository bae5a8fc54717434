"""A bundle made here runs where there is no network at all: in a network namespace without any road out."""

import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from callcenter.bundle import ROOT, bundle
from callcenter.core.errors import BadInput
from callcenter.settings_reader import read_settings

THIS = f"{sys.version_info.major}.{sys.version_info.minor}"
PORTS = {
    "WEB_PORT": 31020,
    "SIP_PORT": 31021,
    "AMI_PORT": 31022,
    "WS_PORT": 31023,
    "RTP_START": 31030,
    "RTP_END": 31099,
}
ALONE = """
ip link set lo up
test "$(wc -l < /proc/net/route)" -le 1 || exit 99
"$1/run" >"$2/out" 2>"$2/err" &
server=$!
for try in $(seq 2000); do [ -s "$2/out" ] || ! kill -0 $server 2>/dev/null || sleep 0.2; done
"$1/run" healthy
code=$?
kill $server
wait $server
exit $code
"""


@pytest.mark.live
def test_a_bundle_runs_without_any_network(tmp_path: Path) -> None:
    for tool in ("unshare", "ip"):
        if not shutil.which(tool):
            pytest.skip(f"{tool} is not here: apt-get install util-linux iproute2")
    tools = Path(os.environ.get("CALLCENTER_TOOLS") or ROOT / ".tools").absolute()
    settings = read_settings({"CALLCENTER_HOME": str(tmp_path / "home"), "CALLCENTER_TOOLS": str(tools)})
    said = bundle(settings, tmp_path / "bundle.tar.gz", pythons=(THIS,))
    assert "with packages for Python" in said[0]
    with tarfile.open(tmp_path / "bundle.tar.gz") as tar:
        tar.extractall(tmp_path, filter="fully_trusted")
    (tree,) = tmp_path.glob("callcenter-*")
    path = f"{Path(sys.executable).resolve().parent}:/usr/bin:/bin:/usr/sbin:/sbin"
    environ = {"PATH": path} | {f"CALLCENTER_{name}": str(port) for name, port in PORTS.items()}
    # a wrong index would be asked if anything were: then the set-up fails
    environ |= {"PIP_INDEX_URL": "http://127.0.0.1:1/", "HOME": str(tmp_path)}
    alone = ["unshare", "--net", "--map-root-user", "--pid", "--fork", "--kill-child", "--mount-proc"]
    command = [*alone, "sh", "-c", ALONE, "sh", str(tree), str(tmp_path)]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=600)
    logs = "".join(file.read_text() for file in [tmp_path / "err", *tree.glob("var/log/*.log")])
    assert done.returncode == 0, done.stdout + done.stderr + logs[-3000:]
    assert (tmp_path / "out").read_text() == f"http://127.0.0.1:{PORTS['WEB_PORT']}/\n"
    assert "from the bundle" in (tmp_path / "err").read_text()


def test_a_bundle_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "bundle.tar.gz").touch()
    with pytest.raises(BadInput, match="is there already"):
        bundle(read_settings({"CALLCENTER_HOME": str(tmp_path)}), tmp_path / "bundle.tar.gz")
