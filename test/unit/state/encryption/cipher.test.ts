import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Passphrases } from "../../../../src/state/encryption/cipher.js";
import {
  Cipher,
  decryptingCipher,
  environmentCipher,
  isEncrypted,
} from "../../../../src/state/encryption/cipher.js";
import { Keys } from "../../../../src/state/encryption/key.js";
import { getStateError } from "../state-error.js";

const [passphrase, other] = ["correct horse battery staple", "another passphrase, longer"];
const cost = 2 ** 4;

function cipher(passphrases: Passphrases = { current: passphrase }): Cipher {
  return new Cipher(passphrases, new Keys(cost));
}

describe("encrypted content", () => {
  it("is the same after decryption, whatever it is, and hides the text", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "binary" }), async (text) => {
        const sealed = await cipher().seal("state", `secret${text}`, { serial: 7 });
        expect(sealed).not.toContain("secret");
        expect(JSON.parse(sealed)).toMatchObject({
          chatform_encrypted: 1,
          kind: "state",
          serial: 7,
        });
        const opened = await cipher().open("state", Buffer.from(sealed), "s");
        expect(opened).toEqual({ content: `secret${Buffer.from(text).toString()}`, isSealed: true });
      }),
    );
  });

  it("is refused after a change of any byte", async () => {
    const sealed = Buffer.from(await cipher().seal("state", '{"version":1}', { lineage: "l", serial: 7 }));
    const keys = new Keys(cost);
    await fc.assert(
      fc.asyncProperty(fc.nat(sealed.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const changed = Buffer.from(sealed);
        changed[at] = changed[at]! ^ change;
        const opened = await new Cipher({ current: passphrase }, keys)
          .open("state", changed, "s")
          .catch(() => undefined);
        // A change of the beginning makes it other JSON, or none: then nothing reads it as a state.
        expect(opened === undefined || (!opened.isSealed && !isEncrypted(changed))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it("never passes for another kind", async () => {
    const sealed = await cipher().seal("plan", "{}");
    for (const content of [sealed, sealed.replace('"kind":"plan"', '"kind":"state"')]) {
      const error = await getStateError(cipher().open("state", content, "s"));
      expect(error.code).toBe("state-damaged");
    }
  });

  it("has another nonce each time, and one salt for each run", async () => {
    const one = cipher();
    const [first, second] = [await one.seal("state", "x"), await one.seal("state", "x")];
    expect(first).not.toBe(second);
    const salts = [first, second, await cipher().seal("state", "x")].map(
      (sealed) => (JSON.parse(sealed) as { kdf: { salt: string } }).kdf.salt,
    );
    expect(new Set(salts).size).toBe(2);
    const later = cipher();
    await later.open("state", first, "s");
    expect(await later.seal("state", "x")).toContain(salts[0]);
  });
});

describe("a passphrase", () => {
  it("that is missing or wrong is an error", async () => {
    const sealed = await cipher().seal("state", "x");
    const codes = await Promise.all(
      [{}, { current: other }, { current: other, former: [`${other}!`] }].map(
        async (passphrases) => (await getStateError(cipher(passphrases).open("state", sealed, "s"))).code,
      ),
    );
    expect(codes).toEqual(["state-encrypted", "passphrase-wrong", "passphrase-wrong"]);
  });

  it("that was changed decrypts, but no longer encrypts", async () => {
    const changed = cipher({ current: other, former: [passphrase] });
    expect((await changed.open("state", await cipher().seal("state", "x"), "s")).content).toBe("x");
    const sealed = await changed.seal("state", "y");
    expect((await cipher({ current: other }).open("state", sealed, "s")).content).toBe("y");
    expect((await getStateError(cipher().open("state", sealed, "s"))).code).toBe("passphrase-wrong");
  });

  it("is optional: then nothing is encrypted, and plain content is read with one too", async () => {
    expect(await cipher({}).seal("state", "x")).toBe("x");
    expect(await cipher().open("state", "{}", "s")).toEqual({ content: "{}", isSealed: false });
  });

  it("comes from the variables, with at least 16 characters", async () => {
    const [name, old] = ["CHATFORM_STATE_PASSPHRASE", "CHATFORM_STATE_PASSPHRASE_OLD"];
    expect(environmentCipher({ [name]: "" }).isOn).toBe(false);
    for (const [typed, later] of [
      [passphrase, ` ${passphrase}\r\n`],
      ["p\u00e4ssphrase der Leute", "pa\u0308ssphrase der Leute"],
    ]) {
      const sealed = await environmentCipher({ [name]: typed }).seal("state", "x");
      expect((await environmentCipher({ [name]: later }).open("state", sealed, "s")).content).toBe("x");
    }
    expect(decryptingCipher({ [name]: passphrase }).isOn).toBe(false);
    for (const env of [
      { [name]: "short" },
      { [name]: "  \n" },
      { [name]: passphrase, [old]: "short" },
      { [old]: passphrase },
    ])
      expect((await getStateError(Promise.resolve().then(() => environmentCipher(env)))).code).toBe(
        "backend-config",
      );
  });
});

it("writes content again with the present passphrase, or without one, and only where it differs", async () => {
  const keys = new Keys(cost);
  const sealed = Buffer.from(await cipher().seal("state", "x"));
  const reseal = (passphrases: Passphrases, content = sealed): Promise<string | undefined> =>
    new Cipher(passphrases, keys).reseal("state", content, "s");
  const changed = await reseal({ current: other, former: [passphrase] });
  expect((await cipher({ current: other }).open("state", changed!, "s")).content).toBe("x");
  expect(await reseal({ former: [passphrase] })).toBe("x");
  expect(await reseal({ current: other })).toBeUndefined();
  expect(await reseal({ former: [passphrase] }, Buffer.from("{}"))).toBeUndefined();
  const same = new Cipher({ current: passphrase }, keys);
  await same.open("state", sealed, "s");
  expect(await same.reseal("state", sealed, "s")).toBeUndefined();
});

it("refuses parameters that would use up the machine", async () => {
  const sealed = await cipher().seal("state", "x");
  for (const [from, to] of [
    ['"N":16', `"N":${2 ** 30}`],
    ['"N":16', '"N":17'],
    ['"N":16', '"N":0'],
    ['"p":1', '"p":1000'],
    ['"r":8', '"r":1'],
    ['"N":16,"r":8', '"N":524288,"r":16'],
  ] as const) {
    const error = await getStateError(cipher().open("state", sealed.replace(from, to), "s"));
    expect(error.code).toBe("state-damaged");
  }
});
