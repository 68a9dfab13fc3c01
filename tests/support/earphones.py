"""What a page plays, heard by the browser's own analyser."""

from playwright.sync_api import Page

# What is led to the loudspeaker is led to an analyser as well, which keeps the last 0.7 s.
_WEAR = """
const original = AudioNode.prototype.connect;
AudioNode.prototype.connect = function (target, ...more) {
  if (target instanceof AudioDestinationNode) {
    globalThis.earphones = new AnalyserNode(this.context, { fftSize: 32768 });
    original.call(this, globalThis.earphones);
  }
  return original.call(this, target, ...more);
};
"""
_STRONGEST = """() => {
  const { earphones } = globalThis;
  if (earphones === undefined) return 0;
  const decibels = new Float32Array(earphones.frequencyBinCount);
  earphones.getFloatFrequencyData(decibels);
  const loudest = decibels.reduce((best, now, at) => (now > decibels[best] ? at : best), 0);
  return decibels[loudest] < -60 ? 0 : (loudest * earphones.context.sampleRate) / 32768;
}"""
_LOOKS = 150


def wear_earphones(page: Page) -> None:
    """From its next load on the page is listened to."""
    page.add_init_script(_WEAR)


def heard_hertz(page: Page) -> float:
    """The strongest frequency of the last moment; 0 if there was silence."""
    return page.evaluate(_STRONGEST)


def await_hertz(page: Page, hertz: float) -> None:
    """The page plays this tone; 0 is silence."""
    for _ in range(_LOOKS):
        heard = heard_hertz(page)
        if abs(heard - hertz) < 3:
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"{heard:.0f} Hz are heard, not {hertz:.0f}")
