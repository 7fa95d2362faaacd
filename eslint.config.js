import eslint from "@eslint/js";
import tseslint from "typescript-eslint";

/** Which layers of src a layer may import, beside itself. docs/architecture.md explains why. */
const mayImport = {
  core: [],
  config: ["core", "resources", "generated"],
  state: ["core", "generated"],
  api: ["core", "generated"],
  resources: ["core", "api/operations.ts", "api/models.ts"],
  engine: ["core", "api", "state/store.ts"],
  views: ["core", "engine/events.ts", "engine/shown.ts"],
  emulator: ["api/operations.ts", "api/models.ts", "core", "generated"],
};
const layers = [...Object.keys(mayImport), "cli", "generated"];

/** Everything outside a layer that its files must not import, as gitignore-style groups of import specifiers. */
function forbidden(layer) {
  const groups = [];
  for (const other of layers) {
    if (other === layer) continue;
    const allowed = mayImport[layer].filter((entry) => entry === other || entry.startsWith(`${other}/`));
    if (allowed.includes(other)) continue;
    const files = allowed.map((entry) => `!**/${entry.replace(/\.ts$/, ".js")}`);
    groups.push({
      group: [`**/${other}/**`, ...files],
      message: `${layer} may import only: ${["itself", ...mayImport[layer]].join(", ")}.`,
    });
  }
  return groups;
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
  ...Object.keys(mayImport).map((layer) => ({
    files: [`src/${layer}/**/*.ts`],
    rules: { "no-restricted-imports": ["error", { patterns: forbidden(layer) }] },
  })),
);
