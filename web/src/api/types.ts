// The gateway's answers, as the OpenAPI document describes them. Everything in them is untrusted text.

export type Origin = 'live' | 'catchup' | 'backfill' | 'import';

export interface Entity {
  type: string; offset: number; length: number;
  url?: string; language?: string; userId?: string; emojiId?: string;
}
export interface Media {
  type: string; uniqueId?: string; fileName?: string; mimeType?: string; size?: number;
  width?: number; height?: number; duration?: number; miniature?: string; url?: string; absent?: string;
}
export interface LinkPreview {
  type: string; url: string; title?: string; description?: string; siteName?: string; author?: string; image?: string;
}
export interface Poll { question: string; options: { text: string; voters: number }[]; totalVoters: number; closed: boolean }

export interface Message {
  id: string; messageId: number; channelId: string; channelTitle: string; text: string; date: string;
  sender?: string; senderId?: string; signature?: string; hasMedia: boolean; photoUrl?: string;
  linkPreview?: LinkPreview; source: string; messageType: string; status: string; receivedAt: string;
  deletedAt?: string; restoredAt?: string; editDate?: string;
  seq: number; key: string; scope: number; origin: Origin; versions: number; entities?: Entity[]; media?: Media;
  albumId?: string; topicId?: string; topicTitle?: string;
  replyTo?: { messageId: number; channelId?: string; text?: string; quote?: string; sender?: string };
  forward?: { name?: string; channelId?: string; messageId?: number; date?: string };
  views?: number; forwards?: number; reactions?: { emoji: string; count: number }[]; poll?: Poll;
  service?: string; latenessMs?: number;
}

export interface Version {
  key: string; seq: number; kind: string; n: number; editDate?: string; observedAt: string; recordedAt: string;
  origin: Origin; source: string; text: string; entities?: Entity[]; media?: Media; linkPreview?: LinkPreview;
}

export interface Delivery {
  versionSeq: number; observedAt: string;
  steps: { name: string; kind: string; state: 'done' | 'waiting' | 'gapped' | 'none'; at?: string; afterMs?: number; detail?: string; why?: string; offered?: number; offeredAt?: string; nextTryAt?: string }[];
}

export type BarState = 'proven' | 'hole' | 'unknown' | 'lost';
export interface BarPart { from: number; to: number; state: BarState }
export interface Hole {
  from: number; to: number; ids: number; since: string; cause: string;
  filling?: { done: number; total: number; secondsLeft?: number };
}
export interface Counts {
  expected: number; accounted: number; stored: number; empty: number; deleted: number;
  missing: number; acceptedLost: number; unknown: number; provenAt?: string;
}
export interface Coverage extends Counts { from: number; to: number; holes: Hole[]; bar: BarPart[]; noAccess?: { since: string; reason: string } }
export interface Range {
  from: number; to: number; ids: number; state: BarState; proof: 'walk' | 'live' | null;
  account?: string; provenAt?: string; since?: string; cause?: string;
}

export type ChannelCode = 'complete' | 'hole' | 'unproven' | 'silent' | 'history' | 'imported' | 'stopped' | 'empty' | 'private';
export interface Channel {
  id: string; channelId: string; title: string; username?: string; kind: string; label: string; isActive: boolean;
  avatar: { initials: string; hue: number };
  state: { code: ChannelCode; missing?: number; since?: string; progress?: number; secondsLeft?: number };
  coverage: Coverage; messageCount: number; lastMessageAt?: string;
  lastMessage?: { id: string; messageId: number; text: string; media?: string };
  createdAt?: string; hourly: number[];
  lag?: { seconds: number; at: string; late: boolean };
  silence?: { since: string; usualSeconds: number; provenAt: string };
  topics?: { id: string; title: string }[];
}

export type VerdictCode = 'complete' | 'hole' | 'stale' | 'stopped' | 'sign_in' | 'archive' | 'empty' | 'private';
export interface Verdict {
  code: VerdictCode; missing: number; lost: number; since?: string; provenAt?: string; secondsLeft?: number; channels: number;
}
export interface Destination {
  name: string; kind: string; behindEvents: number; behindSeconds: number; ratePerMinute: number;
  lastError?: string; nextTryAt?: string; state: 'ok' | 'late' | 'gapped' | 'parked' | 'off';
  delivered?: number; parkedAt?: string; missed?: { atMost?: number; after: number; until: number; noticedAt: string }; acts?: DestinationAct[];
}
export type DestinationAct = 'try-now' | 'park' | 'resume' | 'resend' | 'accept-missed';
export interface Attention {
  code: string; channelId?: string; title?: string; destination?: string; count?: number; since?: string;
  secondsLeft?: number; detail?: string;
}
export interface Day { date: string; state: 'proven' | 'hole' | 'unknown' | 'none'; closed: number; open: number }
export interface Minute { at: string; live: number; catchup: number; other: number }
export interface Overview {
  /** Told by the stream: why the rest cannot be read at present. */
  failure?: string | null;
  now: string; version: string;
  capture: { state: 'running' | 'stopped' | 'signed_out' | 'none'; since?: string; source?: string; reason?: string };
  verdict: Verdict;
  completeness: Counts & { channels: number; archived: { channels: number; messages: number } };
  days: Day[];
  figures: {
    messagesPerMinute: number; messagesToday: number; storedP95Ms?: number; pollsP95Ms?: number; memoryHitRatio?: number;
    slowest?: { name: string; behindEvents: number; behindSeconds: number };
    disk: { freeBytes: number; daysLeft?: number };
  };
  attention: Attention[]; destinations: Destination[]; perMinute: Minute[]; jobsRunning?: number;
  accounts: { name: string; kind: string; state: string; since?: string }[];
}

export type Stage = 'starting' | 'phone' | 'code' | 'password' | 'qr' | 'ready' | 'closing' | 'closed';
export interface Account {
  name: string; kind: 'user' | 'bot'; status: string; stage: Stage; connection: string; revoked: boolean; duplicated: boolean;
  since?: string; userId?: string; shownName?: string; passwordHint?: string; linkUntil?: string; refused?: string; floodUntil?: string;
  code?: { how: string; length: number; phone: string; resendAt?: string };
}
export interface AuthStatus { status: string; running: boolean; available: boolean; message?: string; account?: string; accounts: Account[] }

export interface Job {
  id: string; kind: string; state: string; title?: string; channelId?: string; progress?: number; secondsLeft?: number;
  startedAt?: string; finishedAt?: string; detail?: string; error?: string;
  imported?: { messages: number; new: number; changed: number; known: number; refused: number };
}
export interface LogRecord { id: number; at: string; level: string; event: string; fields?: Record<string, unknown> }
export interface Failure {
  destination: string; reason: string; count: number; advice?: string;
  items: { id: string; channelId: string; title?: string; messageId: number; at: string; tries: number; place?: string; textPreview?: string }[];
}
export interface FailuresChanged { matched: number; changed: number; dryRun: boolean; notTried?: { id: string; why: string }[] }
export interface Session { required: boolean; signedIn: boolean; scopes: string[]; csrf?: string }
export interface Pagination {
  total: number; totalExact?: boolean; limit: number; hasMore: boolean; nextCursor?: string | null; prevCursor?: string | null;
  absent?: { reason: 'erased'; date: string; keepDays: number } | { reason: 'deleted'; deletedAt: string };
}
export interface MessageEvent { kind: string; origin: Origin; channelId: string; seq: number; message: Message }
