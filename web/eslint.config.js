import js from "@eslint/js";
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

const sizes = {
  "max-lines": ["error", { max: 400, skipComments: true }],
  "max-lines-per-function": ["error", { max: 40, skipComments: true }],
  "max-params": ["error", 4],
  "max-depth": ["error", 3],
  complexity: ["error", 12],
};

const page = {
  // What the server says is text, never markup.
  "no-restricted-properties": [
    "error",
    ...["innerHTML", "outerHTML", "insertAdjacentHTML"].map((property) => ({ property })),
    { object: "document", property: "write" },
  ],
  "no-eval": "error",
  eqeqeq: "error",
};

export default defineConfig(
  { ignores: ["node_modules/"] },
  {
    files: ["**/*.ts"],
    extends: [
      js.configs.recommended,
      tseslint.configs.strictTypeChecked,
      tseslint.configs.stylisticTypeChecked,
    ],
    languageOptions: {
      parserOptions: { project: ["./tsconfig.json", "./tsconfig.tests.json"] },
    },
    rules: {
      ...sizes,
      ...page,
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/switch-exhaustiveness-check": "error",
    },
  },
  {
    files: ["src/core/**/*.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        { patterns: [{ group: ["**/app/**"], message: "core knows nothing of the page." }] },
      ],
    },
  },
  {
    files: ["tests/**/*.ts"],
    // A describe() is a table of contents, not a function to keep short.
    rules: { "max-lines-per-function": "off" },
  },
);
