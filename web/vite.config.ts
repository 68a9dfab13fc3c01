import { defineConfig } from "vitest/config";

const EMBED = "appstream-embed";

export default defineConfig({
  build: {
    outDir: "../src/ownstream/gateway/static",
    emptyOutDir: true,
    target: "es2023",
    cssCodeSplit: false,
    modulePreload: false,
    // The page's policy forbids what is not its own file; nothing is worth an exception.
    assetsInlineLimit: 0,
    rolldownOptions: {
      // The page, and the script by which other pages embed it: that one has a name to rely on.
      input: { index: "index.html", [EMBED]: "src/embed/appstream-embed.ts" },
      output: {
        entryFileNames: ({ name }) => (name === EMBED ? "[name].js" : "assets/[name]-[hash].js"),
      },
    },
  },
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["tests/unit/**/*.test.ts"],
          environment: "jsdom",
          setupFiles: ["tests/support/setup.ts"],
          // One jsdom for all: each of its own takes longer than all tests together.
          pool: "threads",
          isolate: false,
        },
      },
      {
        test: {
          name: "browser",
          include: ["tests/browser/**/*.test.ts"],
          testTimeout: 30_000,
          hookTimeout: 30_000,
          // One Chromium at a time is what a machine of two cores bears.
          fileParallelism: false,
        },
      },
    ],
  },
});
