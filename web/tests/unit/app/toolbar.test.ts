/** The toolbar: tools in their order, one stop of the Tab key, and a menu for what has no room. */

import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { element } from "../../../src/app/dom";
import { Popup } from "../../../src/app/popup";
import { Toolbar, keptTools, relabel } from "../../../src/app/toolbar";

let toolbar: Toolbar;
let said: string[];

beforeEach(() => {
  said = [];
  toolbar = new Toolbar(element("div"), () => said.push("left"));
  document.body.append(toolbar.element);
});

afterEach(() => {
  document.body.replaceChildren();
});

function add(place: "catalog" | "clipboard" | "settings" | "profile"): HTMLButtonElement {
  const action = (): void => {
    said.push(place);
  };
  return toolbar.add({ place, label: `The ${place}`, icon: "catalog", action });
}

function press(key: string): void {
  document.activeElement?.dispatchEvent(
    new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }),
  );
}

function labels(): readonly (string | null)[] {
  const tools = toolbar.element.querySelectorAll<HTMLElement>(".tools .tool");
  return [...tools].filter(({ hidden }) => !hidden).map(({ textContent }) => textContent);
}

test("tools stand in their places, whoever adds them first", () => {
  for (const place of ["profile", "clipboard", "catalog"] as const) add(place);
  expect(labels()).toEqual(["The catalog", "The clipboard", "The profile"]);
});

test("a tool does what it is for, and can be called something else", () => {
  const tool = add("clipboard");
  tool.click();
  relabel(tool, "Another", "close");
  expect([said, labels()]).toEqual([["clipboard"], ["Another"]]);
});

describe("with the keyboard", () => {
  beforeEach(() => {
    const [, hidden] = (["catalog", "clipboard", "settings", "profile"] as const).map(add);
    if (hidden !== undefined) hidden.hidden = true;
    toolbar.focus();
  });

  test.each([
    ["ArrowRight", "The settings"],
    ["ArrowLeft", "The profile"],
    ["End", "The profile"],
    ["Home", "The catalog"],
  ])("%s leads on, round and over what is hidden", (key, label) => {
    press(key);
    expect(document.activeElement?.textContent).toBe(label);
  });

  test("only one tool is a stop of the Tab key, the last that had the focus", () => {
    press("ArrowRight");
    const stops = [...toolbar.element.querySelectorAll<HTMLElement>("[tabindex='0']")];
    expect(stops.map(({ textContent }) => textContent)).toEqual(["The settings"]);
  });

  test("Escape leaves it", () => {
    press("Escape");
    expect(said).toEqual(["left"]);
  });
});

describe("a popup", () => {
  let popup: Popup;
  let tool: HTMLButtonElement;

  beforeEach(() => {
    const entry = element("button", {}, "Something");
    popup = new Popup({ label: "Things", role: "dialog", left: () => said.push("left") }, entry);
    tool = toolbar.addPopup({ place: "settings", label: "Settings", icon: "settings" }, popup);
    tool.click();
  });

  test("opens below its tool, says so, and has the focus", () => {
    expect(tool.getAttribute("aria-expanded")).toBe("true");
    expect(document.activeElement?.textContent).toBe("Something");
  });

  test.each([
    ["its tool", () => { tool.click(); }, ["left"]],
    ["Escape", () => { press("Escape"); }, ["left"]],
    ["a press elsewhere", () => document.body.dispatchEvent(new PointerEvent("pointerdown", { bubbles: true })), []],
    ["the focus elsewhere", () => { add("catalog").focus(); }, []],
  ])("is closed by %s", (_name, act, wanted) => {
    act();
    expect([popup.isOpen, tool.getAttribute("aria-expanded")]).toEqual([false, "false"]);
    expect(said).toEqual(wanted);
  });
});

test.each([
  [4, 160, 40, 4],
  [5, 160, 40, 3],
  [5, 159, 40, 2],
  [5, 10, 40, 0],
  [5, 0, Number.NaN, 5],
])("of %i tools, in %i pixels of %i each, so many stay: %i", (count, room, width, kept) => {
  expect(keptTools(count, room, width)).toBe(kept);
});
