"""The copy of a person's data as one file.

In:  what was found, a page made of it, the recordings' folder. Out: a ZIP: data.json, data.html, recordings/.
Never: a file from outside the recordings' folder; a whole recording in memory.
"""

import json
import zipfile
from pathlib import Path

from callcenter.storage.recording_files import smaller_of
from callcenter.storage.subject import Found, told

LAW = "UU 27/2022 tentang Pelindungan Data Pribadi"


def write_zip(path: Path, found: Found, readable: str, folder: Path) -> None:
    """In a thread: it reads and packs files."""
    about = {"law": LAW, "number": found.e164, "data": told(found)}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("data.json", json.dumps(about, ensure_ascii=False, indent=1, default=str) + "\n")
        out.writestr("data.html", readable)
        for file in sound_of(found, folder):
            out.write(file, f"recordings/{file.name}")


def sound_of(found: Found, folder: Path) -> list[Path]:
    """The recordings that are there: as rows say, or as the call says where it has no row yet."""
    whole = folder.resolve()
    named = [row["path"] for row in found.rows.get("recordings", ()) if row["path"] and row["deleted_at"] is None]
    named += [row["recording"] for row in found.rows.get("calls", ()) if row["recording"]]
    named += [str(smaller_of(Path(name))) for name in named if not (whole / name).is_file()]
    files = {(whole / name).resolve() for name in named}
    return sorted(file for file in files if file.is_relative_to(whole) and file.is_file())
