/** Encoded pictures of one colour each, made by the browser that will have to decode them. */

import type { Page } from "playwright-core";

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A JPEG of this colour. */
export async function jpeg(page: Page, colour: string, size: Size): Promise<Uint8Array> {
  const bytes = await page.evaluate(
    async ({ colour, width, height }) => {
      const canvas = new OffscreenCanvas(width, height);
      const context = canvas.getContext("2d");
      if (context === null) throw new Error("no canvas");
      context.fillStyle = colour;
      context.fillRect(0, 0, width, height);
      const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.9 });
      return [...new Uint8Array(await blob.arrayBuffer())];
    },
    { colour, ...size },
  );
  return new Uint8Array(bytes);
}

/** H.264 in Annex B form, a frame for each colour; the first is the key frame. */
export async function h264(
  page: Page,
  colours: readonly string[],
  size: Size,
): Promise<readonly Uint8Array[]> {
  const film = await page.evaluate(
    async ({ colours, width, height }) => {
      const frames: number[][] = [];
      const encoder = new VideoEncoder({
        output: (chunk) => {
          const bytes = new Uint8Array(chunk.byteLength);
          chunk.copyTo(bytes);
          frames.push([...bytes]);
        },
        error: (error) => {
          throw error;
        },
      });
      const avc = { format: "annexb" as const };
      encoder.configure({ codec: "avc1.42e033", width, height, avc, latencyMode: "realtime" });
      const canvas = new OffscreenCanvas(width, height);
      const context = canvas.getContext("2d");
      if (context === null) throw new Error("no canvas");
      for (const [index, colour] of colours.entries()) {
        context.fillStyle = colour;
        context.fillRect(0, 0, width, height);
        const frame = new VideoFrame(canvas, { timestamp: index * 16_000 });
        encoder.encode(frame, { keyFrame: index === 0 });
        frame.close();
      }
      await encoder.flush();
      return frames;
    },
    { colours: [...colours], ...size },
  );
  return film.map((bytes) => new Uint8Array(bytes));
}

/** The colour in the middle of the picture that the page shows, red, green and blue. */
export async function shownColour(page: Page): Promise<readonly number[]> {
  return page.evaluate(() => {
    const canvas = document.querySelector("canvas");
    const context = canvas?.getContext("2d");
    if (!canvas || !context) throw new Error("the page has no picture");
    const { data } = context.getImageData(canvas.width / 2, canvas.height / 2, 1, 1);
    return [...data].slice(0, 3);
  });
}
