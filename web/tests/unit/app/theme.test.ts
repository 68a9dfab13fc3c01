/** What a page takes from the theme that the service puts into it. */

import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ending, showMessage } from "../../../src/app/message";
import { linksOf, nameTab, themeFrom, themeOf, wear } from "../../../src/app/theme";

const PICTURE = `/themes/${"0a".repeat(32)}`;
const SAID = {
  title: "Training",
  styling: "PINK",
  logo: PICTURE,
  favicon: PICTURE,
  links: [{ name: "Help", url: "https://help.example/" }],
};

function put(said: unknown): void {
  const meta = document.createElement("meta");
  meta.name = "ownstream-theme";
  meta.content = JSON.stringify(said);
  document.head.replaceChildren(meta);
}

beforeEach(() => {
  document.head.replaceChildren();
  document.body.replaceChildren();
});

afterEach(() => {
  document.head.replaceChildren();
  delete document.documentElement.dataset.styling;
});

describe("a page with a theme", () => {
  test("wears its colours, its title and its icon", () => {
    put(SAID);
    wear(document, themeOf(document));
    expect(document.documentElement.dataset.styling).toBe("PINK");
    expect(document.title).toBe("Training");
    expect(document.querySelector("link[rel=icon]")?.getAttribute("href")).toBe(PICTURE);
  });

  test("keeps the tab's title whatever happens in it", () => {
    put(SAID);
    nameTab("xterm");
    expect(document.title).toBe("Training");
  });

  test("shows logo and links when all that is left is a message", () => {
    put(SAID);
    showMessage(ending({ reason: "ended_by_user", message: "", redirectUrl: "" }));
    expect(document.querySelector(".message .logo")?.getAttribute("src")).toBe(PICTURE);
    const link = document.querySelector<HTMLAnchorElement>(".message .links a");
    expect([link?.textContent, link?.href]).toEqual(["Help", "https://help.example/"]);
    expect(link?.rel).toBe("noopener noreferrer");
  });
});

test("a page without one has its own title and neither logo nor links", () => {
  nameTab("xterm");
  showMessage(ending({ reason: "ended_by_user", message: "", redirectUrl: "" }));
  expect(document.querySelector(".logo, .links")).toBeNull();
  expect(document.title).toBe("You have ended your session");
});

describe("what is no theme's", () => {
  test.each([
    "//evil.example/x",
    "https://evil.example/x",
    "/icons/x",
    "javascript:alert(1)",
    `${PICTURE}/../x`,
  ])("picture %s is not loaded", (logo) => {
    expect(themeFrom({ ...SAID, logo }).logo).toBe("");
  });

  test.each(["javascript:alert(1)", "data:text/html,x", "ftp://host/", "", "nonsense"])(
    "link %s leads nowhere",
    (url) => {
      expect(linksOf(themeFrom({ ...SAID, links: [{ name: "x", url }] }))).toBeNull();
    },
  );

  test("styling is no colour", () => {
    expect(themeFrom({ ...SAID, styling: '"] * {' }).styling).toBe("");
  });
});
