import eslint from "@eslint/js";
import tseslint from "typescript-eslint";

/** Which layers of src a layer may import, beside itself. docs/architecture.md explains why. */
const mayImport = {
  core: [],
  http: ["core"],
  config: ["core", "resources", "generated"],
  state: ["core", "http", "generated"],
  api: ["core", "http", "generated"],
  resources: ["core", "api/operations"],
  engine: ["core", "api", "state/store.ts"],
  views: ["core", "engine/events.ts", "engine/show/shown.ts", "generated"],
  emulator: ["core", "http", "api/operations", "generated"],
};
const layers = [...Object.keys(mayImport), "cli", "generated"];

/** How many folders deep a layer has files. */
const depths = [0, 1, 2];

/**
 * Returns the rule for files that many folders deep in a layer: a regular expression for the relative imports that leave the layer
 * for one that it may not import.
 */
function forbidden(layer, depth) {
  const allowed = mayImport[layer].map((entry) =>
    entry.endsWith(".ts") ? entry.replace(/\.ts$/, ".js") : `${entry}/`,
  );
  const others = layers.filter((other) => other !== layer);
  return {
    regex: `^(?:\\.\\./){${depth + 1}}(?!${["\\.\\./", ...allowed].join("|")})(?:${others.join("|")})/`,
    message: `${layer} may import only: ${["itself", ...mayImport[layer]].join(", ")}.`,
  };
}

export default tseslint.config(
  { ignores: ["build/", "**/dist/", "coverage/", "src/generated/*.cjs"] },
  eslint.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "separate-type-imports" }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      // Index signatures are read with brackets (tsconfig: noPropertyAccessFromIndexSignature).
      "@typescript-eslint/dot-notation": "off",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      eqeqeq: "error",
      "no-console": "error",
    },
  },
  {
    files: ["test/**/*.ts", "bench/**/*.ts"],
    rules: { "@typescript-eslint/no-non-null-assertion": "off" },
  },
  {
    files: ["**/*.{js,mjs}"],
    languageOptions: {
      globals: {
        process: "readonly",
        console: "readonly",
        URL: "readonly",
        setTimeout: "readonly",
        AbortController: "readonly",
      },
    },
  },
  {
    files: ["src/views/reports/html/report.js"],
    languageOptions: {
      globals: Object.fromEntries(
        ["document", "location", "clearTimeout", "Event", "addEventListener", "requestAnimationFrame"].map(
          (name) => [name, "readonly"],
        ),
      ),
    },
  },
  ...Object.keys(mayImport).flatMap((layer) =>
    depths.map((depth) => ({
      files: [`src/${layer}/${"*/".repeat(depth)}*.ts`],
      rules: { "no-restricted-imports": ["error", { patterns: [forbidden(layer, depth)] }] },
    })),
  ),
);
