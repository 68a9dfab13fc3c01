/** What the stage must show, by what runs and what is awaited. */

import { expect, test } from "vitest";
import { Applications } from "../../../src/app/applications";
import type { Welcome } from "../../../src/core/incoming";

const calculator = { name: "galculator", displayName: "Calculator", description: "", icon: "" };

function welcome(changes: Partial<Welcome> = {}): Welcome {
  const size = { width: 320, height: 200, screens: [] };
  const nothing = { running: [], starting: [], features: {} };
  return { ...size, ...nothing, view: "APP", applications: [calculator], ...changes };
}

test("with nothing running the user must choose", () => {
  expect(new Applications(welcome()).mustChoose).toBe(true);
});

test("on a desktop there is nothing to choose", () => {
  expect(new Applications(welcome({ view: "DESKTOP" })).mustChoose).toBe(false);
});

test("an application that has been started is waited for, by its name to show", () => {
  const applications = new Applications(welcome({ starting: ["galculator"] }));
  expect(applications.mustChoose).toBe(false);
  expect(applications.starting).toBe("Calculator");
});

test("once something runs nothing is awaited, and when it ends the user must choose", () => {
  const applications = new Applications(welcome({ starting: ["galculator"] }));
  applications.run(["galculator"]);
  expect([applications.starting, applications.latest]).toEqual(["", "Calculator"]);
  applications.run([]);
  expect(applications.mustChoose).toBe(true);
});

test("on a session that goes on nothing is awaited", () => {
  const applications = new Applications(welcome({ running: ["galculator"] }));
  expect(applications.awaited).toBe("");
});
