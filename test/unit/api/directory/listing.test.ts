import { describe, expect, test } from "vitest";
import { pagedBy, readListing } from "../../../../src/api/directory/listing.js";
import type { ApiRequest } from "../../../../src/api/api.js";
import type { Json } from "../../../../src/core/json/json.js";
import { refusal, ScriptedApi } from "../../../helpers/scripted-api.js";

const queue = {
  request: pagedBy({ operation: "getRoutingQueueMembers", params: { queueId: "q" } }),
  member: "entities",
} as const;
const team = {
  request: pagedBy({ operation: "getTeamMembers", params: { teamId: "t" } }),
  member: "entities",
} as const;

const ids = (objects: readonly { readonly id?: Json | undefined }[]): readonly unknown[] =>
  objects.map(({ id }) => id);
const members = (...list: readonly string[]) => list.map((id) => ({ id }));
const getPageNumber = ({ query = {} }: ApiRequest): number => Number(query["pageNumber"] ?? 1);

describe("numbered pages", () => {
  test("are read up to the count, and after an empty one", async () => {
    const pages = [members("a", "b"), [], members("c")];
    const api = new ScriptedApi((request) => ({
      entities: pages[getPageNumber(request) - 1] ?? [],
      pageCount: 3,
    }));
    expect(ids(await readListing(api, queue, undefined))).toEqual(["a", "b", "c"]);
    expect(api.requests).toHaveLength(3);
  });

  test("end where a wrong count goes on", async () => {
    const api = new ScriptedApi(() => ({ entities: [], pageCount: 1e9 }));
    expect(await readListing(api, queue, undefined)).toEqual([]);
    expect(api.requests.length).toBeLessThanOrEqual(11);
  });

  test("are read without a count while the service names a next page, or pages are full", async () => {
    const all = members(...Array.from({ length: 250 }, (_, at) => `u${at}`));
    const page = (request: ApiRequest) =>
      all.slice((getPageNumber(request) - 1) * 100, getPageNumber(request) * 100);
    const full = new ScriptedApi((request) => ({ entities: page(request) }));
    expect(await readListing(full, queue, undefined)).toHaveLength(250);
    expect(full.requests).toHaveLength(3);
    const named = new ScriptedApi((request) => ({
      entities: page(request),
      ...(getPageNumber(request) < 3
        ? { nextUri: `/api/v2/x?pageNumber=${getPageNumber(request) + 1}` }
        : { nextUri: "" }),
    }));
    expect(await readListing(named, queue, undefined)).toHaveLength(250);
    expect(named.requests).toHaveLength(3);
  });

  test("may show fewer objects than their total counts", async () => {
    const pages = [members("a", "b"), members("c")];
    const api = new ScriptedApi((request) => ({
      entities: pages[getPageNumber(request) - 1] ?? [],
      pageCount: 2,
      total: 5,
    }));
    expect(ids(await readListing(api, queue, undefined))).toEqual(["a", "b", "c"]);
    expect(api.requests).toHaveLength(2);
  });

  test("that are empty at the end of a short list are read once more, in case objects are missing", async () => {
    let requests = 0;
    const api = new ScriptedApi((request) => {
      requests++;
      const pages = [members("a", "b"), requests <= 2 ? [] : members("c")];
      return { entities: pages[getPageNumber(request) - 1] ?? [], pageCount: 2, total: 3 };
    });
    expect(ids(await readListing(api, queue, undefined))).toEqual(["a", "b", "c"]);
    expect(requests).toBe(3);
  });

  test("that are empty again are the end: the service counts others", async () => {
    const pages = [members("a", "b"), members("c")];
    const api = new ScriptedApi((request) => ({
      ...{ entities: pages[getPageNumber(request) - 1] ?? [], pageCount: 5, total: 9 },
    }));
    expect(ids(await readListing(api, queue, undefined))).toEqual(["a", "b", "c"]);
    expect(api.requests).toHaveLength(6);
  });

  test.each([
    [
      "somebody left",
      (reading: number) => (reading === 1 ? [["a", "b"], ["d"]] : [["b", "c"], ["d"]]),
      [4, 3],
    ],
    [
      "somebody is on two pages",
      (reading: number) => (reading === 1 ? [["a", "b"], ["b"]] : [["a", "b"], ["c"]]),
      [3],
    ],
  ])("that changed while they were read are read again: %s", async (_why, pagesIn, totals) => {
    let reading = 0;
    const api = new ScriptedApi((request) => {
      const page = getPageNumber(request);
      if (page === 1) reading++;
      const total = reading === 1 ? totals[page - 1] : undefined;
      const entities = members(...(pagesIn(reading)[page - 1] ?? []));
      return { entities, pageCount: 2, total: total ?? totals.at(-1) };
    });
    const found = await readListing(api, queue, undefined);
    expect(reading).toBe(2);
    expect(ids(found)).toEqual(pagesIn(2).flat());
  });

  test("that differ at every reading are a failure", async () => {
    let count = 0;
    const api = new ScriptedApi((request) => ({
      entities: [members(`u${count}`), [], members(`v${count++}`)][getPageNumber(request) - 1] ?? [],
      ...{ pageCount: 3, total: 3 },
    }));
    await expect(readListing(api, queue, undefined)).rejects.toMatchObject({
      failure: { code: "bad.answer" },
    });
  });
});

describe("pages with a cursor", () => {
  /** Pages by cursor, each with the cursor of the next. */
  const service = (pages: Readonly<Record<string, readonly [readonly string[], string?]>>): ScriptedApi =>
    new ScriptedApi(({ query = {} }) => {
      const [list = [], next] = pages[String(query["after"] ?? "")] ?? [];
      return {
        entities: members(...list),
        ...(next === undefined ? {} : { nextUri: `/x?after=${next}&foo=1` }),
      };
    });

  test.each([
    ["each once", { "": [["a", "b"], "1"], "1": [["c"]] }],
    ["after an empty page", { "": [["a"], "1"], "1": [[], "2"], "2": [["b", "c"]] }],
    ["after a repeated page", { "": [["a", "b"], "1"], "1": [["a", "b"], "2"], "2": [["c"]] }],
    ["until a cursor comes back", { "": [["a", "b"], "1"], "1": [["c"], "1"] }],
  ] as const)("are read %s", async (_how, pages) => {
    const api = service(pages);
    expect(ids(await readListing(api, team, undefined))).toEqual(["a", "b", "c"]);
    expect(api.requests).toHaveLength(Object.keys(pages).length);
    expect(JSON.stringify(api.requests)).not.toContain("foo");
  });

  test("that never end are a failure", async () => {
    let cursor = 0;
    const api = new ScriptedApi(() => ({ entities: members("a"), nextUri: `/x?after=${cursor++}` }));
    await expect(readListing(api, team, undefined)).rejects.toThrow("does not end");
    const broken = new ScriptedApi(() => ({ entities: members("a"), nextUri: "http://[" }));
    await expect(readListing(broken, team, undefined)).rejects.toThrow("no valid URI");
  });

  test("are read without a size where the service refuses it", async () => {
    const api = new ScriptedApi(({ query = {} }) => {
      if (query["pageSize"] !== undefined) throw refusal(400, "invalid.value");
      return {
        entities: members(query["after"] === undefined ? "a" : "b"),
        ...(query["after"] === undefined ? { nextUri: "/x?after=1" } : {}),
      };
    });
    expect(ids(await readListing(api, team, undefined))).toEqual(["a", "b"]);
    expect(api.requests).toHaveLength(3);
  });
});
