/** Plans to render, with every action, cause and finding. */
import type { Audit } from "../../../src/core/drift/audit.js";
import type { Change, Finding } from "../../../src/core/plan/change.js";
import type { Call } from "../../../src/core/calls/call.js";
import { planChecksum } from "../../../src/core/plan/plan-checksum.js";
import type { Json, JsonObject } from "../../../src/core/json/json.js";
import type { OrgIdentity } from "../../../src/core/org/org-identity.js";
import type { Plan } from "../../../src/core/plan/plan.js";
import { resourceRef } from "../../../src/core/calls/reference.js";
import type { ApplyResult, ChangeResult } from "../../../src/engine/events.js";
import { ApiError } from "../../../src/api/errors.js";
import type { SourcePosition } from "../../../src/core/diagnostic.js";
import type { Because, Place } from "../../../src/core/plan/because.js";
import type { SourceLocations } from "../../../src/views/source-locations.js";

export function sampleChange(change: Partial<Change> & Pick<Change, "address" | "action">): Change {
  const kind = change.address.includes("/messages/") ? "rooms/*/messages/*" : "rooms/*";
  return {
    kind: change.address === "settings" ? "settings" : kind,
    before: {},
    after: {},
    attributes: [],
    patch: [],
    calls: [],
    record: null,
    remarks: [],
    because: [],
    deletions: 0,
    existing: 0,
    ...change,
  };
}

export function sampleCall(id: string, operation: string, params: Call["params"], body?: JsonObject): Call {
  return { id, operation, params, dependsOn: [], effects: [], ...(body === undefined ? {} : { body }) };
}

/** The org of every sample. */
const sampleOrg: OrgIdentity = {
  id: "00000000-0000-4000-8000-00000000000a",
  name: "Example Org",
  host: "api.mypurecloud.de",
  region: "eu-central-1",
};

export function samplePlan(changes: readonly Change[], rest: Partial<Plan> = {}): Plan {
  const calls = changes.reduce((sum, change) => sum + change.calls.length, 0);
  const { org = sampleOrg } = rest;
  return {
    options: { mode: "normal", refresh: true, targets: [], excludes: [] },
    org,
    state: { lineage: "6f1b6f0a-7d0e-4d0f-9c5e-0f3f4b9d2a11", serial: 7 },
    changes,
    drift: [],
    uncertain: [],
    people: {},
    departed: {},
    findings: [],
    cost: { calls, callsPerMinute: 300, seconds: Math.ceil((calls * 60) / 300) },
    checksum: planChecksum({ changes, org, findings: rest.findings ?? [] }),
    ...rest,
  };
}

const jid = "adhoc-00000000-0000-4000-8000-000000000001@conference.acme.orgspan.com";
const jidRef = resourceRef("rooms/incident-bridge", "jid");

const people = {
  "11111111-1111-4111-8111-111111111111": "jane.doe@example.com",
  "22222222-2222-4222-8222-222222222222": "sam@example.com",
  "33333333-3333-4333-8333-333333333333": "kim@example.com",
} as const;
const [jane = "", sam = "", kim = ""] = Object.keys(people);

const file = "rooms/support.yaml";
const place = (line: number, column = 3): Place => ({ file, line, column });

function finding(severity: Finding["severity"], code: Finding["code"], text: string): Finding {
  return { severity, code, text };
}

const created = sampleChange({
  address: "rooms/incident-bridge",
  action: "create",
  because: [
    { reason: "declared", text: "declared", place: place(4) },
    { path: "/participants", user: jane, reason: "declared", text: "declared", place: place(8, 9) },
    {
      ...{ path: "/participants", user: sam, reason: "declared", text: "member of group Support" },
      ...{ source: "group Support", reference: "group:Support", place: place(9, 18) },
    },
  ],
  before: null,
  after: {
    subject: "Incident bridge",
    description: "Where incidents\nare run.\n",
    participants: [jane, sam],
  },
  attributes: [
    { path: "/description", cause: "config", after: "Where incidents\nare run.\n" },
    { path: "/participants", cause: "config", after: [jane, sam] },
    { path: "/subject", cause: "config", after: "Incident bridge" },
  ],
  calls: [
    sampleCall(
      "rooms/incident-bridge#1",
      "postChatsRooms",
      {},
      { subject: "Incident bridge", userIds: [jane, sam] },
    ),
  ],
});

const message = sampleChange({
  address: "rooms/incident-bridge/messages/rules",
  action: "create",
  before: null,
  after: { body: "Read the runbook first", room: jidRef },
  attributes: [
    { path: "/body", cause: "config", after: "Read the runbook first" },
    { path: "/room", cause: "config", after: jidRef },
  ],
  calls: [
    sampleCall(
      "rooms/incident-bridge/messages/rules#1",
      "postChatsRoomMessages",
      { roomJid: jidRef },
      { message: "Read the runbook first" },
    ),
  ],
});

const updated = sampleChange({
  address: "rooms/lobby",
  action: "update",
  id: jid,
  before: { subject: "Loby", description: "One\ntwo\nthree\n", participants: [jane, kim] },
  after: { subject: "Lobby", description: "One\n2\nthree\n", participants: [jane, sam] },
  attributes: [
    { path: "/description", cause: "drift", before: "One\ntwo\nthree\n", after: "One\n2\nthree\n" },
    { path: "/participants", cause: "conflict", before: [jane, kim], after: [jane, sam] },
    { path: "/subject", cause: "config", before: "Loby", after: "Lobby" },
  ],
  calls: [
    sampleCall("rooms/lobby#1", "patchChatsRoom", { roomJid: jid }, { subject: "Lobby" }),
    {
      ...sampleCall("rooms/lobby#2", "deleteChatsRoomParticipant", { roomJid: jid, userId: kim }),
      effects: [{ path: "/participants", remove: [kim] }],
    },
  ],
  because: [
    { path: "/description", reason: "changed-outside", text: "changed outside", place: place(14, 5) },
    {
      ...{ path: "/participants", user: kim, reason: "left-source", text: "left group Support" },
      ...{ source: "group Support", reference: "group:Support", place: place(17, 18) },
    },
    {
      ...{ path: "/participants", user: sam, reason: "joined-source", text: "joined team Night" },
      ...{ source: "team Night", reference: "team:Night", place: place(18, 17) },
    },
    { path: "/subject", reason: "changed-in-config", text: "changed in the config", place: place(13, 5) },
  ],
  remarks: [finding("note", "acting-user-kept", "The token's user is in the room but not in its list.")],
  deletions: 1,
  existing: 2,
});

const settings = sampleChange({
  address: "settings",
  action: "update",
  before: { messageRetentionPeriodDays: 3650, reactionsEnabled: true },
  after: { messageRetentionPeriodDays: 365, reactionsEnabled: true },
  attributes: [{ path: "/messageRetentionPeriodDays", cause: "config", before: 3650, after: 365 }],
  calls: [sampleCall("settings#1", "patchChatsSettings", {}, { messageRetentionPeriodDays: 365 })],
  remarks: [
    finding(
      "data-loss",
      "shorter-retention",
      "Messages older than 365 days are deleted for good, everywhere.",
    ),
  ],
});

const deleted = sampleChange({
  address: "rooms/lobby/messages/old",
  action: "delete",
  id: "m1",
  container: jid,
  before: { body: "Old news" },
  after: null,
  because: [{ reason: "not-in-config", text: "no longer in the config" }],
  calls: [
    sampleCall("rooms/lobby/messages/old#1", "deleteChatsRoomMessage", { roomJid: jid, messageId: "m1" }),
  ],
  remarks: [finding("warning", "message-deleted", "The message is deleted for everybody.")],
  deletions: 1,
  existing: 1,
});

const adopted = sampleChange({
  address: "rooms/adopted",
  action: "adopt",
  id: jid,
  before: { subject: "Old friend" },
  after: { subject: "Old friend" },
});
const forgotten = sampleChange({
  address: "rooms/gone",
  action: "forget",
  id: jid,
  before: null,
  after: null,
});
const same = sampleChange({
  address: "rooms/same",
  action: "no-op",
  before: { subject: "Same" },
  after: { subject: "Same" },
  remarks: [
    {
      ...finding("note", "undeclared-participant", "1 participant is not declared: eve@example.com."),
      place: place(31),
    },
  ],
});

/** A plan with one of everything. */
export const everything: Plan = samplePlan(
  [adopted, forgotten, created, message, updated, deleted, same, settings],
  {
    people,
    drift: [
      {
        address: "rooms/lobby",
        kind: "rooms/*",
        before: { description: "One\n2\nthree\n", participants: [jane] },
        after: { description: "One\ntwo\nthree\n", participants: [jane, kim] },
        paths: ["/description", "/participants"],
        class: "drift",
        because: [],
      },
      {
        address: "rooms/lost",
        kind: "rooms/*",
        before: { subject: "Lost" },
        after: null,
        paths: [],
        class: "drift",
        because: [],
      },
    ],
    uncertain: [
      {
        address: "rooms/maybe",
        text: "The response to the create of this room was lost. Find it: chatform import rooms/maybe JID.",
      },
    ],
  },
);

const failure = new ApiError({
  operation: "patchChatsRoom",
  method: "PATCH",
  path: "/api/v2/chats/rooms/x",
  outcome: "refused",
  status: 403,
  code: "missing.any.permissions",
  reason: "You are missing permissions",
  correlationId: "0f3f4b9d",
  permissions: ["chat:room:edit"],
});

/** An audit that found what the plan says has drifted. */
export function sampleAudit(
  { org, drift, people, uncertain, changes }: Plan,
  rest: Partial<Audit> = {},
): Audit {
  return {
    org,
    baseline: "applied",
    audited: changes.map(({ address, kind }) => ({ address, kind })),
    drift,
    ignored: 0,
    left: [],
    repairable: [...new Set(drift.filter(({ after }) => after !== null).map((one) => one.class))],
    findings: [],
    pending: [],
    uncertain: uncertain.map(({ address }) => address),
    people,
    ...rest,
  };
}

/** Places of what a plan changes: each declared a line after the other. */
export function sampleLocations({ changes }: Pick<Plan, "changes">): SourceLocations {
  const declared = changes
    .filter(({ action }) => action !== "forget" && action !== "delete")
    .map(({ address }, at) => {
      const [start, end] = [2, 9].map((column) => ({ line: at + 3, column, offset: 0 })) as [
        SourcePosition,
        SourcePosition,
      ];
      return [address, { file: "rooms.yaml", start, end }] as const;
    });
  return { declared: new Map(declared), toReportPath: (file) => `chat/${file}` };
}

/** Every way in which a change can end, over the changes of `plan`. */
export const endings: readonly ChangeResult[] = [
  { status: "done", id: jid, changedDuringRun: [] },
  {
    ...{ status: "failed", errors: [failure], skippedCalls: 2 },
    accepted: [
      {
        ...sampleCall("rooms/a#1", "deleteChatsRoomParticipant", {}),
        effects: [{ path: "/participants", remove: ["u1"] }],
      },
    ],
  },
  {
    ...{
      status: "not-taken",
      paths: ["/subject"],
      stored: [{ path: "/subject", sent: "A B", now: "A\u00a0B" }],
    },
    changedDuringRun: [{ path: "/description", planned: "Old", now: "New", declared: true }],
  },
  { status: "uncertain", error: failure, nextStep: "Find it: chatform import rooms/maybe JID." },
  { status: "skipped", because: "rooms/incident-bridge", afterRecovery: false, accepted: [] },
  { status: "recovered", id: jid, skippedCalls: 1 },
  { status: "interrupted", accepted: [], cutOff: false },
];

export function sampleResult(plan: Plan, results: readonly ChangeResult[], interrupted = false): ApplyResult {
  const changes = plan.changes.filter(({ action }) => action !== "no-op");
  const entries = changes.map((change, at) => {
    const result = results[at % results.length];
    return [
      change.address,
      { change, result: result ?? { status: "interrupted" as const, accepted: [], cutOff: false } },
    ] as const;
  });
  return { results: new Map(entries), interrupted, leftAlone: plan.uncertain, calls: 4, accepted: 2 };
}

/** Text that tries to act on whoever shows it. */
export const hostile: readonly string[] = [
  "\u001b[2J\u001b[1;1H\u001b]0;owned\u0007cleared",
  "first\rsecond",
  "\u202egnp.exe\u202c \u2066isolated\u2069",
  "zero\u200bwidth\u2060joiner\ufeff",
  "half \ud800 a character",
  "c1 \u009b31m control",
  "lines\u2028and\u2029paragraphs\u0085next",
  "tag \u{e0041}\u{e007f}",
  "</details><script>alert(1)</script><img src=x onerror=alert(1)>",
  "[click](javascript:alert(1)) ![](http://127.0.0.1/pixel) @everyone #1 `code` ```",
  "| table | \n\n# heading\n\n--- \n<!-- comment",
  "::error::workflow command",
  "]]> <![CDATA[ & < > \" '",
  "__proto__",
  "constructor",
  "x".repeat(5000),
  "e" + "\u0301".repeat(200),
];

/** A plan in which every text that others may have written is `text`. */
export function planWith(text: string): Plan {
  const attributes: JsonObject = { subject: text, description: `${text}\nmore`, participants: [text, "b"] };
  const before: JsonObject = { subject: "was", description: "was\nmore", participants: [`${text}!`] };
  const place = { file: text, line: 1, column: 1 };
  const because: readonly Because[] = [
    { reason: "joined-source", text, source: text, reference: text, place },
    { path: "/subject", reason: "both-changed", text: `${text}?`, place },
    { path: "/participants", user: text, reason: "joined-source", text, source: text, place },
    { path: "/participants", user: `${text}!`, reason: "departed", text },
  ];
  const remarks = [
    finding("warning", "group-room", text),
    { ...finding("warning", "inactive-participant", text), user: text, place },
    finding("note", "undeclared-participant", text),
  ];
  const entries = Object.entries(attributes) as [string, Json][];
  return samplePlan(
    [
      sampleChange({
        address: `rooms/${text}`,
        action: "update",
        before,
        after: attributes,
        attributes: entries.map(([name, after]) => ({
          path: `/${name}`,
          cause: "config",
          before: before[name] ?? null,
          after,
        })),
        calls: [sampleCall("rooms/a#1", "patchChatsRoom", { roomJid: `j${text}` }, { subject: text })],
        because,
        remarks,
      }),
      sampleChange({
        address: `rooms/b/messages/${text}`,
        action: "delete",
        before: { body: text },
        after: null,
      }),
    ],
    {
      people: { b: text },
      drift: [
        {
          address: `rooms/${text}`,
          kind: "rooms/*",
          before: { subject: text },
          after: { subject: text + "!" },
          paths: ["/subject"],
          class: "drift",
          because,
        },
      ],
      uncertain: [{ address: `rooms/${text}`, text }],
    },
  );
}
