import type { OperationName } from "../../src/api/operations/operations.js";
import { operations } from "../../src/api/operations/operations.js";
import type { Operation } from "../../src/api/operations/operation.js";
import { kinds } from "../../src/resources/index.js";
import { getOperations } from "./kind-operations.js";

/** The operations that commands call themselves, except `chatform api`, which can call all. */
const commands: Readonly<Record<string, readonly OperationName[]>> = {
  show: [
    "getChatsMessage",
    "getChatsRoom",
    "getChatsRoomMessage",
    "getChatsRoomMessages",
    "getChatsRoomParticipants",
    "getChatsSettings",
    "getChatsThreadMessages",
    "getChatsUser",
    "getChatsUserMessage",
    "getChatsUserMessages",
    "getChatsUserSettings",
    "getChatsUsersMeSettings",
  ],
  "apply, after a crash": ["getChatsRoomMessages", "getChatsUserMessages"],
};

/** Returns the text of docs/operations.md, from the operations table and the kinds. */
export function operationsDoc(): string {
  const rows = Object.entries<Operation>(operations)
    .filter(([, { group }]) => group === "chat")
    .map(([name, operation]) => row(name as OperationName, operation));
  return [
    "# The 34 operations",
    "",
    "This page lists each operation of the chat API, its users in chatform, and its tests. It is generated from",
    "`src/api/operations/operations.ts` and the kinds in `src/resources/`; a test keeps it up to date.",
    "",
    "Each operation is tested with the vendor's SDK against the emulator (a success and a documented error), and with",
    "`chatform api`. The tests of kinds and other commands cover their operations too.",
    "",
    "| Operation | Request | Permissions (any of) | Used by | Tests |",
    "| --- | --- | --- | --- | --- |",
    ...rows,
    "",
  ].join("\n");
}

function row(name: OperationName, { method, path, permissions }: Operation): string {
  const byKinds = kinds
    .filter((kind) => getOperations(kind.name).includes(name))
    .map((kind) => `\`${kind.name}\``);
  const byCommands = Object.entries(commands).flatMap(([command, used]) =>
    used.includes(name) ? [command] : [],
  );
  const used = [...byKinds, ...byCommands, `\`chatform api ${name}\``].join(", ");
  const needs = permissions.length === 0 ? "none" : permissions.map((one) => `\`${one}\``).join(", ");
  const tests = `\`test/e2e/sdk.test.ts\`, \`test/e2e/api.test.ts\`${byKinds.length > 0 ? ", `test/conformance/kinds.test.ts`" : ""}`;
  return `| ${name} | \`${method} ${path.replace("/api/v2/chats", "")}\` | ${needs} | ${used} | ${tests} |`;
}
