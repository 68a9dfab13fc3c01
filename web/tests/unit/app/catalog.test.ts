/** The catalog. */

import { beforeEach, describe, expect, test } from "vitest";
import { Catalog } from "../../../src/app/catalog";
import type { Application } from "../../../src/core/incoming";

let happened: string[];
let catalog: Catalog;

beforeEach(() => {
  happened = [];
  catalog = new Catalog({
    chosen: ({ name }) => happened.push(`chosen ${name}`),
    closed: () => happened.push("closed"),
  });
  document.body.replaceChildren(catalog.element);
});

function application(name: string, changes: Partial<Application> = {}): Application {
  return { name, displayName: name.toUpperCase(), description: "", icon: "", ...changes };
}

function tiles(): readonly HTMLButtonElement[] {
  return [...catalog.element.querySelectorAll<HTMLButtonElement>(".tile")];
}

function search(): HTMLInputElement {
  const field = catalog.element.querySelector("input");
  if (field === null) throw new Error("the catalog has no search field");
  return field;
}

function escape(): void {
  search().dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
}

test("an application is chosen by a click", () => {
  catalog.show([application("a"), application("b")], []);
  catalog.open({ canClose: true });
  tiles()[1]?.click();
  expect(happened).toEqual(["chosen b"]);
});

test("what runs is marked", () => {
  catalog.show([application("a"), application("b")], ["b"]);
  expect(tiles().map((tile) => tile.querySelector(".running") !== null)).toEqual([false, true]);
});

test("the focus stays where it is when something starts or ends", () => {
  const all = [application("a"), application("b")];
  catalog.show(all, []);
  catalog.open({ canClose: true });
  tiles()[1]?.focus();
  catalog.show(all, ["b"]);
  expect(document.activeElement).toBe(tiles()[1]);
});

test("an empty catalog says so", () => {
  catalog.open({ canClose: false });
  const nothing = catalog.element.querySelector<HTMLElement>(".nothing");
  expect([nothing?.hidden, nothing?.textContent]).toEqual([
    false,
    "There are no applications for you here. Ask whoever gave you the link.",
  ]);
});

describe("many applications", () => {
  beforeEach(() => {
    const names = ["editor", "paint", "files", "mail", "chat", "maps", "music", "clock", "notes"];
    catalog.show(
      names.map((name) => application(name, { description: `A ${name} program` })),
      [],
    );
    catalog.open({ canClose: true });
  });

  test("can be searched by name and description", () => {
    search().value = " Paint PRO ";
    search().dispatchEvent(new Event("input"));
    expect(tiles().map((tile) => tile.textContent)).toEqual(["PPAINT"]);
  });

  test("are all there when it is opened again", () => {
    search().value = "paint";
    catalog.hide();
    catalog.open({ canClose: true });
    expect(tiles()).toHaveLength(9);
  });
});

test("few applications need no search", () => {
  catalog.show([application("a")], []);
  expect(search().closest("label")?.hidden).toBe(true);
});

test("Escape closes it, where there is something behind it", () => {
  catalog.open({ canClose: false });
  escape();
  catalog.open({ canClose: true });
  escape();
  expect(happened).toEqual(["closed"]);
});

describe("an icon", () => {
  test("is the gateway's", () => {
    catalog.show([application("a", { icon: "/icons/host/a" })], []);
    expect(catalog.element.querySelector("img")?.getAttribute("src")).toBe("/icons/host/a");
  });

  test.each(["https://elsewhere.example/a.png", "//elsewhere.example/a.png", "javascript:x", ""])(
    "is a letter in place of %j",
    (icon) => {
      catalog.show([application("a", { icon })], []);
      expect(catalog.element.querySelector("img")).toBeNull();
      expect(catalog.element.querySelector(".letter")?.textContent).toBe("A");
    },
  );

  test("that does not load is a letter", () => {
    catalog.show([application("a", { icon: "/icons/host/a" })], []);
    catalog.element.querySelector("img")?.dispatchEvent(new Event("error"));
    expect(catalog.element.querySelector(".letter")?.textContent).toBe("A");
  });
});

test("an application's name is text and never markup", () => {
  catalog.show([application("a", { displayName: "<b>bold</b>" })], []);
  expect(catalog.element.querySelector("b")).toBeNull();
});
