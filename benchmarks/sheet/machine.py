"""The machine that something was measured on."""

import os
import platform


def machine() -> dict[str, str]:
    """What matters of it, by its name."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30)
    return {
        "cores": str(os.cpu_count()),
        "memory": f"{memory:.0f} GiB",
        "kind": platform.machine(),
        "Linux": platform.release().partition("-")[0],
    }
