import type { OperationName } from "../../src/api/operations/operations.js";
import { operations } from "../../src/api/operations/operations.js";
import type { Operation } from "../../src/api/operations/operation.js";
import { kinds } from "../../src/resources/index.js";

/** What commands call by themselves, beside `chatform api`, which makes every call. */
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

/** docs/operations.md, from the operations table and the kinds. */
export function operationsDoc(): string {
  const rows = Object.entries<Operation>(operations)
    .filter(([, { group }]) => group === "chat")
    .map(([name, operation]) => row(name as OperationName, operation));
  return [
    "# The 32 operations",
    "",
    "What chatform does with each operation of the chat API, and which tests prove it. Made from",
    "`src/api/operations/operations.ts` and the kinds of `src/resources/`; a test keeps it so.",
    "",
    "Each operation is run twice: by the vendor's own SDK against the emulator (a success and a documented failure), and",
    "by `chatform api`. What a kind or another command calls is run by their tests too.",
    "",
    "| Operation | Request | Permissions (any of) | Used by | Tests |",
    "| --- | --- | --- | --- | --- |",
    ...rows,
    "",
  ].join("\n");
}

function row(name: OperationName, { method, path, permissions }: Operation): string {
  const byKinds = kinds.filter((kind) => kind.operations.includes(name)).map((kind) => `\`${kind.name}\``);
  const byCommands = Object.entries(commands).flatMap(([command, used]) =>
    used.includes(name) ? [command] : [],
  );
  const used = [...byKinds, ...byCommands, `\`chatform api ${name}\``].join(", ");
  const needs = permissions.length === 0 ? "none" : permissions.map((one) => `\`${one}\``).join(", ");
  const tests = `\`test/e2e/sdk.test.ts\`, \`test/e2e/api.test.ts\`${byKinds.length > 0 ? ", `test/conformance/kinds.test.ts`" : ""}`;
  return `| ${name} | \`${method} ${path.replace("/api/v2/chats", "")}\` | ${needs} | ${used} | ${tests} |`;
}
