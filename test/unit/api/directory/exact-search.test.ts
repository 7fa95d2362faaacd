import { expect, test } from "vitest";
import type { Api, ApiRequest } from "../../../../src/api/api.js";
import { ExactSearch, userEmails } from "../../../../src/api/directory/exact-search.js";
import type { JsonObject } from "../../../../src/core/json/json.js";

/** A directory in which every e-mail has a user, and searches read all values. */
const everybody: Api = {
  call: ({ body }: ApiRequest) => {
    const [{ values = [] } = {}] = (body as { query: { values?: string[] }[] }).query;
    const results: JsonObject[] = values.map((email) => ({ id: email, email }));
    return Promise.resolve({ status: 200, body: { results, pageCount: 1, total: results.length } });
  },
  budget: () => undefined,
  serviceTime: () => undefined,
  close: () => Promise.resolve(),
};

/** Counts how often a value is looked at in a search for this many. */
async function looksAt(count: number): Promise<number> {
  let looks = 0;
  const toKey = (value: string): string => {
    looks++;
    return value;
  };
  const emails = Array.from({ length: count }, (_, at) => `user-${at}@example.com`);
  const found = await new ExactSearch(everybody, { ...userEmails, toKey }, emails, undefined).run();
  expect([...found.values()].every(({ length }) => length === 1)).toBe(true);
  return looks;
}

test("looks at each value as often among many as among few", async () => {
  const [few, many] = [await looksAt(500), await looksAt(5000)];
  expect(many).toBeLessThanOrEqual(10 * few);
});
