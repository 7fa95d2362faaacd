/** The JSON Schemas of seed and faults files. OrgSeed and FaultRule document the members. */
const text = { type: "string" } as const;
const texts = { type: "array", items: text } as const;
const flag = { type: "boolean" } as const;

/** Returns the schema of an object with these members and no others. */
function closed<P extends object, R extends readonly string[]>(properties: P, required: R) {
  return { type: "object", additionalProperties: false, required, properties } as const;
}

const settings = closed(
  { messageRetentionPeriodDays: { type: "integer" }, reactionsEnabled: flag } as const,
  [] as const,
);
const mobile = closed(
  {
    notifications: closed(
      { when: { type: "string", enum: ["Always", "OnlyWhenInactive"] } } as const,
      ["when"] as const,
    ),
  },
  ["notifications"] as const,
);
const userSettings = closed(
  { muted: flag, mentionsOnly: flag, notifyOnReactions: flag, mobile },
  [] as const,
);

const user = closed(
  {
    id: text,
    email: text,
    username: text,
    name: text,
    state: { type: "string", enum: ["active", "inactive", "deleted"] },
    manager: text,
    jabberId: text,
    settings: userSettings,
  } as const,
  ["email"] as const,
);
const source = closed({ id: text, name: text, members: texts }, ["name"] as const);
const sources = { type: "array", items: source } as const;
const message = closed(
  {
    id: text,
    from: text,
    body: text,
    mentions: texts,
    dateCreated: text,
    dateModified: text,
    threadId: text,
    parentThreadId: text,
    reactions: { type: "object", additionalProperties: texts },
  } as const,
  ["from", "body"] as const,
);
const messages = { type: "array", items: message } as const;
const room = closed(
  {
    jid: text,
    group: text,
    subject: text,
    description: text,
    owners: texts,
    participants: texts,
    participantLimit: { type: "integer", minimum: 1 },
    pins: texts,
    dateCreated: text,
    messages,
  },
  [] as const,
);
const oneOnOne = closed(
  { users: { type: "array", items: text, minItems: 2, maxItems: 2 }, pins: texts, messages } as const,
  ["users"] as const,
);

/** An org: OrgSeed. */
export const seedSchema = closed(
  {
    id: text,
    name: { type: "string", pattern: "^[A-Za-z0-9-]+$" },
    settings,
    users: { type: "array", items: user },
    groups: sources,
    teams: sources,
    queues: sources,
    skillGroups: sources,
    rooms: { type: "array", items: room },
    oneOnOnes: { type: "array", items: oneOnOne },
  } as const,
  [] as const,
);

const count = { type: "integer", minimum: 1 } as const;
const action = (type: string, properties: object, required: readonly string[] = []) =>
  closed({ type: { const: type }, ...properties }, ["type", ...required]);

const rule = closed(
  {
    match: closed({ operation: text, method: text, path: text, nth: count }, [] as const),
    times: { anyOf: [count, { const: "always" }] },
    action: {
      type: "object",
      discriminator: { propertyName: "type" },
      required: ["type"],
      oneOf: [
        action(
          "status",
          {
            status: { type: "integer", minimum: 400, maximum: 599 },
            code: text,
            message: text,
            retryAfter: { type: "integer", minimum: 0 },
            applied: flag,
          },
          ["status"],
        ),
        action("drop-before", {}),
        action("drop-after", {}),
        action("garbage", { applied: flag }),
        action("hang", { applied: flag }),
        action("delay", { ms: { type: "integer", minimum: 0 } }, ["ms"]),
        action("expire-token", {}),
      ],
    },
  },
  ["action"] as const,
);

/** Faults: a list of FaultRule. */
export const faultsSchema = { type: "array", items: rule } as const;
