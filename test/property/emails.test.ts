import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exportText } from "../../src/cli/commands/export/export-text.js";
import type { ReadConfig } from "../../src/config/read-config.js";
import { readYaml } from "../../src/config/read/read-yaml.js";
import { readConfig } from "../../src/config/read-config.js";
import {
  addressMatcher,
  addressSegment,
  blockNames,
  pathSegments,
  segmentName,
} from "../../src/core/address.js";
import { userId } from "../../src/core/calls/reference.js";
import type { JsonObject } from "../../src/core/json/json.js";
import { isEmail } from "../../src/core/people/email.js";
import { systemClock } from "../../src/core/time/clock.js";
import { exportLive } from "../../src/engine/export.js";
import { kinds } from "../../src/resources/index.js";
import { ScriptedApi } from "../helpers/scripted-api.js";

const jid = "adhoc-3b241101-e2bb-4255-8caf-4136c566a962@conference.Example-Org.orgspan.com";
const id = "8f6c1f5e-3c2b-4a09-9a41-2d1b8e0c7a55";

const some = (characters: string, most: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...Array.from(characters)), minLength: 1, maxLength: most });
const atext = "aZ09!#$%&'*+-/=?^_`{|}~" + "éß用İ한💥";
const dotAtom = fc.array(some(atext, 6), { minLength: 1, maxLength: 3 }).map((atoms) => atoms.join("."));
const quotedPart = fc.oneof(
  some(` \t!#$%&'()*+,-./:;<=>?@[]^_\`{|}~aZ0é用`, 3),
  some(` \t"\\aZ0~`, 1).map((character) => `\\${character}`),
);
const quoted = fc.array(quotedPart, { maxLength: 5 }).map((parts) => `"${parts.join("")}"`);
const label = fc
  .tuple(some("aZ09éß例", 3), fc.constantFrom("", "-"), some("aZ09ü用", 3))
  .map((parts) => parts.join(""));
const domain = fc.oneof(
  fc.array(label, { minLength: 2, maxLength: 4 }).map((labels) => labels.join(".")),
  fc.constantFrom("[192.0.2.1]", "[IPv6:2001:db8::1]"),
);
/** Addresses with every local part of RFC 5322 and RFC 6531. */
const email = fc.tuple(fc.oneof(dotAtom, quoted), domain).map((parts) => parts.join("@"));

async function read(text: string): Promise<ReadConfig> {
  const variables = { vars: {}, env: {} };
  return readConfig([await readYaml("a.yaml", Buffer.from(text))], { variables, kinds, cwd: "." });
}

describe("an e-mail address", () => {
  it("is valid in every place of a user, and export writes what validate reads", async () => {
    await fc.assert(
      fc.asyncProperty(email, async (address) => {
        expect(isEmail(address)).toBe(true);
        const people = [address, { reportsOf: address, except: [{ group: "A", except: [[address]] }] }];
        const settings = { mobile: { notifications: { when: "Always" } } };
        const document: JsonObject = {
          users: { [address]: { settings } },
          userSettings: { all: { members: people, except: [address], settings } },
          rooms: {
            desk: {
              jid,
              owners: people,
              participants: people,
              messages: { m: { body: "x", mentions: people } },
            },
          },
        };
        const text = exportText(document, { comments: {}, people: {} });
        const { diagnostics, resources, shared } = await read(text);
        expect(diagnostics).toEqual([]);
        const room = resources.find(({ kind }) => kind === "rooms/*");
        expect((room?.attributes["owners"] as readonly unknown[])[0]).toEqual(userId(address));
        expect(shared[0]?.except).toEqual([userId(address)]);
        expect(resources.find(({ kind }) => kind === "users/*/settings")?.id).toMatchObject({
          $ref: `user:${address.toLowerCase()}`,
        });
      }),
      { numRuns: 300 },
    );
  });

  it("is one segment of an address, which matches nothing but itself", () => {
    fc.assert(
      fc.property(email, email, (one, other) => {
        const address = `users/${addressSegment(one.toLowerCase())}/settings`;
        expect(pathSegments(address)).toHaveLength(3);
        expect(blockNames(address)).toEqual(["users", one.toLowerCase(), "settings"]);
        expect(segmentName(addressSegment(one))).toBe(one);
        expect(addressMatcher(address)(address)).toBe(true);
        const second = `users/${addressSegment(other.toLowerCase())}/settings`;
        expect(addressMatcher(address)(second)).toBe(second === address);
      }),
    );
  });

  it("stays as it is in an address where nothing has a meaning there", () => {
    expect(addressSegment("pat.o'brien+tag@bücher.example")).toBe("pat.o'brien+tag@bücher.example");
    expect(addressSegment('"a/b*c%d"@example.com')).toBe('"a%2fb%2ac%25d"@example.com');
  });
});

describe("an export", () => {
  const anything = fc.oneof(email, fc.string({ unit: "binary", maxLength: 12 }), fc.emailAddress());

  it("is valid whatever e-mails the directory has", async () => {
    await fc.assert(
      fc.asyncProperty(anything, async (address) => {
        const api = new ScriptedApi(({ operation }) => {
          if (operation === "getUsers") return { entities: [{ id, email: address }] };
          if (operation === "getChatsRoomParticipants") return { participants: [{ jid: "x", user: { id } }] };
          return { id: jid, jid, subject: "Desk", roomType: "adhoc", owners: [{ id }] };
        });
        const byName = new Map(kinds.map((kind) => [kind.name, kind]));
        const items = [{ address: "rooms/desk", kind: "rooms/*", id: jid }];
        const exported = await exportLive({
          api,
          kinds: byName,
          items,
          parallelism: 1,
          clock: systemClock,
          patienceMs: 0,
          onEvent: () => undefined,
        });
        const { diagnostics, resources } = await read(exportText(exported.document, exported));
        expect(diagnostics).toEqual([]);
        expect(resources[0]?.attributes["owners"]).toEqual([
          userId(isEmail(address) ? address.toLowerCase() : id),
        ]);
      }),
      { numRuns: 200 },
    );
  });
});

describe("an invalid e-mail address", () => {
  it.each([
    "jane@",
    "@example.com",
    "jane@localhost",
    "jane doe@example.com",
    "jane@exa mple.com",
    "jane@@example.com",
    "jane@home@example.com",
    "jane@-example.com",
    "jane@example-.com",
    "jane@example..com",
    "jane@.com",
    "jane@example.com.",
    '"jane@example.com',
    'ja"ne@example.com',
    '"ja\\"@example.com',
    "Jane <jane@example.com>",
    "jane,sam@example.com",
    "jane@example.com, sam@example.com",
    "jane\n@example.com",
    "mailto:jane@example.com",
    "\ud800jane@example.com",
    "jane\u200b@example.com",
    "jane@[]",
  ])("%j is reported", async (address) => {
    expect(isEmail(address)).toBe(false);
    const { diagnostics } = await read(
      JSON.stringify({ version: 1, rooms: { a: { subject: "A", owners: [address] } } }),
    );
    expect(diagnostics.map(({ code }) => code)).toEqual(["bad-email"]);
  });
});
