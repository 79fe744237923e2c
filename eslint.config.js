import tseslint from "typescript-eslint";

// Strict, typed rules for everything that runs in Node or in the browser.
export default tseslint.config(
  { ignores: ["node_modules/**", "var/**", "**/*.mjs", "**/*.js"] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        project: ["./tsconfig.json", "./orchestrator/web/tsconfig.json"],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      // Numbers and booleans in log and error texts are what templates are for.
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        { allowNumber: true, allowBoolean: true },
      ],
      "@typescript-eslint/no-confusing-void-expression": [
        "error",
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      // Process environment is read in config and set-up only; everything else is passed in.
      "no-restricted-syntax": [
        "error",
        {
          selector: "MemberExpression[object.name='process'][property.name='env']",
          message: "process.env is read in orchestrator/config and setup only.",
        },
      ],
    },
  },
  {
    rules: {
      "@typescript-eslint/no-unused-vars": [
        "error",
        // `await using _x` holds something; `{ a: _a, ...rest }` leaves something out.
        { varsIgnorePattern: "^_", argsIgnorePattern: "^_", ignoreRestSiblings: true },
      ],
    },
  },
  {
    files: ["orchestrator/config/**", "setup/**", "test/**", "images/browser/agent/main.ts"],
    rules: { "no-restricted-syntax": "off" },
  },
);
