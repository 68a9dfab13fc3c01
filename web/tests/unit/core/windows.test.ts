/** The list of open windows, from bytes and to bytes. */

import { beforeEach, expect, test } from "vitest";
import type { Bytes } from "../../../src/core/outgoing";
import { FromAgent } from "../../../src/core/tags";
import { Windows, type OpenWindow } from "../../../src/core/windows";
import { jsonMessage } from "../../support/agent-messages";

const EDITOR = { id: 0x2000003, title: "Größe", active: true, minimised: false };

let told: (readonly OpenWindow[])[];
let sent: Bytes[];
let windows: Windows;

beforeEach(() => {
  told = [];
  sent = [];
  windows = new Windows((all) => told.push(all));
});

test("they are told with the greeting, and again when they change", () => {
  windows.welcomed({ windows: [EDITOR] }, () => undefined);
  windows.hear(new DataView(jsonMessage(FromAgent.WINDOWS, { windows: [] }).buffer));
  expect(told).toEqual([[EDITOR], []]);
});

test("an agent that knows nothing of windows has none", () => {
  windows.welcomed({}, () => undefined);
  expect(told).toEqual([[]]);
});

test("what is to be done with one goes to the agent, while there is one", () => {
  windows.welcomed({}, (message) => sent.push(message));
  windows.show(EDITOR.id);
  windows.minimise(1);
  windows.close(1);
  windows.lost();
  windows.close(1);
  expect(sent.map((message) => [...message])).toEqual([
    [0x1c, 2, 0, 0, 3, 1],
    [0x1c, 0, 0, 0, 1, 2],
    [0x1c, 0, 0, 0, 1, 3],
  ]);
});
