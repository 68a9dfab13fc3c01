// Put into every page before its own scripts: reads the probe's stamp and answer off whatever shows
// the screen (a canvas, several of them, or a video), once in every animation frame.
(() => {
  const BLOCK = 16, BLOCKS = 48, BAND_WIDTH = 864, BAND_HEIGHT = 32;
  const ANSWER = { x: 816, y: 8, width: 32, height: 16 };
  const CLOCK = 65536;
  const band = new OffscreenCanvas(BAND_WIDTH, BAND_HEIGHT).getContext("2d", { willReadFrequently: true });
  const seen = []; // [stamp, shown at, by the system's clock in ms]
  const pressed = []; // when letters arrived in the page
  const answered = []; // when the answer block was seen to have changed
  let answer = null;

  const now = () => performance.timeOrigin + performance.now();

  // What shows the screen, the largest first, then what lies upon it.
  const surfaces = () => {
    const found = [];
    for (const element of document.querySelectorAll("canvas, video")) {
      const width = element.videoWidth ?? element.width;
      const height = element.videoHeight ?? element.height;
      const at = element.getBoundingClientRect();
      const style = getComputedStyle(element);
      const shown = style.display !== "none" && style.visibility !== "hidden" && style.opacity !== "0";
      if (shown && width > 64 && height > 64 && at.width > 64) found.push({ element, width, height, at });
    }
    return found;
  };

  const screenOf = (all) => all.reduce((a, b) => (b.width * b.height > a.width * a.height ? b : a));

  // So much of the screen as the context has room for, from its upper left corner.
  const draw = (context) => {
    const all = surfaces();
    if (!all.length) return null;
    const { width, height } = context.canvas;
    const screen = screenOf(all);
    const scale = { x: screen.width / screen.at.width, y: screen.height / screen.at.height };
    for (const { element, width: across, height: down, at } of all) {
      const own = { x: across / at.width, y: down / at.height };
      const from = [(screen.at.x - at.x) * own.x, (screen.at.y - at.y) * own.y];
      const part = [(width / scale.x) * own.x, (height / scale.y) * own.y];
      try {
        context.drawImage(element, ...[...from, ...part].map(Math.round), 0, 0, width, height);
      } catch {
        // a video that has no picture yet
      }
    }
    return screen;
  };

  const mean = (data, x, y, width, height) => {
    let sum = 0;
    for (let row = y; row < y + height; row++)
      for (let column = x; column < x + width; column++) sum += data[(row * BAND_WIDTH + column) * 4 + 1];
    return sum / (width * height);
  };

  const bitsOf = (data) => {
    const bits = [];
    for (let n = 0; n < BLOCKS; n++) bits.push(mean(data, n * BLOCK + 5, 5, 6, 6) > 128 ? 1 : 0);
    return bits;
  };

  const number = (bits) => bits.reduce((value, bit) => value * 2 + bit, 0);

  const stampOf = (data) => {
    const bits = bitsOf(data);
    if (number(bits.slice(0, 4)) !== 0b1010) return null;
    const body = bits.slice(4, 44);
    const check = [0, 1, 2, 3].map((n) => body.filter((bit, at) => at % 4 === n && bit).length % 2);
    if (number(check) !== number(bits.slice(44))) return null;
    return { scene: number(body.slice(0, 4)), frame: number(body.slice(4, 24)), at: number(body.slice(24)) };
  };

  const lookAtAnswer = (data) => {
    const light = mean(data, ANSWER.x, ANSWER.y, ANSWER.width, ANSWER.height);
    const white = light > 192 ? true : light < 64 ? false : null;
    if (white === null || white === answer) return;
    if (answer !== null) answered.push(now());
    answer = white;
  };

  let looking = true;
  const look = () => {
    if (looking) requestAnimationFrame(look);
    const screen = draw(band);
    if (!screen) return;
    const { data } = band.getImageData(0, 0, BAND_WIDTH, BAND_HEIGHT);
    const stamp = stampOf(data);
    if (!stamp) return;
    const last = seen.at(-1)?.[0];
    if (!last || last.scene !== stamp.scene || last.frame !== stamp.frame || last.at !== stamp.at)
      seen.push([stamp, now()]);
    lookAtAnswer(data);
  };
  requestAnimationFrame(look);

  window.addEventListener(
    "keydown",
    (event) => {
      if (/^[a-z]$/.test(event.key) && !event.repeat) pressed.push(now());
    },
    { capture: true },
  );

  const until = (condition, within) =>
    new Promise((resolve) => {
      let waiting = true;
      const answer = (value) => {
        waiting = false;
        resolve(value);
      };
      const ask = () => {
        const value = condition();
        if (value) answer(value);
        else if (waiting) requestAnimationFrame(ask);
      };
      setTimeout(answer, within, null); // a page that nobody sees draws no frames
      ask();
    });

  const later = (at, than) => ((at - than + CLOCK + CLOCK / 2) % CLOCK) - CLOCK / 2;

  const base64 = async (blob) => {
    const bytes = new Uint8Array(await blob.arrayBuffer());
    let text = "";
    for (let n = 0; n < bytes.length; n += 8192) text += String.fromCharCode(...bytes.subarray(n, n + 8192));
    return btoa(text);
  };

  globalThis.sheet = {
    // The screen's size in its own pixels, or null while nothing shows it.
    size() {
      const all = surfaces();
      if (!all.length) return null;
      const { width, height } = screenOf(all);
      return [width, height];
    },
    // When the first stamp was shown, of a scene if one is told.
    first: (within, scene) =>
      until(() => seen.find(([stamp]) => !scene || stamp.scene === scene)?.[1], within),
    // When the first frame was shown that was drawn after this instant.
    after: (instant, within) =>
      until(() => seen.find(([stamp, at]) => at > instant && later(stamp.at, Math.floor(instant) % CLOCK) > 0)?.[1], within),
    // The scene is shown: [frame, at] of its latest stamp.
    scene: (scene, within) => until(() => seen.at(-1)?.[0].scene === scene && seen.at(-1)[0], within),
    // What has been seen since this instant: [frame, age in ms] of every frame of the scene.
    frames: (since, scene) =>
      seen
        .filter(([stamp, at]) => at >= since && stamp.scene === scene)
        .map(([stamp, at]) => [stamp.frame, later(Math.floor(at) % CLOCK, stamp.at)]),
    now,
    // What was seen before the latest stamp is not kept.
    forget() {
      seen.splice(0, seen.length - 1);
      pressed.length = answered.length = 0;
    },
    // Nothing is read from now on: a page that is only to be there costs no more than a user's.
    stop() {
      looking = false;
    },
    // Ready to time one letter: the answers so far do not count.
    arm() {
      pressed.length = answered.length = 0;
    },
    // Milliseconds from the letter's arrival in the page to the changed answer; null after too long.
    answered: (within) => until(() => pressed.length && answered.find((at) => at >= pressed[0]), within).then(
      (at) => at && at - pressed[0],
    ),
    // The whole screen as a PNG, in base64, at one instant.
    async picture() {
      const screen = screenOf(surfaces());
      const canvas = new OffscreenCanvas(screen.width, screen.height);
      draw(canvas.getContext("2d"));
      return base64(await canvas.convertToBlob({ type: "image/png" }));
    },
    // The same, so many ms after the motion ended that this scene's stamp tells of.
    async pictureAtRest(scene, delay, within) {
      const last = await until(() => seen.at(-1)?.[0].scene === scene && seen.at(-1)[0], within);
      if (!last) return null;
      const wait = delay - later(Math.floor(now()) % CLOCK, last.at);
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      return this.picture();
    },
  };
})();
