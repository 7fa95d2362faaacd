/** An issue of a tracker. */
export interface TrackedIssue {
  /** Within the repository or project. */
  readonly number: number;
  readonly body: string;
  readonly isOpen: boolean;
}

/** The label by which issues are found. Only people who may write to the tracker can set it. */
export const label = { name: "chatform-drift", color: "d4a72c", description: "Drift found by chatform" };

/** The issues of a repository on GitHub or a project on GitLab. Every method throws UndeliveredError. */
export interface IssueTracker {
  /** Returns the issues with the label that chatform itself may have written, open or closed, oldest first. */
  list(): Promise<readonly TrackedIssue[]>;
  /** Makes sure that the label exists and may be set: an issue without it would never be found again. */
  prepareLabel(): Promise<void>;
  /** Opens an issue with the label. Not repeated: whether it happened, the next list tells. @returns its number */
  open(issue: { readonly title: string; readonly body: string }): Promise<number>;
  edit(number: number, change: { readonly body?: string; readonly isOpen?: boolean }): Promise<void>;
  comment(number: number, text: string): Promise<void>;
}
