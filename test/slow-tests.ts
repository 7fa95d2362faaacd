/**
 * Test files that `npm test` leaves to `npm run test:all`, each with the reason: `npm test` ends within three minutes on two cores, and
 * still runs every kind, command, view and store.
 */
export const slowTests: Readonly<Record<string, string>> = {
  "test/faults/sweep.test.ts": "kills the program and breaks its connections at every request",
  "test/faults/departed.test.ts": "kills an apply that removes departed users at every request",
  "test/faults/membership.test.ts": "kills repairs and applies that follow sources at every request",
  "test/faults/moved.test.ts": "kills an apply that renames rooms",
  "test/faults/renames.test.ts": "kills an apply of renames of every sort",
  "test/faults/disk.test.ts": "fills disks, and removes states under a running program",
  "test/property/responses.test.ts": "plans from thousands of random responses",
  "test/e2e/people/repair-large-org.test.ts": "repairs an org of 3,000 people for some nights",
  "test/e2e/several-orgs.test.ts": "plans and applies 600 rooms in three orgs from every working directory",
  "test/e2e/bench.test.ts": "runs every row of the benchmark",
  "test/e2e/waits.test.ts": "waits for servers that hang",
  "test/e2e/docs-guides.test.ts": "runs the commands of the guides",
  "test/e2e/drift-watch.test.ts": "watches for drift over several intervals",
  "test/e2e/report-browser.test.ts": "looks at the HTML report in a browser",
  "test/e2e/workflow-environments.test.ts": "runs the workflows of several orgs",
  "test/e2e/workflow-github.test.ts": "runs the steps of the workflows for GitHub",
  "test/e2e/workflow-gitlab.test.ts": "runs the jobs of the pipeline for GitLab",
  "test/e2e/adding-a-kind.test.ts": "builds chatform with one more kind",
  "test/e2e/pack.test.ts": "packs and installs the package",
};
