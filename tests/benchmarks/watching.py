"""A command run and measured from outside: wall and CPU time, and the peak memory of all its processes together.

Linux only, since it reads ``/proc``. Memory is PSS (resident pages, those shared by n processes counted 1/n each), summed
over every process of the command's session and sampled five times a second; a shorter peak can be missed. CPU time
counts the command and every descendant that was waited for.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

SAMPLE_S = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """How a command ended: exit code, outputs, seconds, peak memory in MB (1e6 bytes), most processes at once."""

    code: int
    output: str
    errors: str
    wall_s: float
    cpu_s: float
    peak_mb: float
    processes: int


def watch(command: Sequence[str], *, folder: Path, environment: Mapping[str, str] | None = None) -> Watched:
    """Run a command in a folder to its end. ``environment`` is added to that of this process."""
    started = time.monotonic()
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        child = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=errors,
            start_new_session=True,
        )
        with _Sampler(child.pid) as sampler:
            _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        wall_s = time.monotonic() - started
        return Watched(
            code=child.returncode,
            output=_read_all(output),
            errors=_read_all(errors),
            wall_s=wall_s,
            cpu_s=usage.ru_utime + usage.ru_stime,
            peak_mb=sampler.peak_bytes / 1e6,
            processes=sampler.most_processes,
        )


def _read_all(stream: object) -> str:
    stream.seek(0)  # type: ignore[attr-defined]
    return bytes(stream.read()).decode("utf-8", errors="replace")  # type: ignore[attr-defined]


class _Sampler:
    """Samples the memory of a session in a thread, from entering the block to leaving it."""

    def __init__(self, session: int) -> None:
        self.peak_bytes = 0
        self.most_processes = 0
        self._session = session
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> _Sampler:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ended.wait(SAMPLE_S):
            sizes = [read_pss(process) for process in list_session(self._session)]
            self.peak_bytes = max(self.peak_bytes, sum(sizes))
            self.most_processes = max(self.most_processes, len(sizes))


def list_session(session: int) -> Iterator[int]:
    """Ids of the live processes of a session."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                # After the name in brackets: state, parent, group, session.
                after_name = (entry / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
            except OSError:
                continue
            if int(after_name[3]) == session:
                yield int(entry.name)


def read_pss(process: int) -> int:
    """Proportional set size in bytes; the resident size where the kernel does not tell; 0 for a process that has ended."""
    folder = Path(f"/proc/{process}")
    for name, key in (("smaps_rollup", "Pss:"), ("status", "VmRSS:")):
        try:
            lines = (folder / name).read_text(encoding="utf-8").splitlines()
        except OSError:
            continue
        for line in lines:
            if line.startswith(key):
                return int(line.split()[1]) * 1024
    return 0
