/** The HTML report in a real headless browser, where one is installed. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { chromium } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { reportHtml } from "../../src/views/reports/html/report-html.js";
import { planReport } from "../../src/views/reports/build-report.js";
import type { Report } from "../../src/views/reports/report.js";
import { findChromium } from "../helpers/browser.js";
import { skips } from "../helpers/skip.js";
import { sampleChange, everything, hostile, samplePlan, planWith } from "../unit/views/samples.js";

const program = await findChromium();
const missing = program === undefined ? "no Chromium is on the PATH" : undefined;
const skipped = skips("the HTML report in a browser", missing);

const phone = { viewport: { width: 360, height: 740 } };
const desktop = { viewport: { width: 1280, height: 900 } };

/** Rooms of 49 messages each. */
function rooms(amount: number): Report {
  const numbers = Array.from({ length: amount }, (_, at) => String(at).padStart(4, "0"));
  const created = (address: string, name: string, value: string) =>
    sampleChange({
      address,
      action: "create",
      attributes: [{ path: `/${name}`, cause: "config", after: value }],
    });
  const changes = numbers.flatMap((room) => [
    created(`rooms/r${room}`, "subject", `Room ${room}`),
    ...Array.from({ length: 49 }, (_, at) =>
      created(`rooms/r${room}/messages/m${at}`, "body", `Hello **all**,\nthis is ${at} of ${room}.`),
    ),
  ]);
  return planReport(samplePlan(changes), [], { full: true });
}

describe.skipIf(skipped)("the HTML report in a browser", { timeout: 60_000 }, () => {
  let folder = "";
  let browser: Browser;
  const complaints: string[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "chatform-browser-"));
    browser = await chromium.launch({
      ...(program === undefined ? {} : { executablePath: program }),
      // In containers the tests often run as root, whom Chromium gives no sandbox.
      args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
    });
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await rm(folder, { recursive: true });
  });
  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
    expect(complaints.splice(0)).toEqual([]);
  });

  /** Opens a report; what the page complains about or asks of the network is noted. */
  async function open(report: Report, options: BrowserContextOptions = desktop): Promise<Page> {
    const file = join(folder, "report.html");
    await writeFile(file, reportHtml(report));
    const page = await (await browser.newContext(options)).newPage();
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("dialog", (dialog) => complaints.push(`dialog: ${dialog.message()}`));
    page.on("request", (request) => {
      if (!request.url().startsWith("file:")) complaints.push(`request: ${request.url()}`);
    });
    await page.goto(pathToFileURL(file).href);
    return page;
  }

  const countShown = (page: Page) => page.locator("article:visible").count();
  const overflow = (page: Page) =>
    page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");

  it.each([
    ["a desktop in the light", { ...desktop, colorScheme: "light" as const }],
    ["a desktop in the dark", { ...desktop, colorScheme: "dark" as const }],
    ["a phone in the light", { ...phone, colorScheme: "light" as const }],
    ["a phone in the dark", { ...phone, colorScheme: "dark" as const }],
  ])("fits the width and is readable on %s", async (_name, options) => {
    const page = await open(planReport(everything, [], { full: true }), options);
    expect(await page.getByRole("button", { name: "Close all" }).isVisible()).toBe(true);
    expect(await countShown(page)).toBe(everything.changes.length);
    expect(await overflow(page)).toBe(0);
    const worst = await page.evaluate<number>(worstContrast);
    expect(worst).toBeGreaterThanOrEqual(4.5);
    expect(await page.title()).toContain("2 to create");
  });

  it("is dark when the reader's system is dark", async () => {
    const light = await open(planReport(everything, []), { ...desktop, colorScheme: "light" });
    const dark = await open(planReport(everything, []), { ...desktop, colorScheme: "dark" });
    const ground = (page: Page) => page.evaluate<string>("getComputedStyle(document.body).backgroundColor");
    expect(await ground(light)).not.toBe(await ground(dark));
  });

  it("links each destroyed resource to its change", async () => {
    const page = await open(planReport(everything, [], { full: true }));
    await page.locator(".notice a", { hasText: "rooms/lobby/messages/old" }).click();
    const target = page.locator("article:target");
    expect(await target.isVisible()).toBe(true);
    expect(await target.textContent()).toContain("rooms/lobby/messages/old");
  });

  it("filters by every word, and restores the folds afterwards", async () => {
    const page = await open(rooms(40));
    expect(await countShown(page)).toBe(0);
    await page.getByLabel("Search").fill("R0007 m48");
    await page.getByText("1 shown", { exact: true }).waitFor();
    expect(await page.locator("article:visible").allTextContents()).toEqual([
      expect.stringContaining("rooms/r0007/messages/m48"),
    ]);
    await page.getByLabel("Search").fill("nobody wrote this");
    await page.getByText("0 shown", { exact: true }).waitFor();
    expect(await page.locator(".group:visible").count()).toBe(0);
    await page.getByLabel("Search").fill("");
    await page.getByText("2,000 shown", { exact: true }).waitFor();
    expect(await page.locator(".group:visible").count()).toBe(40);
    expect(await countShown(page)).toBe(0);
  });

  it("prints what is folded on the screen, without the search", async () => {
    const page = await open(rooms(2));
    expect(await countShown(page)).toBe(0);
    await page.emulateMedia({ media: "print" });
    expect(await countShown(page)).toBe(100);
    expect(await page.locator("#search").isVisible()).toBe(false);
  });

  it("unfolds by room with the keyboard alone", async () => {
    const page = await open(rooms(2));
    await page.locator("summary").first().focus();
    await page.keyboard.press("Enter");
    expect(await countShown(page)).toBe(50);
    await page.getByRole("button", { name: "Open all" }).press("Enter");
    expect(await countShown(page)).toBe(100);
    await page.getByRole("button", { name: "Close all" }).press("Enter");
    expect(await countShown(page)).toBe(0);
  });

  it("holds 20,000 changes", async () => {
    const page = await open(rooms(400), phone);
    expect(await overflow(page)).toBe(0);
    await page.locator("#search").fill("r0399 m7");
    await page.getByText("1 shown", { exact: true }).waitFor();
    expect(await page.locator("article:visible").textContent()).toContain("this is 7 of 0399.");
  });

  it("shows untrusted text without executing it", async () => {
    for (const text of hostile) {
      const page = await open(planReport(planWith(text), [], { full: true }), phone);
      expect(await countShown(page)).toBeGreaterThan(0);
      expect(await overflow(page)).toBe(0);
      expect(await page.locator("img, iframe, object, a:not([href^='#c'])").count()).toBe(0);
      await page.context().close();
    }
  });
});

/** Runs in the page: returns the lowest contrast between any text and its background, as WCAG defines it. */
const worstContrast = `(() => {
  const parse = (text) => text.match(/[\\d.]+/g).map(Number);
  const luminance = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((one) => {
      const part = one / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const ground = (node) => {
    for (let one = node; one; one = one.parentElement) {
      const colour = parse(getComputedStyle(one).backgroundColor);
      if (colour.length === 3 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  let worst = 21;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.data.trim() || element.closest("script") || !element.checkVisibility()) continue;
    const [a, b] = [parse(getComputedStyle(element).color), ground(element)].map(luminance);
    worst = Math.min(worst, (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05));
  }
  return worst;
})()`;
