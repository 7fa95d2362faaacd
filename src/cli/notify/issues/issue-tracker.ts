/** An issue of a tracker. */
export interface TrackedIssue {
  /** Within the repository or project. */
  readonly number: number;
  readonly body: string;
  readonly isOpen: boolean;
}

/** The label by which issues are found. Only people who may write to the tracker can set it. */
export const label = { name: "chatform-drift", color: "d4a72c", description: "Drift found by chatform" };

/** An issue that was just opened. */
export interface OpenedIssue {
  readonly number: number;
  /** False for an issue without the label: trackers drop a label that the token may not set. */
  readonly hasLabel: boolean;
}

/** The issues of a repository on GitHub or a project on GitLab. Every method throws UndeliveredError. */
export interface IssueTracker {
  /** Returns the issues with the label that chatform itself may have written, open or closed, oldest first. */
  list(): Promise<readonly TrackedIssue[]>;
  /** Creates the label unless it exists. Refused: the token may not set it, and no issue is to be opened. */
  prepareLabel(): Promise<void>;
  /** Opens an issue with the label. Not repeated: whether it happened, the next list tells. */
  open(issue: { readonly title: string; readonly body: string }): Promise<OpenedIssue>;
  edit(number: number, change: { readonly body?: string; readonly isOpen?: boolean }): Promise<void>;
  comment(number: number, text: string): Promise<void>;
}
