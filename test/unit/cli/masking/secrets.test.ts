import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { Secrets } from "../../../../src/cli/masking/secrets.js";
import { quoted, safeLine } from "../../../../src/core/safe-text.js";
import { basicAuthorization } from "../../../../src/http/url-credentials.js";
import { escapeMarkup } from "../../../../src/views/reports/template.js";
import { jsonText } from "../../../../src/views/text/json-text.js";

describe("Secrets", () => {
  it("masks secrets wherever they stand", () => {
    const secrets = new Secrets(["s3cret-1", "other-secret"]);
    expect(secrets.mask("as3cret-1b, other-secret\ns3cret-1 s3cret-2")).toBe("a***b, ***\n*** s3cret-2");
  });

  it("masks the whole of a secret that contains another one", () => {
    expect(new Secrets(["secret", "secret-and-more"]).mask("secret-and-more secret")).toBe("*** ***");
  });

  it("ignores white space around a secret, and secrets of less than 6 characters", () => {
    const secrets = new Secrets([" \tpassword\n", "a", "12345", "", "     "]);
    expect(secrets.mask("a password of 12345 characters")).toBe("a *** of 12345 characters");
  });

  it("masks the lines of a key", () => {
    const [first, second] = ["MIIEvQIBADANBgkqhkiG9w0BAQEF", "AASCBKcwggSjAgEAAoIBAQC7VJTU"];
    const secrets = new Secrets([`-----BEGIN KEY-----\n${first}\n${second}\n-----END KEY-----\n`]);
    expect(secrets.mask(`  ${first}\n  ${second}\n`)).toBe("  ***\n  ***\n");
  });

  it("adds and removes secrets", () => {
    const secrets = new Secrets(["first-secret"]);
    secrets.add(["second-secret", "third-secret"]);
    secrets.remove(["first-secret", "third-secret"]);
    expect(secrets.mask("first-secret second-secret third-secret")).toBe("first-secret *** third-secret");
  });

  it("masks every spelling of outputs", () => {
    const secret = fc
      .string({
        unit: fc.oneof(
          fc.constantFrom(
            "a",
            "Z",
            "0",
            " ",
            "+",
            "/",
            '"',
            "'",
            "\\",
            "<",
            "&",
            "#",
            "\n",
            "\t",
            "=",
            "é",
            "👍",
            "\u001b",
            "\u202e",
          ),
          fc.string({ minLength: 1, maxLength: 1 }),
        ),
        minLength: 8,
        maxLength: 40,
      })
      .filter((text) => text.trim().length >= 8 && text === text.trim() && !/[*]/.test(text));
    const around = fc.string({ maxLength: 5 });
    fc.assert(
      fc.property(secret, around, around, (value, before, after) => {
        const secrets = new Secrets([value]);
        const text = `${before}${value}${after}`;
        const spellings: readonly (readonly [string, string])[] = [
          [text, value],
          [jsonText({ text }), jsonText(value).slice(1, -2)],
          [safeLine(text), safeLine(value)],
          [quoted(text), quoted(value).slice(1, -1)],
          [escapeMarkup(text), escapeMarkup(value)],
          [encodeURIComponent(text), encodeURIComponent(value)],
        ];
        for (const [output, spelling] of spellings) expect(secrets.mask(output)).not.toContain(spelling);
      }),
      { numRuns: 2000 },
    );
  });

  it("masks secrets in base64, behind any user name", () => {
    const password = "p4ssw0rd?>~";
    const secrets = new Secrets([password]);
    for (const username of ["", "a", "ab", "abc", "user@example.com"]) {
      for (const end of ["", "x", "xy", "xyz"]) {
        const header = basicAuthorization({ username, password: password + end });
        const shown = secrets.mask(header);
        expect(shown).toContain("***");
        const kept = Buffer.from(shown.replace("Basic ", "").replace("***", ""), "base64").toString("latin1");
        expect(kept).not.toContain(password.slice(1, -1));
        expect(secrets.mask(header.replaceAll("+", "-").replaceAll("/", "_"))).toContain("***");
      }
    }
  });

  it("keeps JSON valid: a number with a secret becomes a string", () => {
    const secrets = new Secrets(["123456", "s3cret"]);
    const json = (value: unknown): unknown => JSON.parse(secrets.mask(JSON.stringify(value)));
    expect(json({ days: 123456, more: [1234567, -0.123456, 12345], text: "1, 123456, s3cret" })).toEqual({
      days: "***",
      more: ["***7", "-0.***", 12345],
      text: "1, ***, ***",
    });
    expect(secrets.mask('{"a":123456}\n{"b":1}\n')).toBe('{"a":"***"}\n{"b":1}\n');
    expect(secrets.mask("days: 123456")).toBe("days: ***");
  });

  it("looks in each value of JSON only for the secrets that are in the document", () => {
    const secrets = new Secrets(Array.from({ length: 200 }, (_one, at) => `secret-value-${at + 100}-`));
    const values = Array.from({ length: 1000 }, (_one, at) => `value ${at}`);
    const json = JSON.stringify([...values, "secret-value-123-"]);
    const replaceAll = vi.spyOn(String.prototype, "replaceAll");
    const masked = secrets.mask(json);
    const searches = replaceAll.mock.calls.length;
    replaceAll.mockRestore();
    expect(JSON.parse(masked)).toEqual([...values, "***"]);
    expect(searches).toBeLessThan(10_000);
  });

  it("keeps all JSON valid, and hides every value", () => {
    const digits = fc.stringMatching(/^[1-9][0-9]{5,9}$/);
    fc.assert(
      fc.property(digits, fc.jsonValue(), fc.nat(2), (secret, value, indent) => {
        const masked = new Secrets([secret]).mask(
          JSON.stringify({ value, n: Number(secret), [secret]: [secret] }, null, indent),
        );
        expect(JSON.parse(masked)).toMatchObject({ n: "***" });
        expect(masked).not.toContain(secret);
      }),
    );
  });
});
