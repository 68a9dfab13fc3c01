/** The numbers of the stream's messages; the same facts as `ownstream/channel/tags.py`. */

export const VERSION = 3;

export const FromBrowser = {
  HELLO: 0x01,
  ACK: 0x02,
  KEY: 0x03,
  POINTER: 0x04,
  WHEEL: 0x05,
  RESIZE: 0x06,
  LAUNCH: 0x07,
  RELEASE: 0x08,
  PING: 0x09,
  REFRESH: 0x0a,
  CLIPBOARD: 0x10,
  CLIPBOARD_PIECE: 0x11,
  CLIPBOARD_ACK: 0x12,
  CLIPBOARD_WANT: 0x13,
  LISTEN: 0x18,
  HEARD: 0x19,
  MICROPHONE: 0x1a,
  VOICE: 0x1b,
  WINDOW: 0x1c,
} as const;

export const FromAgent = {
  WELCOME: 0x81,
  FRAME: 0x82,
  CURSOR: 0x83,
  RUNNING: 0x84,
  SIZE: 0x85,
  NOTICE: 0x86,
  PONG: 0x89,
  RECTANGLES: 0x8a,
  EXACT: 0x8b,
  VIDEO: 0x8c,
  CLIPBOARD: 0x90,
  CLIPBOARD_PIECE: 0x91,
  CLIPBOARD_ACK: 0x92,
  CLIPBOARD_REFUSED: 0x93,
  FILES: 0x95,
  SOUND: 0x98,
  MICROPHONE: 0x99,
  WINDOWS: 0x9c,
} as const;

export const ToBrowser = {
  SESSION: 0xc1,
  END: 0xc2,
} as const;

export const WindowAct = {
  SHOW: 1,
  MINIMISE: 2,
  CLOSE: 3,
} as const;

export const Codec = {
  H264: 1,
  JPEG: 2,
} as const;

export const FrameFlag = {
  KEY: 1,
  LAST: 2,
} as const;

export const RectanglesFlag = {
  FRESH: 1,
} as const;

/** How a rectangle is encoded, by RFC 6143's numbers. */
export const Encoding = {
  COPY: 1,
  TIGHT: 7,
} as const;

export const SoundFlag = {
  LAST: 1,
} as const;

export const VoiceCodec = {
  OPUS: 1,
  PCM: 2,
} as const;

/** Samples a second. */
export const SOUND_RATE = 48_000;

/** Of a clipboard's contents so much is on its way at once, in pieces of this size. */
export const CLIPBOARD_PIECE_BYTES = 16 * 1024;
export const CLIPBOARD_PIECES_AHEAD = 4;
