"""The pictures that the probe draws, made the same way every time, and what a frame must look like.

Text is grey-scale antialiased, as toolkits draw it. The video is a "dead leaves" picture, textured
overlapping discs, whose edges and spectrum are those of photographs: a camera turns, zooms and pans
over it, and three objects move on their own.
"""

from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from benchmarks.sheet.scenes import (
    LINE,
    SCROLL_STEP,
    TEXT_ROWS,
    TYPED,
    VIDEO_FRAMES,
    video_index,
)
from benchmarks.sheet.stamp import BAND, Scene

Pixels = np.ndarray[Any, np.dtype[np.uint8]]  # rows, columns, red green blue
Size = tuple[int, int]

_FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf"
_FONT_PIXELS = 14
_PAPER, _INK = (255, 255, 255), (32, 32, 36)
_COLOURS = ((0, 92, 175), (160, 40, 40), (30, 120, 60), (120, 60, 150))
_TEXT = (
    "return value while every session keeps its own screen and (self) index += 1 frame.copy() "
    "listen for 127.0.0.1 path/to/file yields [none] if the window moves = 0.25 key => pixel "
    "def import class open close begin end first last wide narrow"
)
_WORDS = _TEXT.split()
_LEAVES = 4000
_IDENTICAL_DB = 99.0


@dataclass(frozen=True)
class Motion:
    """How an object of the video goes from its first frame to its last."""

    at: tuple[float, float]  # shares of width and height
    by: tuple[float, float]
    radius: float  # share of the height


_OBJECTS = (
    Motion(at=(0.15, 0.70), by=(0.30, -0.35), radius=0.12),
    Motion(at=(0.80, 0.25), by=(-0.35, 0.20), radius=0.16),
    Motion(at=(0.55, 0.85), by=(0.05, -0.60), radius=0.07),
)


def write_pictures(folder: Path, size: Size, *, with_video: bool = True) -> None:
    """The probe's files for a screen of this size are in the folder."""
    width, height = size
    suffix = f"{width}x{height}.bgrx"
    (folder / f"text-{suffix}").write_bytes(bgrx(text(width)))
    (folder / f"letters-{suffix}").write_bytes(bgrx(letters()))
    if not with_video:
        return
    with (folder / f"video-{suffix}").open("wb") as file:
        for number in range(VIDEO_FRAMES):
            file.write(bgrx(video((width, height - BAND), number)))


def below_band(scene: Scene, frame: int, size: Size) -> Pixels:
    """What the screen shows below the band at this frame of a moving scene."""
    width, height = size[0], size[1] - BAND
    if scene is Scene.VIDEO:
        return video((width, height), video_index(frame))
    rows = (np.arange(height) + frame * SCROLL_STEP) % TEXT_ROWS
    return text(width)[rows]


def psnr_db(seen: Pixels, true: Pixels) -> float:
    """How near the seen picture is to the true one, over all colours; 99 if they are equal."""
    error = np.mean((seen.astype(np.float32) - true.astype(np.float32)) ** 2)
    if error == 0:
        return _IDENTICAL_DB
    return min(_IDENTICAL_DB, float(10 * np.log10(255**2 / error)))


def bgrx(picture: Pixels) -> bytes:
    """As an X server with a 24 bit visual keeps it."""
    padded = np.full((*picture.shape[:2], 4), 255, np.uint8)
    padded[..., :3] = picture[..., ::-1]
    return padded.tobytes()


@cache
def text(width: int) -> Pixels:
    """A page of text as long as it is before it begins anew."""
    page = Image.new("RGB", (width, TEXT_ROWS), _PAPER)
    draw, font, random = _tools(page, seed=1)
    for y in range(0, TEXT_ROWS, LINE):
        x = 8 + 36 * int(random.integers(0, 4))
        until = int(width * random.uniform(0.35, 0.98))
        while x < until:
            word = _WORDS[random.integers(len(_WORDS))]
            colour = _COLOURS[random.integers(len(_COLOURS))] if random.random() < 0.2 else _INK
            draw.text((x, y + 1), word, fill=colour, font=font)
            x += int(draw.textlength(word + " ", font=font))
    return np.asarray(page)


@cache
def letters() -> Pixels:
    """a to z, each in its cell."""
    row = Image.new("RGB", (26 * TYPED.width, TYPED.height), _PAPER)
    draw, font, _ = _tools(row, seed=0)
    for number in range(26):
        draw.text((number * TYPED.width, 1), chr(ord("a") + number), fill=_INK, font=font)
    return np.asarray(row)


@lru_cache(maxsize=4)
def video(size: Size, number: int) -> Pixels:
    """One of the video's pictures."""
    width, height = size
    progress = number / (VIDEO_FRAMES - 1)
    scene = _seen_by_camera(_leaves(size), size, progress)
    for index, motion in enumerate(_OBJECTS):
        radius = int(motion.radius * height)
        sprite, mask = _object(radius, seed=10 + index)
        x = int((motion.at[0] + motion.by[0] * progress) * width) - radius
        y = int((motion.at[1] + motion.by[1] * progress) * height) - radius
        scene.paste(sprite, (x, y), mask)
    return np.asarray(scene)


def _seen_by_camera(world: Image.Image, size: Size, progress: float) -> Image.Image:
    """What a camera sees that turns, zooms and pans over the world."""
    width, height = size
    angle, zoom = 0.10 * (progress - 0.5), 1.0 - 0.12 * progress
    cos, sin = float(np.cos(angle)) * zoom, float(np.sin(angle)) * zoom
    x = world.width * (0.44 + 0.12 * progress) - (width * cos - height * sin) / 2
    y = world.height * (0.47 + 0.06 * progress) - (width * sin + height * cos) / 2
    matrix = (cos, -sin, x, sin, cos, y)
    return world.transform(size, Image.Transform.AFFINE, matrix, Image.Resampling.BICUBIC)


@cache
def _leaves(size: Size) -> Image.Image:
    """Discs over discs, their radii by a power law, each with a texture and a shade of its own."""
    random = np.random.default_rng(7)
    width, height = int(size[0] * 1.5), int(size[1] * 1.7)
    texture = _texture(random, (height, width))
    canvas = np.repeat(110 + 30 * texture[..., None], 3, axis=2)
    for _ in range(_LEAVES):
        radius = int(size[1] * 0.018 / (random.random() ** 0.6 + 0.05))
        centre = (int(random.integers(width)), int(random.integers(height)))
        colour = random.uniform(20, 235, 3) * 0.5 + random.uniform(20, 235) * 0.5
        _paint_disc(canvas, centre, radius, (colour, random.uniform(8, 40)), texture)
    sharp = Image.fromarray(np.clip(canvas, 0, 255).astype(np.uint8))
    return sharp.filter(ImageFilter.GaussianBlur(0.8))  # a lens is never sharper


def _paint_disc(
    canvas: Any, centre: tuple[int, int], radius: int, look: tuple[Any, float], texture: Any
) -> None:
    """The disc is on the canvas: its colour, shaded to one side, and so much of the texture."""
    (cx, cy), (height, width) = centre, canvas.shape[:2]
    top, bottom = max(0, cy - radius), min(height, cy + radius)
    left, right = max(0, cx - radius), min(width, cx + radius)
    ys, xs = np.ogrid[top:bottom, left:right]
    inside = (ys - cy) ** 2 + (xs - cx) ** 2 < radius**2
    shade = 14 * ((xs - cx) + (ys - cy)) / radius
    grain = look[1] * texture[top:bottom, left:right] - shade
    canvas[top:bottom, left:right][inside] = (look[0] + grain[..., None])[inside]


def _texture(random: Any, shape: tuple[int, int]) -> Any:
    """Noise whose spectrum falls as that of natural surfaces does; about one either way."""
    fy, fx = np.fft.fftfreq(shape[0])[:, None], np.fft.rfftfreq(shape[1])[None]
    fall = 1 / np.maximum(np.hypot(fy, fx), 1 / max(shape)) ** 1.1
    noise = np.fft.irfft2(np.fft.rfft2(random.standard_normal(shape)) * fall, shape)
    return (noise / noise.std()).astype(np.float32)


@cache
def _object(radius: int, seed: int) -> tuple[Image.Image, Image.Image]:
    """A textured ball and the mask of its soft edge."""
    random = np.random.default_rng(seed)
    side = 2 * radius
    ys, xs = np.mgrid[:side, :side] - (side - 1) / 2
    far = np.hypot(ys, xs) / radius
    light = 60 * (1 - far**2)[..., None] + random.uniform(60, 170, 3)
    ball = light + 22 * _texture(random, (side, side))[..., None]
    mask = np.clip((1 - far) * radius / 2, 0, 1) * 255
    picture = Image.fromarray(np.clip(ball, 0, 255).astype(np.uint8))
    return picture, Image.fromarray(mask.astype(np.uint8))


def _tools(picture: Image.Image, seed: int) -> tuple[Any, Any, Any]:
    font = ImageFont.truetype(_FONT, _FONT_PIXELS)
    return ImageDraw.Draw(picture), font, np.random.default_rng(seed)
