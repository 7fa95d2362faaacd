import { expect, it } from "vitest";
import { readYaml } from "../../../../src/config/read/read-yaml.js";
import { insertValues } from "../../../../src/config/templates/insert-values.js";
import { RowFiles } from "../../../../src/config/templates/read-rows.js";
import { blockLayout } from "../../../../src/core/kind/block-layout.js";
import { kinds } from "../../../../src/resources/index.js";

class CountingSet extends Set<string> {
  rounds = 0;

  override [Symbol.iterator](): SetIterator<string> {
    this.rounds++;
    return super[Symbol.iterator]();
  }
}

it("looks through the values that could not be read a few times, however many blocks refer to variables", async () => {
  const blocks = Array.from(
    { length: 100 },
    (_one, at) => `  u${at}@\${var:domain}: { settings: !bad {} }\n`,
  );
  const { content } = await readYaml("a.yaml", Buffer.from(`users:\n${blocks.join("")}`));
  if (content === undefined) throw new Error("the file is not valid");
  const unresolved = new CountingSet(content.unresolved);
  const { document } = await insertValues(
    { ...content, unresolved },
    {
      variables: { env: {}, vars: { domain: "example.com" } },
      layout: blockLayout(kinds),
      rowFiles: new RowFiles({ cwd: "." }),
    },
  );

  expect(unresolved.size).toBe(100);
  expect(document.unresolved.has("/users/u99@example.com/settings")).toBe(true);
  expect(unresolved.rounds).toBeLessThan(10);
});

it("finds each of thousands of references in one text from the one before", async () => {
  const reference = "${var:none} ";
  const text = "$" + reference.repeat(40_000);
  const { content } = await readYaml("a.yaml", Buffer.from(`settings: { name: "${text}" }`));
  if (content === undefined) throw new Error("the file is not valid");

  const { diagnostics } = await insertValues(content, {
    ...{ variables: { env: {}, vars: {} }, layout: blockLayout(kinds) },
    rowFiles: new RowFiles({ cwd: "." }),
  });

  expect(diagnostics).toHaveLength(39_999);
  const start = `settings: { name: "$`.length;
  expect(diagnostics.at(0)?.range?.start.offset).toBe(start + reference.length);
  expect(diagnostics.at(-1)?.range?.start.offset).toBe(start + 39_999 * reference.length);
});
