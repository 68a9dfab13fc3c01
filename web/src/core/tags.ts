/** The numbers of the stream's messages; the same facts as `ownstream/channel/tags.py`. */

export const VERSION = 1;

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
