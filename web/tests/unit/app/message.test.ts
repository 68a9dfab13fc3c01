/** Pages that are nothing but a message. */

import { beforeEach, describe, expect, test } from "vitest";
import { webAddress } from "../../../src/app/addresses";
import { ending, messageOf, showMessage } from "../../../src/app/message";
import { Refusal } from "../../../src/app/service";
import { Unreachable } from "../../../src/core/asking";

beforeEach(() => {
  document.body.replaceChildren();
});

describe("a refusal", () => {
  test("has a headline by its code and the service's words below", () => {
    const refusal = new Refusal(403, "expired_url", "This link has expired. Ask for a new one.");
    showMessage(messageOf(refusal));
    expect(document.querySelector("h1")?.textContent).toBe("This link has expired");
    expect(document.querySelector("p")?.textContent).toBe("Ask for a new one.");
    expect(document.documentElement.dataset.state).toBe("error");
  });

  test("that nobody knows yet has a headline all the same", () => {
    const message = messageOf(new Refusal(418, "teapot", "Short and stout."));
    expect(message.headline).toBe("This session cannot be opened");
    expect(message.text).toBe("Short and stout.");
  });

  test("that may pass can be tried again", () => {
    expect(messageOf(new Refusal(409, "no_capacity", "")).action?.label).toBe("Try again");
    expect(messageOf(new Refusal(403, "used_url", "")).action).toBeUndefined();
  });

  test("of a session that is gone says how it ended", () => {
    const message = messageOf(new Refusal(410, "max_duration", "", { redirectUrl: "https://example.com/after" }));
    expect(message.next).toBe("https://example.com/after");
    expect(message).toMatchObject({
      state: "ended",
      headline: "Your session has reached its time limit",
    });
  });
});

test("who came from a page of applications can go back there", () => {
  const refusal = new Refusal(410, "ended_by_user", "You have ended your session.", {
    portal: "/portal/1/r",
  });
  showMessage(messageOf(refusal));
  const link = document.querySelector("a");
  expect([link?.textContent, link?.getAttribute("href")]).toEqual(["Your applications", "/portal/1/r"]);
  expect(document.querySelector("p")).toBeNull();
});

test("a service that does not answer can be tried again", () => {
  expect(messageOf(new Unreachable(null)).action?.label).toBe("Try again");
});

test("a fault of our own is no message", () => {
  expect(() => messageOf(new TypeError("ours"))).toThrow("ours");
});

describe("the end", () => {
  const end = { reason: "idle", message: "Nothing was typed.", redirectUrl: "" };

  test("for being away offers to go on", () => {
    expect(ending(end).action?.label).toBe("Continue");
  });

  test("by an administrator offers nothing", () => {
    const message = ending({ ...end, reason: "expired_by_administrator" });
    expect(message.headline).toBe("Your session was ended by an administrator");
    expect(message.action).toBeUndefined();
  });

  test("names the place where the browser goes next", () => {
    showMessage(ending({ ...end, redirectUrl: "https://example.com/done?x=1" }));
    const link = document.querySelector("a");
    expect([link?.href, link?.textContent]).toEqual([
      "https://example.com/done?x=1",
      "example.com",
    ]);
  });
});

test("what the service says is text and never markup", () => {
  showMessage(messageOf(new Refusal(403, "x", "<img src=x onerror=alert(1)>")));
  expect(document.querySelector("img")).toBeNull();
  expect(document.querySelector("p")?.textContent).toBe("<img src=x onerror=alert(1)>");
});

test.each([
  ["https://example.com/a", "https://example.com/a"],
  ["http://example.com", "http://example.com/"],
  ["javascript:alert(1)", ""],
  ["data:text/html,x", ""],
  ["/elsewhere", ""],
  ["", ""],
])("the browser is sent from %j to %j", (address, href) => {
  expect(webAddress(address)).toBe(href);
});

test("a headline that says all is not said twice", () => {
  const end = { reason: "ended_by_user", message: "You have ended your session.", redirectUrl: "" };
  showMessage(ending(end));
  expect(document.querySelector("p")?.textContent).toBe("You can close this window.");
});
