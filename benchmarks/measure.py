"""How single numbers are taken."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page
from tests.support.service import Served

WITHIN_MS = 5000

# From the key event that the page gets to the first animation frame whose canvas differs.
WATCH = """
(within) => new Promise((resolve, reject) => {
  const canvas = document.querySelector('canvas');
  const scratch = new OffscreenCanvas(640, 200);
  const context = scratch.getContext('2d', { willReadFrequently: true });
  const look = () => {
    context.drawImage(canvas, 0, 0);
    return context.getImageData(0, 0, 640, 200).data;
  };
  const before = look();
  window.addEventListener('keydown', () => {
    const pressed = performance.now();
    const check = () => {
      const now = look();
      const elapsed = performance.now() - pressed;
      for (let i = 0; i < now.length; i += 4) {
        if (Math.abs(now[i] - before[i]) > 48) { resolve(elapsed); return; }
      }
      if (elapsed > within) reject(new Error('the picture did not change'));
      else requestAnimationFrame(check);
    };
    requestAnimationFrame(check);
  }, { capture: true, once: true });
  document.documentElement.dataset.watching = 'yes';
})
"""


def key_to_pixel_ms(page: Page, count: int) -> list[float]:
    """Milliseconds from each key's arrival in the page to a changed pixel of the canvas.

    The page types into a terminal in the picture's upper left corner.
    """
    page.wait_for_timeout(1500)  # the terminal's prompt is there, and the picture at rest
    samples: list[float] = []
    for number in range(count):
        elapsed: Any = page.evaluate_handle(
            f"() => {{ window.measured = ({WATCH})({WITHIN_MS}); }}"
        )
        elapsed.dispose()
        page.keyboard.press("ab"[number % 2] if number % 20 != 19 else "Enter")
        samples.append(page.evaluate("() => window.measured"))
        page.wait_for_timeout(120 + 7 * (number % 10))  # at rest, and not in step with frames
    return samples


def instance_memory_mib(service: Served) -> list[float]:
    """Proportional memory of each running instance: agent, X server and applications."""
    folders = [entry.name for entry in service.instances_dir.iterdir() if entry.is_dir()]
    return [_pss_mib(service.instances_dir / name) for name in folders if name.startswith("i-")]


def _pss_mib(folder: Path) -> float:
    roots = [pid for pid in _pids() if str(folder) in _read(pid, "cmdline")]
    parents = {pid: _parent(pid) for pid in _pids()}
    tree = {pid for pid in parents if any(root in _ancestry(pid, parents) for root in roots)}
    return sum(_pss_kib(pid) for pid in tree) / 1024


def _pids() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _ancestry(pid: int, parents: dict[int, int]) -> set[int]:
    line: set[int] = set()
    while pid > 1 and pid not in line:
        line.add(pid)
        pid = parents.get(pid, 0)
    return line


def _parent(pid: int) -> int:
    stat = _read(pid, "stat")
    return int(stat.rpartition(")")[2].split()[1]) if stat else 0


def _pss_kib(pid: int) -> int:
    for line in _read(pid, "smaps_rollup").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    return 0


def _read(pid: int, name: str) -> str:
    try:
        return Path(f"/proc/{pid}/{name}").read_text(errors="replace")
    except OSError:
        return ""
