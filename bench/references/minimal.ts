/**
 * The least that a person would write for a few users: looks them up, reads their settings with Node's own fetch, and compares them.
 *
 * Arguments: the file (the desired state as JSON), the service's URL. TOKEN is the access token.
 */
import { readFile } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";

interface Wanted {
  readonly users: Readonly<Record<string, { readonly settings: object }>>;
}

interface Found {
  readonly results: readonly { readonly id: string; readonly email: string }[];
}

const [file = "", url = ""] = process.argv.slice(2);
const { users } = JSON.parse(await readFile(file, "utf8")) as Wanted;
const values = Object.keys(users);
const query = [{ type: "EXACT", fields: ["email"], values }];
const { results } = (await send("POST", "/users/search", { pageSize: values.length, query })) as Found;
const differences = await Promise.all(
  results.map(async ({ id, email }) => {
    const live = await send("GET", `/chats/users/${id}/settings`);
    return isDeepStrictEqual(live, users[email]?.settings) ? [] : [email];
  }),
);
process.stdout.write(
  `${differences.flat().length} of ${results.length} differ: ${differences.flat().join(", ")}\n`,
);
if (results.length < values.length || differences.flat().length > 0) process.exitCode = 1;

async function send(method: string, path: string, body?: object): Promise<unknown> {
  const response = await fetch(`${url}/api/v2${path}`, {
    method,
    headers: { authorization: `Bearer ${process.env["TOKEN"] ?? ""}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status}`);
  return response.json();
}
