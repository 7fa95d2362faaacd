import { expect, it } from "vitest";
import { readConfig } from "../../../src/config/read-config.js";
import { readYaml } from "../../../src/config/read/read-yaml.js";
import type { Diagnostic } from "../../../src/core/diagnostic.js";
import { kinds } from "../../../src/resources/index.js";

it("looks at the problems of all files a few times, however many files there are", async () => {
  const read = await readYaml(
    "a.yaml",
    Buffer.from('version: 1\nrooms: { lobby: { subject: yes, description: "$A" } }'),
  );
  const start = { line: 1, column: 1, offset: 0 };
  let looks = 0;
  const problem: Diagnostic = {
    ...{ severity: "warning", code: "text-cut", summary: "Text cut" },
    get range() {
      looks++;
      return { file: "b.yaml", start, end: start };
    },
  };
  const files = Array.from({ length: 500 }, () => ({ ...read, diagnostics: [problem] }));

  await readConfig(files, { variables: { env: {}, vars: {} }, kinds, cwd: "." });

  expect(looks).toBeLessThan(10 * files.length);
});
