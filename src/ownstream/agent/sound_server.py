"""The sound server of a session, PulseAudio, and what feeds it: their commands and their script.

It runs in the applications' sandbox, as one of them, from when the first of them connects until the
last has gone. It has no descriptor of the agent but the end of a pipe, into which it writes what
they play; so a taken-over server gains nothing that an application has not.
"""

import shutil
from collections.abc import Sequence

from ownstream.channel.tags import SOUND_RATE

SOCKET = "pulse/native"  # below $XDG_RUNTIME_DIR: where PulseAudio's clients look by themselves
SCRIPT_FILE = "sound/session.pa"
CHANNELS = 2

_PROGRAMS = ("pulseaudio", "pacat")
_IDLE_S = 20  # it ends so long after its last client, and is started again in about 20 ms
_PIPE_FD = 4
_MICROPHONE = "microphone_in"
_MICROPHONE_MS = 40

# The sink writes by the system's clock, so applications never wait for the agent, and not at all
# once it is suspended: silence costs nothing. The microphone is the monitor of a sink of its own,
# since a source has to make silence, too, for those who record while it is off.
_SCRIPT = f"""
load-module module-pipe-sink sink_name=session file=/proc/self/fd/{_PIPE_FD} format=s16le \
rate={SOUND_RATE} channels={CHANNELS} use_system_clock_for_timing=yes \
sink_properties="device.description='Session'"
load-module module-null-sink sink_name={_MICROPHONE} format=s16le rate={SOUND_RATE} channels=1 \
sink_properties="device.description='Microphone input'"
load-module module-remap-source source_name=microphone master={_MICROPHONE}.monitor \
source_properties="device.description='Microphone'"
set-default-sink session
set-default-source microphone
load-module module-suspend-on-idle timeout=1
load-module module-native-protocol-unix auth-cookie-enabled=0
"""


def lacking() -> str:
    """The program without which there is no sound here; empty if all are there."""
    return next((program for program in _PROGRAMS if shutil.which(program) is None), "")


def script() -> str:
    """What the server does at its start."""
    return _SCRIPT


def server_argv() -> Sequence[str]:
    """What runs the server; its descriptors are the listening socket and the pipe.

    It knows the socket by systemd's protocol, which names the process that is meant.
    """
    options = [
        *("-n", '--file="$XDG_RUNTIME_DIR"/ownstream/' + SCRIPT_FILE, "--daemonize=no"),
        *("--use-pid-file=no", f"--exit-idle-time={_IDLE_S}", "--log-level=error"),
        *("--high-priority=no", "--realtime=no", "--disable-shm=yes"),
        *("--disallow-module-loading=yes", "--disallow-exit=yes"),
    ]
    command = " ".join(["exec pulseaudio", *options])
    return ["/bin/sh", "-c", f"LISTEN_FDS=2 LISTEN_PID=$$ {command}"]


def microphone_argv() -> Sequence[str]:
    """What plays its 3rd descriptor, one channel of 16 bits, as what the microphone hears."""
    options = [
        *("--playback", "--raw", "--format=s16le", f"--rate={SOUND_RATE}", "--channels=1"),
        *(f"--device={_MICROPHONE}", f"--latency-msec={_MICROPHONE_MS}"),
    ]
    return ["/bin/sh", "-c", " ".join(["exec pacat", *options, "<&3 3<&-"])]
