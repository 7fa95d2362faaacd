import { expect, it } from "vitest";
import { FileSet } from "../../../../src/config/files/file-set.js";
import { readIncluded } from "../../../../src/config/files/include.js";
import { VariableLayers } from "../../../../src/config/variables/variable-layers.js";

it("reads the variables of all files only for entries that refer to variables", async () => {
  const set = new FileSet({ cwd: "/nowhere" });
  for (const text of ["include: [x.yaml]", "include: ['${var:a}.yaml']", "include: [y.yaml]"])
    set.files.push({ file: "a.yaml", bytes: Buffer.from(text) });
  const layers = new VariableLayers({ env: {}, vars: { a: "z" } }, undefined, { cwd: "/nowhere" });
  let looks = 0;
  const over = layers.over.bind(layers);
  layers.over = async (contents) => {
    looks++;
    return over(contents);
  };

  const { diagnostics } = await readIncluded(set, { layers, cwd: "/nowhere", signal: undefined });

  expect(diagnostics.map(({ detail }) => detail?.split(" ")[0])).toEqual(["x.yaml", "z.yaml", "y.yaml"]);
  expect(looks).toBe(1);
});
