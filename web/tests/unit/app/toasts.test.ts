/** Messages over the stage. */

import { beforeEach, expect, test } from "vitest";
import { Toasts } from "../../../src/app/toasts";
import { ManualTimers } from "../../support/manual-timers";

let timers: ManualTimers;
let toasts: Toasts;

beforeEach(() => {
  timers = new ManualTimers();
  toasts = new Toasts(timers, () => undefined);
});

function countdown(): string | null | undefined {
  return toasts.element.querySelector(".countdown")?.textContent;
}

test("a warning counts down to what it warns of, and stays there", () => {
  toasts.warn({ warning: "Soon.", seconds: 61 });
  const seen = [countdown()];
  for (let second = 0; second < 2; second += 1) {
    timers.pass(1000);
    seen.push(countdown());
  }
  expect(seen).toEqual(["1:01", "1:00", "0:59"]);
  timers.pass(100_000);
  expect(countdown()).toBe("0:00");
});

test("what is counted down is not read aloud at every second", () => {
  toasts.warn({ warning: "Soon.", seconds: 61 });
  expect(toasts.element.querySelector("[role=timer] ")?.className).toBe("countdown");
});

test("another warning takes the place of the first, none takes it away", () => {
  toasts.warn({ warning: "Soon.", seconds: 60 });
  toasts.warn({ warning: "Sooner.", seconds: 10 });
  expect(toasts.element.children).toHaveLength(1);
  expect(countdown()).toBe("0:10");
  toasts.warn({ warning: "", seconds: 0 });
  timers.pass(5000);
  expect(toasts.element.children).toHaveLength(0);
});

test("a notice passes, a warning does not", () => {
  toasts.warn({ warning: "Soon.", seconds: 60 });
  toasts.notice("Something happened.");
  timers.pass(7000);
  expect([...toasts.element.children].map(({ className }) => className)).toEqual(["toast warning"]);
});
