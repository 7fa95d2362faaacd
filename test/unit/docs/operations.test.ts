import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { operation } from "../../../src/api/operations/operations.js";
import { kinds } from "../../../src/resources/index.js";
import { getOperations } from "../../helpers/kind-operations.js";
import { operationsDoc } from "../../helpers/operations-doc.js";

const file = new URL("../../../docs/operations.md", import.meta.url);

describe("docs/operations.md", () => {
  it("matches the operations table and the kinds (UPDATE_DOCS=1 writes it)", () => {
    if (process.env["UPDATE_DOCS"] === "1") writeFileSync(file, operationsDoc());
    expect(readFileSync(file, "utf8")).toBe(operationsDoc());
  });

  it("has a row for each of the 34", () => {
    expect(operationsDoc().match(/^\| \w+(?=Chats)/gm)).toHaveLength(34);
  });

  it("names tests that exist", () => {
    const names = new Set(operationsDoc().match(/test\/[\w/-]+\.test\.ts/g));
    for (const name of names)
      expect(existsSync(new URL(`../../../${name}`, import.meta.url)), name).toBe(true);
  });

  it("gets only existing chat operations from the kinds", () => {
    for (const { name } of kinds) {
      expect(getOperations(name).every((one) => operation(one).group === "chat")).toBe(true);
    }
  });
});
