import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { shellWord } from "../../../src/core/shell-word.js";

test.each([
  "rooms/incident-bridge",
  "users/pat.o'brien@example.com/settings",
  `users/"$(touch /tmp/x) \`id\` a\\b"@example.com/settings`,
  "users/a&b|c;d!e#f~g?h{i}@example.com/settings",
  "users/用户@例子.广告/settings",
  "",
])("a shell reads %s as one word", (text) => {
  const output = execFileSync("sh", ["-c", `printf '%s|' ${shellWord(text)}`], { encoding: "utf8" });
  expect(output).toBe(`${text}|`);
});

test("usual addresses stay as they are", () => {
  expect(shellWord("users/jane.doe+x@example.com/settings")).toBe("users/jane.doe+x@example.com/settings");
});
