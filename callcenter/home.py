"""Where things lie below the home and the tools folder: worked out, never set.

In:  the two folders. Out: paths. Never: a folder made, a file opened.
"""

from pathlib import Path


class Folders:
    """The places of one room."""

    home: Path
    tools: Path

    @property
    def settings_file(self) -> Path:
        return self.home / "settings.toml"

    @property
    def secrets_file(self) -> Path:
        return self.home / "secrets.json"

    @property
    def first_run_file(self) -> Path:
        return self.home / "first-run.txt"

    @property
    def spool(self) -> Path:
        """Facts that are not committed yet."""
        return self.home / "spool"

    @property
    def sounds(self) -> Path:
        """The city's own recordings: id/press-1.alaw and the like, in place of the spoken ones of the same name."""
        return self.home / "sounds"

    @property
    def voices(self) -> list[str]:
        """Languages that the city has recordings in."""
        return sorted(folder.name for folder in self.sounds.glob("*") if folder.is_dir())

    @property
    def locales(self) -> Path:
        """The city's own catalogues: jv-x-cirebon.po adds a language, id.po replaces sentences of ours."""
        return self.home / "locales"

    @property
    def log(self) -> Path:
        return self.home / "log"

    @property
    def tls_folder(self) -> Path:
        return self.home / "tls"

    @property
    def asterisk(self) -> Path:
        """Asterisk's part of the home: etc, log, spool, lib, cache."""
        return self.home / "asterisk"

    @property
    def recordings(self) -> Path:
        """Asterisk's monitor folder; a call's recording is YYYY/MM/DD/<call>.wav under it."""
        return self.asterisk / "spool" / "monitor"

    @property
    def cel_file(self) -> Path:
        """Asterisk's own records (CEL; the name is Asterisk's); nobody but Asterisk writes there."""
        return self.asterisk / "log" / "master.db"

    @property
    def asterisk_prefix(self) -> Path:
        """bin/asterisk under it is the Asterisk that we run; root/ is there only where it was fetched."""
        return self.tools / "asterisk"

    @property
    def agencies_copy(self) -> Path:
        """Agencies and categories as they last stood in the database, for a start without it."""
        return self.home / "agencies.json"
