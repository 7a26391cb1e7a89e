/**
 * What a page may say to Pagepoll, and what it is told.
 *
 * The snippet defines `pagepoll` if the page has not. A page that calls it earlier puts this before the snippet; what it says is
 * kept, up to 100 calls, and heard once the widget is there:
 *
 * ```html
 * <script>window.pagepoll=window.pagepoll||function(){(pagepoll.q=pagepoll.q||[]).push(arguments)}</script>
 * ```
 *
 * No call ever throws, waits, or hands anything back.
 */

/** What happens with a survey. */
export type PagepollEvent = "shown" | "answered" | "completed" | "dismissed";

/** What set a survey off. */
export type PagepollSignal =
  | "immediately" | "visible_seconds" | "scroll_depth"
  /** The pointer left the window through its top edge. */
  | "pointer_left_top"
  /** By touch: a fast scroll upwards. */
  | "fast_scroll_up"
  /** By touch: the visitor was elsewhere and has come back. */
  | "return_from_hidden"
  /** By touch: the visitor went back to this page. */
  | "back_within_site"
  /** By touch: nothing was touched for a while. */
  | "touch_idle"
  | "click" | "element_visible" | "inactivity" | "event" | "programmatic" | "feedback_tab";

/** Which survey something happened with, and where. */
export interface PagepollDetail {
  /** The survey's id. */
  survey: string;
  version: number;
  /** The page that the survey was shown on: host and path, as in the reports. */
  page: string;
  signal: PagepollSignal;
}

/** An answer. What visitors write is told to nobody but the team. */
export interface PagepollAnswer extends PagepollDetail {
  /** The question's id. */
  question: string;
  /** The point on the question's scale, if that is what it asks for. */
  score?: number;
}

/** What is told of each event. */
export interface PagepollDetails {
  shown: PagepollDetail;
  /** Each answer by itself; a question that is left out is none. */
  answered: PagepollAnswer;
  /** The visitor reached the end, and answered something. */
  completed: PagepollDetail;
  /** The visitor closed the survey before its end. */
  dismissed: PagepollDetail;
}

/** What a rule on `trait:NAME` may compare. */
export type PagepollTrait = string | number | boolean;

/** `window.pagepoll` */
export interface Pagepoll {
  /**
   * Tells of something that happened: for triggers `{"event": NAME}`, which it fires on the page where it is told of, and for
   * rules on `event:NAME`, which count how often it was told of in this visit. The properties are not kept.
   */
  (command: "track", event: string, properties?: Record<string, unknown>): void;

  /** Tells of the visitor, for rules on `trait:NAME` and texts with `{{trait.NAME}}`. What neither asks for is not kept. */
  (command: "identify", traits: Record<string, PagepollTrait>): void;

  /**
   * Shows a survey, if its rules allow it here and now. Whoever wonders why it does not asks for a "why" link in the console.
   */
  (command: "show", survey: string): void;

  /** Takes the survey off the screen. That is not counted as the visitor's own closing. */
  (command: "close"): void;

  /** Forgets the visitor, as at a sign-out. Answers on their way are still delivered. */
  (command: "reset"): void;

  /**
   * For snippets with `data-consent="required"`: until consent is given nothing is stored and nothing asked for. Without
   * consent everything ends, and all that is stored is deleted. It may be given and taken back any number of times.
   */
  (command: "consent", given: boolean): void;

  /**
   * Calls back whenever something happens with a survey. The same is told by DOM events on `document`, and in `dataLayer` where
   * there is one: `{event: "pagepoll_shown", survey, …}`.
   */
  <Event extends PagepollEvent>(command: "on", event: Event, callback: (detail: PagepollDetails[Event]) => void): void;

  /** Undoes everything, this function included, until the page is loaded again. */
  (command: "remove"): void;
}

declare global {
  interface Window {
    pagepoll?: Pagepoll;
  }

  const pagepoll: Pagepoll;

  /** DOM events on `document`. */
  interface DocumentEventMap {
    "pagepoll:shown": CustomEvent<PagepollDetail>;
    "pagepoll:answered": CustomEvent<PagepollAnswer>;
    "pagepoll:completed": CustomEvent<PagepollDetail>;
    "pagepoll:dismissed": CustomEvent<PagepollDetail>;
  }
}
